"""What a client raises: always something that a person can act on."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["ClientError", "ServiceUnreachable"]


class ClientError(Exception):
    """The service said no. ``problems`` holds one line each; ``status`` is the HTTP status, None without an answer."""

    def __init__(self, problems: Sequence[str], status: int | None = None) -> None:
        self.problems = tuple(problems)
        self.status = status
        super().__init__("; ".join(self.problems))


class ServiceUnreachable(ClientError):
    """Nobody answers at the address of the service."""
