"""The direct current under a galvanostatic spectrum: ``0 mA``, ``1 mA charge`` or ``1 mA discharge``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from protocols.errors import quoted
from protocols.kinds import CURRENT
from protocols.program import Direction
from protocols.quantity import Quantity, QuantityError, parse_quantity
from protocols.schema.written import ReadAs, Reader, Written

__all__ = ["Bias", "BiasCurrent"]

_ZERO = re.compile(r"[+-]?(?:0+\.?0*|\.0+) *([a-zA-Z].*)?")
_NEGATIVE = re.compile(r"[-−] *(.*)")


@dataclass(frozen=True, slots=True)
class BiasCurrent:
    """A current and which way it flows; none at all where ``current`` is None."""

    current: Quantity | None
    direction: Direction


def _read_bias(text: str) -> BiasCurrent:
    written = " ".join(text.split())
    if zero := _ZERO.fullmatch(written):
        parse_quantity(f"1 {zero.group(1) or ''}", CURRENT)  # zero of what?
        return BiasCurrent(None, "charge")
    if negative := _NEGATIVE.fullmatch(written):
        raise QuantityError(f"{quoted(written)} is negative", f"write {negative.group(1)} discharge")
    for direction in ("charge", "discharge"):
        if written.endswith(f" {direction}"):
            return BiasCurrent(parse_quantity(written.removesuffix(direction), CURRENT), direction)
    parse_quantity(written, CURRENT)
    message = f"{quoted(written)} does not say which way it flows"
    raise QuantityError(message, f"write {written} charge, or {written} discharge")


_READER: Reader[BiasCurrent] = Reader(
    _read_bias,
    "a current such as 0 mA, 1 mA charge or 1 mA discharge",
    {
        "type": "string",
        "pattern": r"^\s*([0-9.]|C\s*/)",
        "description": "a current with its unit and its direction, such as 1 mA discharge; or 0 mA",
    },
)

Bias = Annotated[Written[BiasCurrent], ReadAs(_READER)]
