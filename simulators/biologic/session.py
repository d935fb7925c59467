"""One connection of a library: calls one after the other, each with what may go wrong with it."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Iterator

from simulators.biologic.call_fault import CallFault
from simulators.biologic.commands import answer
from simulators.biologic.error_code import ErrorCode
from simulators.biologic.stored_limits import with_wrong_limits
from simulators.biologic.virtual_vsp300 import VirtualVsp300
from simulators.biologic.wire import Frame, FrameBuffer, WireError
from simulators.faults.plan import FaultPlan
from simulators.lab.listener import Connection

__all__ = ["Session"]

logger = logging.getLogger(__name__)


class Session(Connection):
    """Executes calls as they come, in their order, and writes the replies."""

    def __init__(self, device: VirtualVsp300, faults: FaultPlan[CallFault]) -> None:
        super().__init__()
        self._device = device
        self._faults = faults
        self._frames = FrameBuffer()
        self._waiting: deque[Frame] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._counted = False
        self._deaf = False

    def lost(self) -> None:
        """Forget what was still to be done."""
        self._waiting.clear()
        if self._timer is not None:
            self._timer.cancel()
        if self._counted:
            self._counted = False
            self._device.connections -= 1

    def data_received(self, data: bytes) -> None:
        """Collect calls and execute those that are complete."""
        if self._deaf:
            return
        try:
            self._waiting.extend(self._frames.feed(data))
        except WireError as error:
            logger.info("connection closed: %s", error)
            self._waiting.clear()
            self.close()
        self._next()

    def _next(self) -> None:
        while self._waiting and self._timer is None:
            self._exchange(self._waiting.popleft())

    def _exchange(self, request: Frame) -> None:
        call = str(request.header.get("call"))
        fault = self._faults.take(call)
        match fault:
            case None:
                self.write(self._answer(call, request).encoded())
            case CallFault(kind="drop_request"):
                pass
            case CallFault(kind="half_open"):
                self._deaf = True
                self._waiting.clear()
            case CallFault(kind="drop_link"):
                self.reset()
            case CallFault(kind="error"):
                self.write(Frame({"code": int(fault.value)}).encoded())
            case CallFault(kind="false_ack"):
                self.write(_acknowledgement(request).encoded())
            case CallFault(kind="wrong_limits"):
                stored = Frame(request.header, with_wrong_limits(request.body))
                self.write(self._answer(call, stored).encoded())
            case CallFault(kind="hang_s"):
                reply = self._answer(call, request)
                self.write(Frame({**reply.header, "hang_s": fault.value}, reply.body).encoded())
            case _:
                self._spoil(self._answer(call, request).encoded(), fault)

    def _answer(self, call: str, request: Frame) -> Frame:
        if call == "Connect" and not self._counted:
            if self._device.connections >= self._device.section.connections:
                return Frame({"code": int(ErrorCode.MAXCONNREACHED)})
            self._counted = True
            self._device.connections += 1
        return answer(self._device, request)

    def _spoil(self, reply: bytes, fault: CallFault) -> None:
        """Let the reply suffer; the call was executed."""
        match fault.kind:
            case "close_mid_reply":
                self.write(reply[: len(reply) // 2])
                self.close()
            case "garble":
                self.write(b"\xff" * len(reply))
            case "delay_s":
                self._later(fault.value, iter([reply]))
            case "split":
                size = int(fault.value)
                self._later(0.0, (reply[start : start + size] for start in range(0, len(reply), size)))
            case _:  # drop_reply, close_before_reply
                self.reset()

    def _later(self, seconds: float, pieces: Iterator[bytes]) -> None:
        """Write the next piece after so many wall seconds, and so on; other calls wait meanwhile."""
        self._timer = asyncio.get_running_loop().call_later(seconds, self._write_piece, pieces)

    def _write_piece(self, pieces: Iterator[bytes]) -> None:
        self._timer = None
        piece = next(pieces, None)
        if piece is None:
            self._next()
        else:
            self.write(piece)
            self._later(0.0, pieces)


def _acknowledgement(request: Frame) -> Frame:
    """Return success, of every channel where a call names several."""
    channels = request.header.get("channels")
    return Frame({"code": 0} | ({"results": [0] * len(channels)} if isinstance(channels, list) else {}))
