"""Names of people, as they stand in the event log."""

from __future__ import annotations

import re

__all__ = ["NAME_PATTERN", "fits_as_name"]

NAME_PATTERN = r"^[a-z0-9][a-z0-9._@-]{0,63}$"
_NAME = re.compile(NAME_PATTERN)


def fits_as_name(name: str) -> bool:
    """Whether it is lower-case letters, digits, ``.``, ``_``, ``-`` and ``@``, at most 64 of them."""
    return _NAME.fullmatch(name) is not None
