"""What is wrong with a file that people wrote: where, what, and the remedy. Several at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Place", "ProtocolError", "ProtocolErrors", "Refusal", "quoted"]

_QUOTED_MAX = 60
_KEY_MAX = 80
_LINE_MAX = 240


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: 1-based line (None: the file as a whole) and the key as people would say it."""

    line: int | None
    key: str = ""


@dataclass(frozen=True, slots=True)
class ProtocolError:
    """One mistake in a file. ``str()`` is the one line that people read."""

    file: str
    line: int | None
    key: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        """``my.yaml:14  discharge.current: "0,2 A/g" has a decimal comma; write 0.2 A/g``."""
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        key = f"{self.key}: " if self.key else ""
        remedy = f"; {self.remedy}" if self.remedy else ""
        return f"{where}  {key}{self.message}{remedy}"


class ProtocolErrors(Exception):
    """Everything that was found wrong with one file, in file order, each place and message once."""

    def __init__(self, errors: Iterable[ProtocolError]) -> None:
        unique = dict.fromkeys(errors)
        self.errors = tuple(sorted(unique, key=lambda error: error.line or 0))
        super().__init__("\n".join(str(error) for error in self.errors))


class Refusal(ValueError):
    """One mistake, not yet tied to a file name. Raised inside the package, shown as a ProtocolError."""

    def __init__(self, place: Place, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.place = place
        self.message = message
        self.remedy = remedy

    def in_file(self, file: str) -> ProtocolError:
        """Return the finding with the name of the file it was found in."""
        key = _one_line(self.place.key, _KEY_MAX)
        return ProtocolError(file, self.place.line, key, _one_line(self.message), _one_line(self.remedy))


def quoted(text: str) -> str:
    """Foreign text made fit for one line of a message: quoted, printable, at most 60 characters."""
    return f'"{_one_line(text, _QUOTED_MAX)}"'


def _one_line(text: str, most: int = _LINE_MAX) -> str:
    printable = "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text[:most])
    return f"{printable}…" if len(text) > most else printable
