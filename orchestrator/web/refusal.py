"""What a route raises when it does not do what was asked."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

__all__ = ["Conflict", "NotFound", "Unauthorized", "WebRefused"]


class WebRefused(Exception):
    """Refused with an HTTP status; ``problems`` holds one line for each thing that is wrong."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, problems: str | Sequence[str]) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        self.headers: dict[str, str] = {}
        super().__init__("; ".join(self.problems))


class NotFound(WebRefused):
    """There is no such thing."""

    status = HTTPStatus.NOT_FOUND


class Conflict(WebRefused):
    """It is well formed, and the present state of things forbids it."""

    status = HTTPStatus.CONFLICT


class Unauthorized(WebRefused):
    """Nobody that the lab knows; with ``retry_after_s`` nobody is even asked before that."""

    def __init__(self, problem: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(problem)
        self.status = HTTPStatus.UNAUTHORIZED if retry_after_s is None else HTTPStatus.TOO_MANY_REQUESTS
        self.headers = {} if retry_after_s is None else {"Retry-After": str(retry_after_s)}
