"""Field types that every model shares: texts fit for one line, names, finite numbers."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

__all__ = ["ID_MAX", "Actor", "CellId", "Finite", "Line", "Name", "Positive", "PrintableText", "Source"]

ID_MAX = 2**31 - 1
"""Largest id that the database's integer column holds."""


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("holds a character that cannot be printed")
    return text


def _storable(text: str) -> str:
    if "\0" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("holds a character that is no text")
    return text


PrintableText = Annotated[str, StringConstraints(max_length=2000, strip_whitespace=True), AfterValidator(_printable)]
"""One line of text, perhaps empty."""

Line = Annotated[
    str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True), AfterValidator(_printable)
]
"""One line of text."""

Name = Annotated[
    str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), AfterValidator(_printable)
]
"""A name as it stands in the lab file or the library."""

CellId = Annotated[
    str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^\s#/\\]+$"), AfterValidator(_printable)
]
"""What stands on the cell's barcode: text without blanks, ``#``, ``/`` or a backslash."""

Actor = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100, strip_whitespace=True),
    AfterValidator(_printable),
    Field(
        description="Who is acting, for the event log. Counts, and must be there, where the lab has no logins.",
        examples=["anna"],
    ),
]

Source = Annotated[
    str,
    StringConstraints(max_length=250_000),
    AfterValidator(_storable),
    Field(description="Text of a protocol file."),
]

Finite = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, lt=1e9, allow_inf_nan=False)]
