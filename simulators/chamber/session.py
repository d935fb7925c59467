"""One connection of a client, whatever the wire: requests one after the other, each with what may go wrong with it."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from simulators.chamber.faults import Fault, garbled
from simulators.chamber.wire import MalformedRequestError, Wire
from simulators.lab.fault_plan import FaultPlan
from simulators.lab.listener import Connection

__all__ = ["Session"]

logger = logging.getLogger(__name__)


class Session(Connection):
    """Executes requests as they come, in their order, and writes the replies."""

    def __init__(self, wire: Wire, faults: FaultPlan[Fault], befall: Callable[[Mapping[str, Any]], None]) -> None:
        super().__init__()
        self._wire, self._faults, self._befall = wire, faults, befall
        self._buffer = bytearray()
        self._waiting: deque[bytes] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._deaf = False
        self._full = False

    def lost(self) -> None:
        """Forget what was still to be done."""
        self._waiting.clear()
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
        self._next()

    def data_received(self, data: bytes) -> None:
        """Collect requests and execute those that are complete."""
        if self._deaf:
            return
        self._buffer += data
        try:
            while (request := self._wire.take(self._buffer)) is not None:
                self._waiting.append(request)
        except MalformedRequestError as error:
            self._hang_up(str(error))
        self._next()

    def _next(self) -> None:
        while self._waiting and self._timer is None and not self._full and self._connected:
            self._exchange(self._waiting.popleft())

    @property
    def _connected(self) -> bool:
        """Whether there is still somebody to answer."""
        return self.transport is not None and not self.transport.is_closing()

    def _hang_up(self, why: str) -> None:
        logger.info("connection closed: %s", why)
        self._waiting.clear()
        self._buffer.clear()
        self.close()

    def _exchange(self, request: bytes) -> None:
        fault = self._faults.take(self._wire.command(request))
        match fault:
            case None:
                self.write(self._wire.answer(request))
            case Fault(kind="drop_request"):
                logger.info("request dropped, as armed")
            case Fault(kind="half_open"):
                self._deaf = True
                self._waiting.clear()
            case Fault(kind="refuse"):
                self.write(self._wire.refusal(request))
            case Fault(kind="set", befall=befall) if befall is not None:
                self._befall(befall)
                self.write(self._wire.answer(request))
            case _:
                self._spoil(self._wire.answer(request), fault)

    def _spoil(self, reply: bytes, fault: Fault) -> None:
        """Let the reply suffer; the request was executed."""
        match fault.kind:
            case "close_before_reply":
                self._hang_up("as armed")
            case "close_mid_reply":
                self.write(reply[: len(reply) // 2])
                self._hang_up("as armed")
            case "garble":
                self.write(garbled(reply))
            case "delay_s":
                self._later(fault.value, iter([reply]))
            case "split":
                size = int(fault.value)
                self._later(0.0, (reply[start : start + size] for start in range(0, len(reply), size)))
            case _:  # drop_reply: the client waits in vain
                logger.info("reply dropped, as armed")

    def _later(self, seconds: float, pieces: Iterator[bytes]) -> None:
        """Write the next piece after so many wall seconds, and so on; other requests wait meanwhile."""
        self._timer = asyncio.get_running_loop().call_later(seconds, self._write_piece, pieces)

    def _write_piece(self, pieces: Iterator[bytes]) -> None:
        self._timer = None
        piece = next(pieces, None)
        if piece is None:
            self._next()
        else:
            self.write(piece)
            self._later(0.0, pieces)
