"""The strict number grammar, and what to say about text that does not follow it."""

from __future__ import annotations

import re

from protocols.errors import quoted
from protocols.kinds import Kind

__all__ = ["NUMBER", "number_problem", "plain_text", "several_units"]

NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?"
"""ASCII digits, a decimal point, an exponent: ``0.2``, ``1e-3``. Nothing else is a number here."""

_SPACES = "\u00a0\u2007\u2009\u200a\u202f"
_SAME = str.maketrans(
    dict.fromkeys(_SPACES, " ")  # typographic spaces between number and unit
    | {"\u2212": "-"}  # minus sign
    | {"\u00b5": "u", "\u03bc": "u"}  # micro sign, Greek mu
    | {"\u00b7": "*", "\u22c5": "*"}  # multiplication dots
    | dict(zip("⁰¹²³⁻", "0123-", strict=True))
)

_COMMA = re.compile(r"([+-]?[0-9]+),([0-9]+)(.*)")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:[,' ][0-9]{3})+(?![0-9]).*")
_NOT_A_NUMBER = re.compile(r"[+-]?\.?(nan|inf|infinity)\b.*", re.IGNORECASE)
_CLOCK = re.compile(r"[0-9]+:[0-9]+(:[0-9]+)?")
_SEVERAL = re.compile(rf"(?:{NUMBER} *[a-zA-Z]+ +){{1,3}}{NUMBER} *[a-zA-Z]+")


def plain_text(text: str) -> str:
    """Return the text with typographic spaces, minus, micro, dots and superscripts in their ASCII form."""
    return text.replace("°C", "degC").replace("℃", "degC").translate(_SAME)


def several_units(plain: str) -> bool:
    """Whether this is a sum such as ``1 h 30 min``."""
    return _SEVERAL.fullmatch(plain) is not None


def number_problem(written: str, kind: Kind) -> tuple[str, str]:
    """Return what is wrong with text that is no number with a unit, and the remedy."""
    plain = plain_text(written)
    wanted = f"write {kind.phrase} such as {kind.examples}"
    if comma := _COMMA.fullmatch(plain):
        whole, decimals, rest = comma.groups()
        remedy = f"write {whole}.{decimals}{rest}"
        if _THOUSANDS.fullmatch(plain) and whole.lstrip("+-0"):
            remedy += f", or {whole}{decimals}{rest} where the comma groups thousands"
        return f"{quoted(written)} has a decimal comma", remedy
    if _THOUSANDS.fullmatch(plain):
        joined = re.sub(r"(?<=[0-9])[,' ](?=[0-9]{3})", "", plain)
        return f"{quoted(written)} groups its digits", f"write {joined}"
    if several_units(plain):
        return f"{quoted(written)} is a sum", "write it in one unit, such as 90 min"
    return _no_number(written, plain), wanted


def _no_number(written: str, plain: str) -> str:
    if not written:
        return "nothing is written here"
    if _NOT_A_NUMBER.fullmatch(plain):
        return f"{quoted(written)} is not a finite number"
    if _CLOCK.fullmatch(plain):
        return f"{quoted(written)} has no unit"
    return f"{quoted(written)} is no number with a unit"
