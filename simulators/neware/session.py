"""One connection of a client: requests one after the other, each with what may go wrong with it."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Iterator

from simulators.lab.fault_plan import FaultPlan
from simulators.lab.listener import Connection
from simulators.neware.commands import answer, refusal
from simulators.neware.faults import Fault, garbled
from simulators.neware.frames import FrameBuffer, FrameTooLongError
from simulators.neware.virtual_neware import VirtualNeware
from simulators.neware.wire import MalformedRequestError, parse_request

__all__ = ["Session"]

logger = logging.getLogger(__name__)


class Session(Connection):
    """Executes requests as they come, in their order, and writes the replies."""

    def __init__(self, bts: VirtualNeware, faults: FaultPlan[Fault]) -> None:
        super().__init__()
        self._bts = bts
        self._faults = faults
        self._frames = FrameBuffer()
        self._waiting: deque[bytes] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._full = False

    def lost(self) -> None:
        """Forget what was still to be done."""
        self._waiting.clear()
        if self._timer is not None:
            self._timer.cancel()

    def pause_writing(self) -> None:
        """Execute nothing more while the client does not read."""
        self._full = True

    def resume_writing(self) -> None:
        """Go on with the requests that waited."""
        self._full = False
        self._next()

    def data_received(self, data: bytes) -> None:
        """Collect requests and execute those that are complete."""
        try:
            self._waiting.extend(self._frames.feed(data))
        except FrameTooLongError as error:
            self._hang_up(str(error))
        self._next()

    def _next(self) -> None:
        while self._waiting and self._timer is None and not self._full:
            frame = self._waiting.popleft()
            try:
                self._exchange(frame)
            except MalformedRequestError as error:
                # unconfirmed on hardware: how a BTS client takes bytes that are no request.
                self._hang_up(str(error))

    def _hang_up(self, why: str) -> None:
        logger.info("connection closed: %s", why)
        self._waiting.clear()
        self.close()

    def _exchange(self, frame: bytes) -> None:
        request = parse_request(frame)
        fault = self._faults.take(request.command)
        if fault is not None and fault.kind == "drop_request":
            return
        if fault is not None and fault.kind == "refuse":
            self.write(refusal(request))
            return
        reply = answer(self._bts, request)
        if fault is None:
            self.write(reply)
        else:
            self._spoil(reply, fault)

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
