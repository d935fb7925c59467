"""Current and potential ranges by their codes, and which one a step needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from drivers.contracts import CurrentRange

__all__ = ["AUTO_RANGE", "BOOSTER", "current_ranges", "least_current_range", "least_potential_range"]

BOOSTER, AUTO_RANGE = 11, 12

_NAMES: Mapping[int, tuple[str, float]] = {
    14: ("1 pA", 1e-12),
    13: ("10 pA", 1e-11),
    0: ("100 pA", 1e-10),
    1: ("1 nA", 1e-9),
    2: ("10 nA", 1e-8),
    3: ("100 nA", 1e-7),
    4: ("1 uA", 1e-6),
    5: ("10 uA", 1e-5),
    6: ("100 uA", 1e-4),
    7: ("1 mA", 1e-3),
    8: ("10 mA", 1e-2),
    9: ("100 mA", 1e-1),
    10: ("500 mA", 0.5),  # unconfirmed on hardware: code 10 is "1 A" in EClib and 500 mA on a VSP-300
}
"""From the smallest to the largest: the order is that of the currents, not of the codes."""

_POTENTIAL_V = ((0, 2.5), (1, 5.0), (2, 10.0))
_ROUNDING = 1e-9


def current_ranges(least_code: int, greatest_code: int, booster_A: float) -> dict[int, CurrentRange]:
    """Return the ranges between two codes, the smallest first; a booster of 0 A is none."""
    order = list(_NAMES)
    first = order.index(least_code) if least_code in _NAMES else 0
    last = order.index(greatest_code) if greatest_code in _NAMES else len(order) - 1
    ranges = {code: CurrentRange(*_NAMES[code]) for code in order[first : last + 1]}
    if booster_A > 0:
        ranges[BOOSTER] = CurrentRange("booster", booster_A)
    return ranges


def least_current_range(ranges: Mapping[int, CurrentRange], current_A: float) -> int:
    """Return the code of the smallest range that carries a current, the largest where none does."""
    enough = (code for code, it in ranges.items() if it.current_max_A >= abs(current_A) * (1 - _ROUNDING))
    return next(enough, list(ranges)[-1])


def least_potential_range(voltages_V: Sequence[float]) -> int:
    """Return the code of the smallest range that shows all these voltages with something to spare."""
    most_V = max(abs(voltage_V) for voltage_V in voltages_V)
    return next((code for code, full_scale_V in _POTENTIAL_V if most_V < full_scale_V), _POTENTIAL_V[-1][0])
