"""What would be refused of an impedance spectrum."""

from __future__ import annotations

from collections.abc import Iterator

from drivers.biologic.bounds import beyond_channel_current, beyond_voltage, is_positive
from drivers.biologic.impedance_techniques import galvanostatic_range_A
from drivers.biologic.loading import Loading
from drivers.biologic.time_base import DURATION_MAX_s
from drivers.contracts import Capabilities, Problem
from protocols.program import Impedance

__all__ = ["impedance_problems"]

_POINTS_MAX = 1000
# unconfirmed on hardware: the most points of a spectrum; a decade has no use for hundreds


def impedance_problems(step: Impedance, given: Loading, can: Capabilities) -> Iterator[Problem]:
    """Frequencies, averaging, amplitude and bias."""
    yield from _frequencies(step, can)
    yield from _averaging(step)
    yield from (
        _potentiostatic(step, given, can) if step.control == "potentiostatic" else _galvanostatic(step, given, can)
    )


def _frequencies(step: Impedance, can: Capabilities) -> Iterator[Problem]:
    low_Hz, high_Hz = can.frequency_min_Hz or 0.0, can.frequency_max_Hz or 0.0
    outside = False
    for frequency_Hz in (step.frequency_from_Hz, step.frequency_to_Hz):
        if not low_Hz <= frequency_Hz <= high_Hz:
            outside = True
            bound = (
                f"above the board's {high_Hz:g} Hz" if frequency_Hz > high_Hz else f"below the board's {low_Hz:g} Hz"
            )
            yield Problem(f"frequency {frequency_Hz:g} Hz is {bound}; measure inside", step.origin)
    if not is_positive(step.points_per_decade):
        yield Problem(f"{step.points_per_decade:g} points per decade; it must be above 0", step.origin)
    elif not outside and step.frequency_count > _POINTS_MAX:
        yield Problem(
            f"a spectrum of {step.frequency_count} points, {_POINTS_MAX} are sensible; use fewer points per decade",
            step.origin,
        )


def _averaging(step: Impedance) -> Iterator[Problem]:
    if step.average < 1:
        yield Problem(f"average {step.average}; it must be at least 1", step.origin)
    if not 0 <= step.wait_periods < 1e6:
        yield Problem(f"a wait of {step.wait_periods:g} periods; write 0.1 or the like", step.origin)
    if not 0 <= step.settle_s <= DURATION_MAX_s:
        yield Problem(f"settling for {step.settle_s:g} s; it must be from 0 to {DURATION_MAX_s:g} s", step.origin)


def _potentiostatic(step: Impedance, given: Loading, can: Capabilities) -> Iterator[Problem]:
    amplitude_V = step.amplitude_peak_V
    if amplitude_V is None or not is_positive(amplitude_V):
        yield Problem(f"amplitude {amplitude_V} V; it must be above 0", step.origin)
        return
    if can.amplitude_max_V is not None and amplitude_V > can.amplitude_max_V:
        yield Problem(
            f"amplitude {amplitude_V:g} V (peak) is beyond the channel's {can.amplitude_max_V:g} V; 10 mV is usual",
            step.origin,
        )
        return
    bias = step.bias
    if bias is not None and bias.versus == "absolute":
        for peak_V in (bias.voltage_V - amplitude_V, bias.voltage_V + amplitude_V):
            yield from beyond_voltage("bias with amplitude", peak_V, step.origin, can, given.limits)
        return
    reach_V = abs(bias.voltage_V if bias else 0.0) + amplitude_V
    window_V = given.limits.voltage_max_V - given.limits.voltage_min_V
    if not reach_V <= window_V:
        yield Problem(
            f"bias with amplitude reaches {reach_V:g} V from open circuit, the limits' window is {window_V:g} V wide; "
            "use a smaller one",
            step.origin,
        )


def _galvanostatic(step: Impedance, given: Loading, can: Capabilities) -> Iterator[Problem]:
    amplitude_A = step.amplitude_peak_A
    if amplitude_A is None or not is_positive(amplitude_A):
        yield Problem(f"amplitude {amplitude_A} A; it must be above 0", step.origin)
        return
    most_A = abs(step.bias_current_A) + amplitude_A
    if not most_A <= given.limits.current_max_A:
        yield Problem(
            f"bias with amplitude {most_A:g} A is beyond limits.current {given.limits.current_max_A:g} A; "
            "use a smaller amplitude, or widen the limits",
            step.origin,
        )
    what = "a spectrum's amplitude is at most half of its range, which would have to be"
    yield from beyond_channel_current(what, galvanostatic_range_A(step), step.origin, can)
