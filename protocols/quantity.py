"""Quantities as people write them: ``0.2 A/g``, ``C/10``, ``25 degC``, ``10 min``.

Numbers are read by our own strict grammar, C-rates, degC and percent by us, what remains of the unit by pint
(:mod:`protocols.units`). Raw text never reaches pint, which reads "2C" as two coulombs and "0,2 A/g" as 0.0.
"""

from __future__ import annotations

import difflib
import math
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from protocols.errors import quoted
from protocols.kinds import CURRENT, KINDS, Kind
from protocols.number import NUMBER, number_problem, plain_text, several_units
from protocols.unit_text import UnitSyntaxError, unit_product
from protocols.units import SYMBOLS, UnknownUnit, conversion_factor

__all__ = ["Quantity", "QuantityError", "kind_of", "parse_quantity"]

_TEXT_MAX = 80
_SMALLEST, _LARGEST = 1e-15, 1e12
_QUANTITY = re.compile(rf"({NUMBER}) *([A-Za-z%].*)?")
_C_FRACTION = re.compile(rf"C */ *({NUMBER})")


class QuantityError(ValueError):
    """The text is no quantity of the wanted kind; ``remedy`` says what to write instead."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message}; {remedy}")
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in one of its kind's units: ``C``, ``degC`` and ``%`` stand beside those that pint knows."""

    value: float
    unit: str
    text: str
    """As written, for messages and labels."""


@lru_cache(maxsize=4096)
def parse_quantity(text: str, kind: Kind) -> Quantity:
    """Read a quantity of a kind, in that kind's unit. Raises QuantityError."""
    written = text.strip()
    if len(written) > _TEXT_MAX:
        raise QuantityError(
            f"{quoted(written)} is too long for a quantity", f"write {kind.phrase} such as {kind.examples}"
        )
    plain = plain_text(written)
    if (rate := _C_FRACTION.fullmatch(plain)) and kind is CURRENT:
        number, unit = rate.group(1), "C"
        value = 1 / float(number) if float(number) else math.inf
    elif (match := _QUANTITY.fullmatch(plain)) and not several_units(plain):
        number, unit = match.group(1), match.group(2) or ""
        value, unit = _in_unit_of(kind, number, unit, written)
    else:
        raise QuantityError(*number_problem(written, kind))
    _check_value(value, kind, written)
    return Quantity(value, unit, written)


def kind_of(text: str) -> Kind | None:
    """Return the first kind that this text is a quantity of, or None."""
    for kind in KINDS:
        try:
            parse_quantity(text, kind)
        except QuantityError:
            continue
        return kind
    return None


def _in_unit_of(kind: Kind, number: str, unit: str, written: str) -> tuple[float, str]:
    if not unit:
        raise QuantityError(f"{quoted(written)} has no unit", f"write {kind.phrase} such as {kind.examples}")
    if unit in kind.words:
        return float(number), unit
    product = _product(unit, kind)
    for target in kind.units:
        factor = _factor(product, target, unit, kind)
        if factor is not None:
            return float(Decimal(number) * factor), target
    raise _wrong_kind(unit, kind)


def _product(unit: str, kind: Kind) -> str:
    if unit in {"C", "degC", "%"}:
        raise _wrong_kind(unit, kind)
    try:
        return unit_product(unit)
    except UnitSyntaxError as error:
        remedy = f"write {kind.phrase} such as {kind.examples}"
        raise QuantityError(f"{quoted(unit)} is no unit", remedy) from error


def _factor(product: str, target: str, unit: str, kind: Kind) -> Decimal | None:
    try:
        return conversion_factor(product, target)
    except UnknownUnit as error:
        near = " or ".join(_near_units(unit))
        remedy = f"did you mean {near}?" if near else f"write {kind.phrase} such as {kind.examples}"
        raise QuantityError(f"the unit {quoted(unit)} is unknown", remedy) from error


def _near_units(unit: str) -> list[str]:
    """Return the unit with its symbols replaced by known ones that differ in case only, or look alike.

    A symbol whose case alone tells mega from milli is never guessed: both readings are returned.
    """

    def reading(choice: int) -> str:
        def known(match: re.Match[str]) -> str:
            word = match.group()
            if word in SYMBOLS:
                return word
            same = [symbol for symbol in SYMBOLS if symbol.lower() == word.lower()]
            close = same or difflib.get_close_matches(word, SYMBOLS, n=1, cutoff=0.7) or [word]
            return close[min(choice, len(close) - 1)]

        return re.sub(r"[A-Za-z]+", known, unit)

    return [near for near in dict.fromkeys(map(reading, range(2))) if near != unit]


def _wrong_kind(unit: str, kind: Kind) -> QuantityError:
    if unit == "C":
        found = "is a C-rate, a current" if kind.name != "temperature" else "alone is a C-rate"
        return QuantityError(f"C {found}", f"write {kind.phrase} such as {kind.examples}")
    other = next((other for other in KINDS if other is not kind and _fits(unit, other)), None)
    found = f"is {other.phrase}" if other else f"is not {kind.phrase}"
    return QuantityError(f"{unit} {found}", f"write {kind.phrase} such as {kind.examples}")


def _fits(unit: str, kind: Kind) -> bool:
    if unit in kind.words:
        return True
    if unit in {"degC", "%"} or not kind.units:
        return False
    product = unit_product(unit)
    try:
        return any(conversion_factor(product, target) is not None for target in kind.units)
    except UnknownUnit:
        return False


def _check_value(value: float, kind: Kind, written: str) -> None:
    if not math.isfinite(value):
        raise QuantityError(f"{quoted(written)} is not a finite number", f"write {kind.phrase} such as {kind.examples}")
    if value and not _SMALLEST <= abs(value) <= _LARGEST:
        raise QuantityError(f"{quoted(written)} is beyond anything that can be measured", f"write {kind.examples}")
    if kind.sign == "positive" and value <= 0:
        what = "zero" if value == 0 else "negative"
        hint = ": charge and discharge say which way" if kind is CURRENT else ""
        raise QuantityError(f"{quoted(written)} is {what}", f"write {kind.phrase} above zero{hint}")
