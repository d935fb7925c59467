"""Values against their bounds: each problem names the value, the bound and what to do."""

from __future__ import annotations

import math
from collections.abc import Iterator

from drivers.contracts import Capabilities, Problem
from protocols.program import Limits, Origin

__all__ = ["beyond_channel_current", "beyond_voltage", "is_positive"]


def is_positive(value: float) -> bool:
    """Whether a value is finite and above 0."""
    return math.isfinite(value) and value > 0


def beyond_channel_current(what: str, current_A: float, origin: Origin, can: Capabilities) -> Iterator[Problem]:
    """Compare a magnitude with the largest range; NaN is beyond."""
    if not abs(current_A) <= can.current_max_A:
        largest = can.current_ranges[-1].name if can.current_ranges else "largest"
        yield Problem(
            f"{what} {abs(current_A):g} A is beyond the channel's {can.current_max_A:g} A (range {largest}); "
            "use a smaller current, or a channel with a booster",
            origin,
        )


def beyond_voltage(what: str, voltage_V: float, origin: Origin, can: Capabilities, limits: Limits) -> Iterator[Problem]:
    """Compare an absolute voltage with the channel's range and with protection; NaN is beyond."""
    if not can.voltage_min_V <= voltage_V <= can.voltage_max_V:
        yield Problem(
            f"{what} {voltage_V:g} V is outside the channel's {can.voltage_min_V:g} … {can.voltage_max_V:g} V",
            origin,
        )
    elif not limits.voltage_min_V <= voltage_V <= limits.voltage_max_V:
        yield Problem(
            f"{what} {voltage_V:g} V is outside limits.voltage {limits.voltage_min_V:g} … {limits.voltage_max_V:g} V; "
            "stay inside, or widen the limits",
            origin,
        )
