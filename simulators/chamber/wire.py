"""What a session needs to know of a wire: where a request ends, what it is called, what answers it."""

from __future__ import annotations

from typing import Protocol

__all__ = ["MalformedRequestError", "Wire"]


class MalformedRequestError(ValueError):
    """Bytes that are no request; the connection cannot go on."""


class Wire(Protocol):
    """One way to talk to a chamber; holds nothing of a single connection."""

    def take(self, buffer: bytearray) -> bytes | None:
        """Take the first whole request out of what was received, None where none is. Raises MalformedRequestError."""
        ...

    def command(self, request: bytes) -> str:
        """Name by which faults are armed at such a request: ``read`` or ``:SOURCE:CLOOP1:PVALUE?``."""
        ...

    def answer(self, request: bytes) -> bytes:
        """Execute; returns the reply, empty where there is none."""
        ...

    def refusal(self, request: bytes) -> bytes:
        """Reply to a request that is not executed because the chamber does not want to."""
        ...

    def acknowledgement(self, request: bytes) -> bytes:
        """Reply to an order as if it had been executed."""
        ...

    def orders(self, command: str) -> bool:
        """Whether a request of this name orders something, and so can be acknowledged."""
        ...

    @property
    def commands(self) -> tuple[str, ...]:
        """Every name that ``command`` can give to a request that it knows."""
        ...
