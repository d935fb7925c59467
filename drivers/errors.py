"""All that a driver may raise. The engine's reaction depends on the class alone."""

from __future__ import annotations

__all__ = ["DriverError", "Garbled", "Refused", "Unreachable", "Unsafe"]


class DriverError(Exception):
    """Base of everything a driver raises; the message is one line that a technician can act on."""


class Unreachable(DriverError):
    """No answer within the time-out, or no connection. Try again.

    ``sent`` tells whether the request may have reached the instrument: an unanswered ``start`` with ``sent=True`` must
    be settled by looking, never by sending it again.
    """

    def __init__(self, message: str, *, sent: bool = False) -> None:
        super().__init__(message)
        self.sent = sent


class Refused(DriverError):
    """The instrument, or the driver on its behalf, said no; the message carries the reason."""


class Garbled(DriverError):
    """Bytes that make no sense, or an answer to another question. The first of them stand in the message."""

    def __init__(self, message: str, *, received: bytes = b"") -> None:
        super().__init__(f"{message}; received {received[:160]!r}" if received else message)
        self.received = received


class Unsafe(DriverError):
    """Asked for something outside the limits of the bench; refused before anything was sent."""
