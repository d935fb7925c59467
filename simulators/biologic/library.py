"""What a loaded library remembers: its connections, and the mutex that every call takes."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from simulators.biologic.error_code import EclibError, ErrorCode
from simulators.biologic.link import Link
from simulators.biologic.structs import EccParam
from simulators.biologic.wire import Frame

__all__ = ["Library"]

_DEFAULT_TIMEOUT_s = 5.0


class Library:
    """One ``LoadLibrary``."""

    def __init__(self, addresses: tuple[str, ...] = ()) -> None:
        self.addresses = addresses
        """Instruments that the finder finds."""
        self.links: dict[int, Link] = {}
        self.timeout = _DEFAULT_TIMEOUT_s
        """Of the latest Connect: how long a second caller waits."""
        self.parameters: dict[tuple[int, int], list[ctypes.Array[EccParam]]] = {}
        """Memory that TechniqueInfos points to, by connection and channel: valid until the next such call."""
        self._next_id = 0
        self._mutex = threading.Lock()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold the mutex; raises EclibError FUNCTIONINPROGRESS where another caller has it for too long."""
        if not self._mutex.acquire(timeout=self.timeout):
            raise EclibError(ErrorCode.FUNCTIONINPROGRESS)
        try:
            yield
        finally:
            self._mutex.release()

    def add(self, link: Link) -> int:
        """Keep a connection; returns its id."""
        identity = self._next_id
        self._next_id += 1
        self.links[identity] = link
        return identity

    def link(self, identity: int) -> Link:
        """Return a connection; raises EclibError NOTCONNECTED."""
        try:
            return self.links[identity]
        except KeyError as error:
            raise EclibError(ErrorCode.NOTCONNECTED) from error

    def call(self, identity: int, name: str, body: bytes = b"", **arguments: object) -> Frame:
        """Call the instrument. Raises EclibError where there is no connection, not where the instrument refuses."""
        return self.link(identity).call(Frame({"call": name, **arguments}, body))

    def close(self) -> None:
        """Drop every connection."""
        for link in self.links.values():
            link.close()
        self.links.clear()
