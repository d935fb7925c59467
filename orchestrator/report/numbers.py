"""Numbers as a report prints them."""

from __future__ import annotations

import math

__all__ = ["NOTHING", "given_text", "number_text", "scalar_text"]

NOTHING = "–"


def number_text(number: float, digits: int = 4) -> str:
    """So many significant digits, all of an integer's places, powers of ten where the number is tiny or huge."""
    if number == 0 or not math.isfinite(number):
        return f"{number:g}"
    if 1e-3 <= abs(number) < 1e7:
        places = max(0, digits - 1 - math.floor(math.log10(abs(number))))
        return f"{number:.{places}f}"
    mantissa, exponent = f"{number:.{digits - 1}e}".split("e")
    return f"{mantissa}e{int(exponent)}"


def given_text(number: float) -> str:
    """A number that was given, not measured: as few digits as it has."""
    mantissa, _, exponent = f"{number:.6g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa


def scalar_text(entry: object, digits: int = 5) -> str:
    """Text of a table's entry; a dash where there is nothing."""
    if entry is None or entry == "":
        return NOTHING
    if isinstance(entry, bool):
        return "yes" if entry else "no"
    return number_text(entry, digits) if isinstance(entry, float) else str(entry)
