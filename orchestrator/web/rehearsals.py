"""Previews take seconds of computing: one at a time, and few may wait, so that the other pages stay quick."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from threading import BoundedSemaphore, Lock

from orchestrator.web.refusal import WebRefused

__all__ = ["Rehearsals"]

_AT_MOST = 3
"""With the one that is computed; each that waits keeps one of the threads that answer requests."""


class _Busy(WebRefused):
    status = HTTPStatus.SERVICE_UNAVAILABLE


class Rehearsals:
    """For several threads."""

    def __init__(self) -> None:
        self._places = BoundedSemaphore(_AT_MOST)
        self._one = Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn. Raises WebRefused where too many wait already."""
        if not self._places.acquire(blocking=False):
            raise _Busy("other previews are being computed; ask again in a moment")
        try:
            with self._one:
                yield
        finally:
            self._places.release()
