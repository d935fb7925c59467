"""Current and potential ranges by their codes."""

from __future__ import annotations

__all__ = ["AUTO_CURRENT", "KEEP", "current_full_scale_A", "potential_full_scale_V"]

KEEP = -1
AUTO_CURRENT = 12
_BEST_POTENTIAL_V = 10.0

_CURRENT_A = {code: 10.0 ** (code - 10) for code in range(10)} | {10: 0.5, 11: 10.0, 13: 1e-11, 14: 1e-12}
# unconfirmed on hardware: without booster, code 10 ("1 A") is the 500 mA range of a VSP-300
_POTENTIAL_V = {0: 2.5, 1: 5.0, 2: 10.0}


def current_full_scale_A(code: int, greatest_code: int) -> float:
    """Largest current that a range can drive; AUTO and KEEP have that of the channel's greatest range."""
    return _CURRENT_A.get(code, _CURRENT_A[greatest_code])


def potential_full_scale_V(code: int) -> float:
    """Largest potential that a range can show; AUTO has that of the greatest."""
    return _POTENTIAL_V.get(code, _BEST_POTENTIAL_V)
