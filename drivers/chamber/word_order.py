"""Finding out which half of a float comes first: the wrong order turns 25.0 into 2.4e-41."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from drivers.chamber.field import Role
from drivers.chamber.register import Register, WordOrder
from drivers.errors import Garbled, Refused

__all__ = ["check_word_order", "is_misread", "settle_word_order"]

_LOWEST, _HIGHEST = -459.67, 1000.0
"""No chamber is set outside, in either unit."""
_SMALLEST = 1e-6
"""A temperature nearer to zero than this, and not zero, is a float read the wrong way round."""
_OTHER = {WordOrder.LOW_FIRST: WordOrder.HIGH_FIRST, WordOrder.HIGH_FIRST: WordOrder.LOW_FIRST}


def settle_word_order(
    witnesses: Sequence[tuple[Register, Sequence[int]]], wanted: WordOrder | None = None
) -> WordOrder:
    """The one order in which all witnesses are temperatures of a chamber; ``wanted`` is checked the same way.

    Raises Garbled where they are absurd in both orders, Refused where both are possible and none was wanted, or where
    only the one that was not wanted is possible.
    """
    read = {order: {one.role: float(one.decode(raw, order)) for one, raw in witnesses} for order in WordOrder}
    possible = [order for order in WordOrder if _plausible(read[order])]
    if not possible:
        raw_bytes = b"".join(register.to_bytes(2, "big") for _, raw in witnesses for register in raw)
        raise Garbled("temperatures that are absurd in both word orders; is it another data map?", received=raw_bytes)
    if wanted is None:
        if len(possible) > 1:
            raise Refused(
                f"both word orders are possible ({_shown(read[possible[0]])}); set word_order in the lab file"
            )
        return possible[0]
    if wanted not in possible:
        other = _OTHER[wanted]
        raise Refused(
            f"word order {wanted} reads {_shown(read[wanted])}, {other} reads {_shown(read[other])}: "
            f"write word_order: {other} in the lab file, or leave it out"
        )
    return wanted


def check_word_order(witnesses: Sequence[tuple[Register, Sequence[int]]], order: WordOrder) -> None:
    """Raise Garbled where witnesses are no temperatures of a chamber in the order that was found at connect."""
    values = {one.role: float(one.decode(raw, order)) for one, raw in witnesses}
    if not _plausible(values):
        raw_bytes = b"".join(register.to_bytes(2, "big") for _, raw in witnesses for register in raw)
        raise Garbled(
            f"temperatures that are absurd in word order {order} ({_shown(values)}); was it changed at the panel?",
            received=raw_bytes,
        )


def is_misread(value: float) -> bool:
    """Whether it is so near to zero, and not zero, as only a float read the wrong way round is."""
    return value != 0 and abs(value) <= _SMALLEST


def _plausible(values: Mapping[Role, float]) -> bool:
    low, high = values.get(Role.LIMIT_LOW, -math.inf), values.get(Role.LIMIT_HIGH, math.inf)
    return low < high and all(not is_misread(value) and _LOWEST <= value <= _HIGHEST for value in values.values())


def _shown(values: Mapping[Role, float]) -> str:
    return ", ".join(f"{role} {value:.6g}" for role, value in values.items())
