"""The grammar of a unit: symbols with small exponents, multiplied and divided. ``mA/cm2``, ``mA h g-1``, ``K/min``."""

from __future__ import annotations

import re

__all__ = ["UnitSyntaxError", "unit_product"]

_TEXT_MAX = 40
_FACTOR = re.compile(r" *([*/]?) *([A-Za-z]+)(?:\^|\*\*)?(-?[1-3])?(?![0-9.])")


class UnitSyntaxError(ValueError):
    """The text is no product of unit symbols."""


def unit_product(text: str) -> str:
    """Return the unit as a product that pint reads without surprises: ``mA/cm2`` becomes ``mA*cm**-2``.

    Each symbol after a slash is divided by (``mA/cm2/h``, ``A/g``); a space multiplies (``A g-1``). Raises
    UnitSyntaxError, so that nothing but symbols and exponents up to 3 ever reaches pint's parser.
    """
    if len(text) > _TEXT_MAX:
        raise UnitSyntaxError(text)
    factors: list[str] = []
    position = 0
    while position < len(text.rstrip()):
        match = _FACTOR.match(text, position)
        if match is None or (bool(match.group(1)) and not factors):
            raise UnitSyntaxError(text)
        operator, symbol, exponent = match.groups()
        power = int(exponent or 1) * (-1 if operator == "/" else 1)
        factors.append(symbol if power == 1 else f"{symbol}**{power}")
        position = match.end()
    return "*".join(factors)
