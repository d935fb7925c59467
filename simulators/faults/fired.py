"""A fault that happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

__all__ = ["Fired"]


@dataclass(frozen=True, slots=True)
class Fired:
    """One happening of one fault."""

    unix_s: float
    """Lab time."""
    instrument: str
    name: str
    """The fault's own, or what it does."""
    do: str
    command: str | None = None
    """Of the exchange at which it happened."""
    exchange: int | None = None
    """Its number, of all exchanges of the instrument since the lab's start."""
    refused: str | None = None
    """Why it had no effect, where it had none."""

    def line(self) -> str:
        """Return a line for the log."""
        when = datetime.fromtimestamp(self.unix_s, UTC).isoformat(timespec="milliseconds")
        where = "" if self.exchange is None else f" at exchange {self.exchange} ({self.command})"
        title = self.do if self.name == self.do else f"{self.name}: {self.do}"
        without = "" if self.refused is None else f", without effect: {self.refused}"
        return f"{when} {self.instrument} fault: {title}{where}{without}"
