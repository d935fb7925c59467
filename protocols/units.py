"""The units of a battery laboratory, in a private pint registry.

Only what is defined here exists: no coulomb that looks like a C-rate, no mega-ampere behind a slip of the shift key.
Prefixed and compound units, and all conversion, are pint's work; decimals keep 4.2 mA exact.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pint

__all__ = ["SYMBOLS", "UnknownUnit", "conversion_factor"]

# fmt: off
SYMBOLS = (
    "A", "mA", "uA", "nA", "V", "mV", "uV", "s", "ms", "min", "h", "d", "Ah", "mAh", "uAh",
    "g", "mg", "ug", "kg", "cm", "K", "mK", "Hz", "mHz", "kHz", "MHz",
)
# fmt: on
"""Symbols worth suggesting."""

_DEFINITIONS = (
    "nano- = 1e-9 = n-",
    "micro- = 1e-6 = u-",
    "milli- = 1e-3 = m-",
    "kilo- = 1e3 = k-",
    "ampere = [current] = A = amp",
    "volt = [voltage] = V",
    "second = [time] = s",
    "minute = 60 * second = min",
    "hour = 3600 * second = h",
    "day = 86400 * second = d",
    "gram = [mass] = g",
    "centimeter = [length] = cm",
    "millimeter = 0.1 * centimeter = mm",
    "kelvin = [temperature] = K",
    "hertz = 1 / second = Hz",
    "megahertz = 1e6 * hertz = MHz",
    "ampere_hour = ampere * hour = Ah",
)


class UnknownUnit(ValueError):
    """The symbol is none of ours."""


@lru_cache(maxsize=1)
def _registry() -> pint.UnitRegistry[Decimal]:
    import pint  # noqa: PLC0415 - half a second that `cellbench --help` must not pay

    registry: pint.UnitRegistry[Decimal] = pint.UnitRegistry(None, non_int_type=Decimal)
    for definition in _DEFINITIONS:
        registry.define(definition)
    return registry


@lru_cache(maxsize=1024)
def conversion_factor(unit: str, target: str) -> Decimal | None:
    """Return what a number in ``unit`` is multiplied with to be in ``target``; None where the dimensions differ.

    Both are products of symbols (``mA*g**-1``) that passed the grammar in :mod:`protocols.unit_text`; pint never sees
    raw text. Raises UnknownUnit.
    """
    import pint  # noqa: PLC0415 - as above

    registry = _registry()
    try:
        source = registry.parse_units(unit)
    except pint.UndefinedUnitError as error:
        raise UnknownUnit(str(error)) from error
    wanted = registry.parse_units(target)
    if source.dimensionality != wanted.dimensionality:
        return None
    return Decimal(registry.convert(Decimal(1), source, wanted))
