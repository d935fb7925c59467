"""Where a cell lies, as far as it feels that: a temperature that changes under it."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Warmth"]


class Warmth(Protocol):
    """The temperature of one cell over time, known up to now."""

    def at_degC(self, unix_s: float) -> float:
        """Temperature at an instant that is not in the future."""
        ...

    def next_change_unix_s(self, felt_degC: float, after_unix_s: float, until_unix_s: float) -> float | None:
        """First instant in (after, until] at which it is worth leaving what is felt; None where there is none."""
        ...
