"""Steps of a program as entries of a unicycler method."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from protocols.errors import Place, Refusal
from protocols.program import (
    ConstantCurrent,
    ConstantCurrentConstantVoltage,
    ConstantVoltage,
    Direction,
    Impedance,
    Loop,
    Rest,
    Step,
    Until,
    VoltagePoint,
    VoltageScan,
)

__all__ = ["MethodWriter"]

_PAST_ALL_DOUBT = 1e-9
Entry = dict[str, Any]


@dataclass(slots=True)
class MethodWriter:
    """Writes steps in order. What cannot be said is in ``refusals``, and left out."""

    method: list[Entry] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)

    def add(self, steps: tuple[Step, ...]) -> None:
        """Write a body."""
        before: Step | None = None
        for step in steps:
            try:
                self._step(step, before)
            except Refusal as refusal:
                self.refuse(refusal)
            before = step

    def refuse(self, refusal: Refusal) -> None:
        """Remember what cannot be said."""
        self.refusals.append(refusal)

    def _step(self, step: Step, before: Step | None) -> None:
        if isinstance(step, Loop):
            self._loop(step)
            return
        if step.limits is not None:
            raise _refusal(step, "unicycler knows no limits of one step", "give them to the protocol")
        if step.record is not None:
            self.remarks.append(
                f"line {step.origin.line}: unicycler has one `record` for all steps; this one is left out"
            )
        match step:
            case Rest():
                self.method.append({"step": "open_circuit_voltage", "until_time_s": step.until.duration_s})
            case ConstantCurrent():
                self._current(step)
            case ConstantCurrentConstantVoltage():
                self._current_then_voltage(step)
            case ConstantVoltage():
                self._hold(step, before)
            case VoltageScan():
                self._scan(step)
            case Impedance():
                self._spectrum(step)

    def _loop(self, loop: Loop) -> None:
        if loop.stop_when is not None:
            raise _refusal(loop, "unicycler knows no rule that ends a loop early", "leave out stop_when")
        if any(isinstance(step, ConstantCurrent) and step.leaves_loop for step in loop.body):
            raise _refusal(
                loop, "unicycler cannot leave a loop when a voltage is reached", "write the pulses in a repeat"
            )
        tag = self._open(loop.origin.label or f"line {loop.origin.line}")
        self.add(loop.body)
        self._close(tag, loop.count)

    def _open(self, wanted: str) -> str:
        taken = {entry["tag"] for entry in self.method if entry["step"] == "tag"}
        # no number alone: unicycler would take that for the place of a step
        names = (f"{wanted} ({n})" if n > 1 or wanted.isdecimal() else wanted for n in range(1, len(taken) + 3))
        tag = next(name for name in names if name not in taken)
        self.method.append({"step": "tag", "tag": tag})
        return tag

    def _close(self, tag: str, count: int) -> None:
        self.method.append({"step": "loop", "loop_to": tag, "cycle_count": count})

    def _current(self, step: ConstantCurrent) -> None:
        _refuse_capacity(step, step.until)
        until = step.until
        if until.duration_s is None and not until.voltage_V:
            raise _refusal(step, "unicycler takes 0 V for no voltage at all", "end it by a duration as well")
        self.method.append(_current_entry(step.current_A, until.voltage_V, until.duration_s))

    def _current_then_voltage(self, step: ConstantCurrentConstantVoltage) -> None:
        _refuse_capacity(step, step.until)
        if step.until.duration_s is not None:
            remedy = "write a charge or discharge, and a hold, each with its own duration"
            raise _refusal(step, "its duration counts both of what are two steps in unicycler", remedy)
        if not step.voltage_V:
            raise _refusal(step, "unicycler takes 0 V for no voltage at all", "hold another voltage")
        self.method.append(_current_entry(step.current_A, step.voltage_V, None))
        self.method.append(_hold_entry(step.voltage_V, step.until, step.direction))

    def _hold(self, step: ConstantVoltage, before: Step | None) -> None:
        _refuse_capacity(step, step.until)
        led = (
            isinstance(before, ConstantCurrent)
            and before.until.voltage_V == step.voltage_V
            and before.direction == step.direction
            and abs(abs(before.current_A) - step.current_max_A) <= _PAST_ALL_DOUBT * step.current_max_A
        )
        if not led:
            remedy = "put a charge or discharge to that voltage before it, with that current"
            raise _refusal(step, "unicycler cannot say the largest current of this held voltage", remedy)
        if step.direction == "discharge" and step.until.current_A is None:
            remedy = "end it by a current as well"
            raise _refusal(step, "unicycler tells by the sign of a current that a held voltage discharges", remedy)
        self.method.append(_hold_entry(step.voltage_V, step.until, step.direction))

    def _scan(self, scan: VoltageScan) -> None:
        points = [_absolute(scan, point) for point in (scan.start, *scan.turns)]
        first = list(pairwise(points))
        again = list(pairwise([points[-1], *points[1:]]))
        left = scan.cycles
        if first != again:  # the first cycle comes from elsewhere
            self.method += [_scan_entry(scan, *pair) for pair in first]
            left -= 1
        tag = self._open(scan.origin.label or f"line {scan.origin.line}") if left > 1 else None
        self.method += [_scan_entry(scan, *pair) for pair in again if left]
        if tag is not None:
            self._close(tag, left)
        if scan.end is not None:
            self.method.append(_scan_entry(scan, points[-1], _absolute(scan, scan.end)))

    def _spectrum(self, step: Impedance) -> None:
        at_rest = step.bias_current_A == 0 and step.bias in (None, VoltagePoint(0.0, "open_circuit"))
        if not at_rest:
            raise _refusal(step, "unicycler measures impedance at open circuit alone", "leave out `at` and `around`")
        if step.settle_s or step.wait_periods != 0.1:
            self.remarks.append(
                f"line {step.origin.line}: unicycler says neither `settle` nor `wait`; they are left out"
            )
        entry: Entry = {
            "step": "impedance_spectroscopy",
            "start_frequency_Hz": step.frequency_from_Hz,
            "end_frequency_Hz": step.frequency_to_Hz,
            "points_per_decade": round(step.points_per_decade),
            "measures_per_point": step.average,
            "drift_correction": step.drift_correction,
        }
        if step.amplitude_peak_V is not None:
            entry["amplitude_V"] = step.amplitude_peak_V
        else:
            entry["amplitude_mA"] = _milli(step.amplitude_peak_A or 0.0)
        self.method.append(entry)


def _current_entry(current_A: float, voltage_V: float | None, duration_s: float | None) -> Entry:
    entry: Entry = {"step": "constant_current", "current_mA": _milli(current_A)}
    return entry | {"until_voltage_V": voltage_V, "until_time_s": duration_s}


def _hold_entry(voltage_V: float, until: Until, direction: Direction) -> Entry:
    sign = 1 if direction == "charge" else -1
    current_mA = None if until.current_A is None else sign * _milli(until.current_A)
    return {
        "step": "constant_voltage",
        "voltage_V": voltage_V,
        "until_current_mA": current_mA,
        "until_time_s": until.duration_s,
    }


def _scan_entry(scan: VoltageScan, start_V: float, end_V: float) -> Entry:
    rate = {"scan_rate_mV_per_s": _milli(scan.scan_rate_V_per_s)}
    return {"step": "voltage_scan", "start_voltage_V": start_V, "end_voltage_V": end_V, **rate}


def _absolute(scan: VoltageScan, point: VoltagePoint) -> float:
    if point.versus != "absolute":
        message = "unicycler knows no voltage that is counted from open circuit, where the sweep begins as well"
        raise _refusal(scan, message, "write `from` or `start`, and every voltage between the terminals")
    return point.voltage_V


def _refuse_capacity(step: Step, until: Until) -> None:
    if until.capacity_Ah is not None:
        raise _refusal(step, "unicycler cannot end a step by its capacity", "end it by voltage or duration")


def _refusal(step: Step, message: str, remedy: str) -> Refusal:
    return Refusal(Place(step.origin.line, step.origin.path), message, remedy)


def _milli(value: float) -> float:
    return float(f"{value * 1000:.12g}")
