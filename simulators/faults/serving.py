"""A connection that executes requests one after the other, each with what may go wrong with it."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Iterator

from simulators.faults.wire_fault import WireFault, garbled, pieces_of
from simulators.lab.listener import Connection

__all__ = ["ServingConnection"]

logger = logging.getLogger(__name__)


class ServingConnection(Connection):
    """Subclasses collect requests in ``waiting`` and execute one in ``exchange``."""

    ending = 1
    """Bytes at the end of a reply by which a client knows that it is whole."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: deque[bytes] = deque()
        self.deaf = False
        """Half open: nothing is heard any more, and the connection stays."""
        self._timer: asyncio.TimerHandle | None = None
        self._full = False

    def exchange(self, request: bytes) -> None:
        """Execute one request and write what becomes of its reply."""
        raise NotImplementedError

    def lost(self) -> None:
        """Forget what was still to be done."""
        self.waiting.clear()
        if self._timer is not None:
            self._timer.cancel()

    def pause_writing(self) -> None:
        """Take and execute nothing more while the client does not read."""
        self._full = True
        if self.transport is not None:
            self.transport.pause_reading()

    def resume_writing(self) -> None:
        """Go on with the requests that waited."""
        self._full = False
        if self.transport is not None:
            self.transport.resume_reading()
        self.go_on()

    def go_on(self) -> None:
        """Execute what can be executed now."""
        while self.waiting and self._timer is None and not self._full and self._connected:
            self.exchange(self.waiting.popleft())

    @property
    def _connected(self) -> bool:
        """Whether there is still somebody to answer."""
        return self.transport is not None and not self.transport.is_closing()

    def hang_up(self, why: str) -> None:
        """Close once everything written is out."""
        logger.info("connection closed: %s", why)
        self.waiting.clear()
        self.close()

    def leave_half_open(self) -> None:
        """Neither hear nor say anything any more, and keep the connection."""
        self.deaf = True
        self.waiting.clear()

    def spoil(self, reply: bytes, fault: WireFault) -> None:
        """Let the reply of a request that was executed suffer."""
        match fault.kind:
            case "close_before_reply":
                self.hang_up("as armed")
            case "close_mid_reply":
                self.write(reply[: len(reply) // 2])
                self.hang_up("as armed")
            case "reset":
                self.waiting.clear()
                self.reset()
            case "garble":
                self.write(garbled(reply, self.ending))
            case "duplicate":
                self.write(reply + reply)
            case "delay_s":
                self._later(fault.value, iter([reply]))
            case "split" | "split_multibyte":
                self._later(0.0, pieces_of(reply, fault))
            case _:  # drop_reply: the client waits in vain
                logger.info("reply dropped, as armed")

    def _later(self, seconds: float, pieces: Iterator[bytes]) -> None:
        """Write the next piece after so many wall seconds, and so on; other requests wait meanwhile."""
        self._timer = asyncio.get_running_loop().call_later(seconds, self._write_piece, pieces)

    def _write_piece(self, pieces: Iterator[bytes]) -> None:
        self._timer = None
        piece = next(pieces, None)
        if piece is None:
            self.go_on()
        else:
            self.write(piece)
            self._later(0.0, pieces)
