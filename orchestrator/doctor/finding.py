"""What one check has found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Finding", "bad", "ok", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's table."""

    level: Literal["ok", "warning", "bad"]
    check: str
    said: str
    remedy: str = ""


def ok(check: str, said: str) -> Finding:
    """All is well."""
    return Finding("ok", check, said)


def warning(check: str, said: str, remedy: str) -> Finding:
    """A person should look, in time."""
    return Finding("warning", check, said, remedy)


def bad(check: str, said: str, remedy: str) -> Finding:
    """Something is wrong now."""
    return Finding("bad", check, said, remedy)
