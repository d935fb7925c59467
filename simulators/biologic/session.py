"""One connection of a library: calls one after the other, each with what may go wrong with it."""

from __future__ import annotations

import asyncio
import logging
from collections import deque

from simulators.biologic.commands import answer
from simulators.biologic.error_code import EclibError, ErrorCode
from simulators.biologic.faults import Fault
from simulators.biologic.virtual_vsp300 import VirtualVsp300
from simulators.biologic.wire import Frame, FrameBuffer, WireError
from simulators.lab.fault_plan import FaultPlan
from simulators.lab.listener import Connection

__all__ = ["Session"]

logger = logging.getLogger(__name__)


class Session(Connection):
    """Executes calls as they come, in their order, and writes the replies."""

    def __init__(self, device: VirtualVsp300, faults: FaultPlan[Fault]) -> None:
        super().__init__()
        self._device = device
        self._faults = faults
        self._frames = FrameBuffer()
        self._waiting: deque[Frame] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._counted = False

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
        if fault is None:
            self.write(self._answer(call, request).encoded())
        elif fault.kind == "drop_link":
            self.reset()
        elif fault.kind == "error":
            self.write(Frame({"code": fault.code}).encoded())
        elif fault.kind == "hang_s":
            reply = self._answer(call, request)
            self.write(Frame({**reply.header, "hang_s": fault.delay_s}, reply.body).encoded())
        else:
            if fault.befall is not None:
                self._befall(fault)
            self._spoil(self._answer(call, request).encoded(), fault)

    def _answer(self, call: str, request: Frame) -> Frame:
        if call == "Connect" and not self._counted:
            if self._device.connections >= self._device.section.connections:
                return Frame({"code": int(ErrorCode.MAXCONNREACHED)})
            self._counted = True
            self._device.connections += 1
        return answer(self._device, request)

    def _befall(self, fault: Fault) -> None:
        try:
            if fault.befall is not None:
                fault.befall(self._device)
        except EclibError as refusal:
            logger.info("fault without effect: %s", refusal)

    def _spoil(self, reply: bytes, fault: Fault) -> None:
        """Let the reply suffer; the call was executed."""
        match fault.kind:
            case "drop_reply" | "close_before_reply":
                self.reset()
            case "close_mid_reply":
                self.write(reply[: len(reply) // 2])
                self.close()
            case "garble":
                self.write(b"\xff" * len(reply))
            case "delay_s":
                self._timer = asyncio.get_running_loop().call_later(fault.delay_s, self._late, reply)
            case _:
                self.write(reply)

    def _late(self, reply: bytes) -> None:
        self._timer = None
        self.write(reply)
        self._next()
