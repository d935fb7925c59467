"""Impedance spectra, bound to a cell."""

from __future__ import annotations

from dataclasses import dataclass

from protocols.compile.job import Job
from protocols.compile.protection import TOLERANCE
from protocols.compile.step_options import own_limits, own_record, protected
from protocols.compile.voltage_level import bind_level
from protocols.errors import Place, Refusal, quoted
from protocols.program import Impedance, VoltagePoint
from protocols.quantity import Quantity
from protocols.schema.amplitude import Amplitude
from protocols.schema.fields import Count
from protocols.schema.impedance import ImpedanceSection
from protocols.schema.written import Written

__all__ = ["bind_impedance"]

_LINEAR_UP_TO_V = 0.1
"""Peak. Above, no cell answers linearly; a spectrum wants some 10 mV."""
_PER_DECADE_MAX = 100
_AVERAGE_MAX = 100
_WAIT_PERIODS_MAX = 100.0
_WAIT_PERIODS = 0.1


@dataclass(frozen=True, slots=True)
class _Drive:
    """Amplitude, and what it swings around: of one control the voltages, of the other the currents."""

    amplitude_peak_V: float | None = None
    bias: VoltagePoint | None = None
    amplitude_peak_A: float | None = None
    bias_current_A: float = 0.0


def bind_impedance(section: ImpedanceSection, job: Job) -> Impedance:
    """Bind a spectrum. Raises Refusal."""
    job = protected(section.limits, job)
    if section.potentiostatic is not None and section.galvanostatic is not None:
        remedy = "write potentiostatic for an amplitude in mV, galvanostatic for one in mA"
        raise Refusal(section.galvanostatic.node.place, "stands beside potentiostatic", remedy)
    if section.potentiostatic is not None:
        drive = _potentiostatic(section, section.potentiostatic, job)
    elif section.galvanostatic is not None:
        drive = _galvanostatic(section, section.galvanostatic, job)
    else:
        raise Refusal(
            section.place, "has no amplitude", "add potentiostatic: 10 mV peak, or galvanostatic: 0.1 mA peak"
        )
    first, last = job.scope.value(section.from_), job.scope.value(section.to)
    if first.value == last.value:
        raise Refusal(section.to.node.place, "equals from: a spectrum has two ends", "write from: 100 kHz, to: 0.1 Hz")
    return Impedance(
        control="galvanostatic" if drive.bias is None else "potentiostatic",
        frequency_from_Hz=first.value,
        frequency_to_Hz=last.value,
        points_per_decade=float(_count(section.per_decade, _PER_DECADE_MAX, "points in a decade", job)),
        origin=job.origin,
        amplitude_peak_V=drive.amplitude_peak_V,
        bias=drive.bias,
        amplitude_peak_A=drive.amplitude_peak_A,
        bias_current_A=drive.bias_current_A,
        average=_count(section.average, _AVERAGE_MAX, "measurements at each frequency", job) if section.average else 1,
        wait_periods=_wait(section.wait, job),
        settle_s=job.scope.value(section.settle).value if section.settle else 0.0,
        drift_correction=section.drift_correction,
        record=own_record(section.record, job),
        limits=own_limits(section.limits, job),
    )


def _potentiostatic(section: ImpedanceSection, written: Written[Amplitude], job: Job) -> _Drive:
    if section.around is not None:
        raise Refusal(section.around.node.place, "belongs to galvanostatic", "write at: 0.2 V, or leave it out")
    amplitude, place = job.scope.value(written), written.node.place
    peak_V = amplitude.size.value * amplitude.peak_factor
    limits = job.protection.limits
    if 2 * peak_V > limits.voltage_max_V - limits.voltage_min_V:
        message = f"{quoted(amplitude.text)} swings wider than limits.voltage"
        raise Refusal(place, message, "write a smaller amplitude such as 10 mV peak")
    if peak_V > _LINEAR_UP_TO_V:
        message = f"{quoted(amplitude.text)} is more than a cell answers linearly"
        job.warnings.append(Refusal(place, message, "write some 10 mV peak unless it is meant"))
    bias = VoltagePoint(0.0, "open_circuit") if section.at is None else bind_level(section.at, job, peak_V)
    return _Drive(amplitude_peak_V=peak_V, bias=bias)


def _galvanostatic(section: ImpedanceSection, written: Written[Amplitude], job: Job) -> _Drive:
    if section.at is not None:
        raise Refusal(section.at.node.place, "belongs to potentiostatic", "write around: 0 mA, or leave it out")
    amplitude, place = job.scope.value(written), written.node.place
    peak_A = job.binding.current_A(amplitude.size, place) * amplitude.peak_factor
    bias_A = 0.0
    if section.around is not None:
        around = job.scope.value(section.around)
        if around.current is not None:
            size_A = job.binding.current_A(around.current, section.around.node.place)
            bias_A = size_A if around.direction == "charge" else -size_A
    _check_swing(abs(bias_A) + peak_A, amplitude.size, job, place)
    return _Drive(amplitude_peak_A=peak_A, bias_current_A=bias_A)


def _check_swing(most_A: float, size: Quantity, job: Job, place: Place) -> None:
    job.protection.check_current(size, job.binding, place)  # also without a cell, where both are written alike
    if most_A > job.protection.limits.current_max_A * TOLERANCE:
        message = (
            f"the current swings up to {most_A * 1000:.4g} mA, above limits.current ({job.protection.current.text})"
        )
        raise Refusal(place, message, "write a smaller amplitude, or a current closer to zero in around")


def _count(written: Count, most: int, what: str, job: Job) -> int:
    count = job.scope.value(written)
    if count > most:
        raise Refusal(written.node.place, f"{count} {what} are too many", f"write up to {most}")
    return count


def _wait(written: Written[Quantity] | None, job: Job) -> float:
    if written is None:
        return _WAIT_PERIODS
    wait = job.scope.value(written)
    if not 0 <= wait.value <= _WAIT_PERIODS_MAX:
        raise Refusal(written.node.place, f"{quoted(wait.text)} is not possible", "write 0.1 periods, or 0 periods")
    return wait.value
