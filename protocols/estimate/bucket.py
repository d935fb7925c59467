"""The cell on its way through a program.

The cell is a bucket of nominal capacity whose voltage is linear between the lowest and the highest voltage that the
program sets (a single one is the end of the way there). It is taken as full in whatever direction the first step
needs, and passes its whole nominal capacity at every rate, so that a fast or faded cell is done sooner. The current of
a held voltage decays with a time constant of 15 min. A sweep leaves the cell in the state that belongs to its last
voltage. Without a nominal capacity the largest current is taken as 1C.
"""

from __future__ import annotations

import math

from protocols.estimate.program_window import largest_current_A, voltage_window
from protocols.estimate.spectrum import spent_on_spectrum
from protocols.estimate.spent import Spent, recorded
from protocols.estimate.sweeps import last_voltage_V, spent_on_scan, starts_downwards
from protocols.program import (
    ConstantCurrent,
    ConstantCurrentConstantVoltage,
    ConstantVoltage,
    Impedance,
    Loop,
    Program,
    Record,
    Rest,
    Step,
    Until,
    VoltageScan,
)

__all__ = ["HOLD_TIME_CONSTANT_S", "Bucket", "hold_s"]

HOLD_TIME_CONSTANT_S = 900.0
_PASSES = 3
"""Passes of a loop that are followed; the rest are taken as the last of them."""


class Bucket:
    """A cell with a content that rises while charging, from 0 to the nominal capacity."""

    def __init__(self, program: Program, nominal_capacity_Ah: float | None) -> None:
        self._nominal_Ah = nominal_capacity_Ah or largest_current_A(program)
        self._low_V, self._high_V = voltage_window(program)
        limits = program.limits
        self._range_V = (self._high_V - self._low_V) or (limits.voltage_max_V - limits.voltage_min_V)
        self._record = program.record
        self._content_Ah: float | None = None

    def body(self, steps: tuple[Step, ...]) -> Spent:
        """All steps once, in order."""
        spent = Spent()
        for step in steps:
            spent += self._loop(step) if isinstance(step, Loop) else self._step(step)
        return spent

    def _loop(self, loop: Loop) -> Spent:
        leaving = next((step for step in loop.body if isinstance(step, ConstantCurrent) and step.leaves_loop), None)
        if leaving is not None:
            return self._titration(loop, leaving)
        spent = Spent()
        for done in range(1, loop.count + 1):
            before_Ah = self._content_Ah
            one = self.body(loop.body)
            one = one if one.cycles else Spent(one.duration_s, one.records, 1)
            if done == _PASSES or self._unchanged_since(before_Ah):
                return spent + one.times(loop.count - done + 1)
            spent += one
        return spent

    def _unchanged_since(self, before_Ah: float | None) -> bool:
        if before_Ah is None or self._content_Ah is None:
            return before_Ah is self._content_Ah
        return math.isclose(before_Ah, self._content_Ah, abs_tol=1e-9 * self._nominal_Ah)

    def _titration(self, loop: Loop, pulse: ConstantCurrent) -> Spent:
        """Pulses until one reaches its voltage; the cell's content follows them."""
        charging = pulse.direction == "charge"
        content_Ah = self._begin(charging)
        cut_off_V, duration_s = pulse.until.voltage_V, pulse.until.duration_s
        if cut_off_V is None or duration_s is None:
            return self.body(loop.body) + Spent(cycles=1)
        pulse_Ah = abs(pulse.current_A) * duration_s / 3600
        room_Ah = self._room_Ah(cut_off_V, charging)
        whole = min(loop.count, int(room_Ah / pulse_Ah))
        spent = (self.body(loop.body) + Spent(cycles=1)).times(whole) if whole else Spent()
        moved_Ah = whole * pulse_Ah
        self._content_Ah = content_Ah + (moved_Ah if charging else -moved_Ah)
        return spent if whole == loop.count else spent + self._step(pulse) + Spent(cycles=1)

    def _begin(self, charging: bool) -> float:
        """Return the content; at the first step it is what leaves the whole way to go."""
        if self._content_Ah is None:
            self._content_Ah = 0.0 if charging else self._nominal_Ah
        return self._content_Ah

    def _scan(self, scan: VoltageScan) -> Spent:
        charge_first = not starts_downwards(scan, (self._low_V + self._high_V) / 2)
        open_circuit_V = self._low_V + self._begin(charge_first) / self._nominal_Ah * (self._high_V - self._low_V)
        spent = spent_on_scan(scan, open_circuit_V, scan.record or self._record)
        self._content_Ah = self._share(last_voltage_V(scan, open_circuit_V), charge_first) * self._nominal_Ah
        return spent

    def _step(
        self,
        step: Rest | ConstantCurrent | ConstantVoltage | ConstantCurrentConstantVoltage | VoltageScan | Impedance,
    ) -> Spent:
        record = step.record or self._record
        if isinstance(step, Rest):
            return recorded(record, step.until.duration_s or 0.0)
        if isinstance(step, Impedance):
            return spent_on_spectrum(step, record)
        if isinstance(step, VoltageScan):
            return self._scan(step)
        return self._driven(step, record)

    def _driven(
        self, step: ConstantCurrent | ConstantVoltage | ConstantCurrentConstantVoltage, record: Record
    ) -> Spent:
        charging = step.direction == "charge"
        self._content_Ah = before_Ah = self._begin(charging)
        match step:
            case ConstantCurrent(until=until):
                duration_s = self._constant_current(step.current_A, until, until.voltage_V)
                fall_A = 0.0
            case ConstantCurrentConstantVoltage(until=until):
                duration_s = self._constant_current(step.current_A, until, step.voltage_V)
                duration_s = min(duration_s + hold_s(until, abs(step.current_A)), until.duration_s or math.inf)
                fall_A = abs(step.current_A)
            case ConstantVoltage(until=until):
                duration_s = hold_s(until, step.current_max_A)
                self._content_Ah += self._room_Ah(step.voltage_V, charging) * (1 if charging else -1)
                fall_A = step.current_max_A
        swing_V = abs(self._content_Ah - before_Ah) / self._nominal_Ah * self._range_V
        return recorded(record, duration_s, swing_V, fall_A)

    def _constant_current(self, current_A: float, until: Until, cut_off_V: float | None) -> float:
        """Move the content; return the duration in seconds."""
        charging = current_A > 0
        passed_Ah = min(
            math.inf if cut_off_V is None else self._room_Ah(cut_off_V, charging),
            math.inf if until.capacity_Ah is None else until.capacity_Ah,
            math.inf if until.duration_s is None else abs(current_A) * until.duration_s / 3600,
        )
        moved_Ah = (self._content_Ah or 0.0) + (passed_Ah if charging else -passed_Ah)
        self._content_Ah = min(max(moved_Ah, 0.0), self._nominal_Ah)
        return passed_Ah / abs(current_A) * 3600

    def _room_Ah(self, voltage_V: float, charging: bool) -> float:
        """Charge that passes until a voltage is reached; 0 where it lies behind."""
        distance_Ah = self._share(voltage_V, charging) * self._nominal_Ah - (self._content_Ah or 0.0)
        return max(distance_Ah if charging else -distance_Ah, 0.0)

    def _share(self, voltage_V: float, charging: bool) -> float:
        """Content at a voltage, as a share of the nominal capacity."""
        if self._low_V == self._high_V:
            return 1.0 if charging else 0.0
        return min(max((voltage_V - self._low_V) / (self._high_V - self._low_V), 0.0), 1.0)


def hold_s(until: Until, start_A: float) -> float:
    """Duration of a held voltage: an exponential decay to the cut-off current, or the time given."""
    decay_s = math.inf
    if until.current_A:
        decay_s = HOLD_TIME_CONSTANT_S * math.log(max(start_A / until.current_A, 1.0))
    shortest_s = min(decay_s, math.inf if until.duration_s is None else until.duration_s)
    return shortest_s if math.isfinite(shortest_s) else 0.0
