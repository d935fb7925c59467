"""One connection of a client: requests one after the other, each with what may go wrong with it."""

from __future__ import annotations

from simulators.faults.plan import FaultPlan
from simulators.faults.serving import ServingConnection
from simulators.faults.wire_fault import WireFault
from simulators.neware.commands import acknowledgement, answer, refusal
from simulators.neware.frames import TERMINATOR, FrameBuffer, FrameTooLongError
from simulators.neware.virtual_neware import VirtualNeware
from simulators.neware.wire import MalformedRequestError, parse_request

__all__ = ["Session"]


class Session(ServingConnection):
    """Executes requests as they come, in their order, and writes the replies."""

    ending = len(TERMINATOR)

    def __init__(self, bts: VirtualNeware, faults: FaultPlan[WireFault]) -> None:
        super().__init__()
        self._bts = bts
        self._faults = faults
        self._frames = FrameBuffer()

    def data_received(self, data: bytes) -> None:
        """Collect requests and execute those that are complete."""
        if self.deaf:
            return
        try:
            self.waiting.extend(self._frames.feed(data))
        except FrameTooLongError as error:
            self.hang_up(str(error))
        self.go_on()

    def exchange(self, request: bytes) -> None:
        """Execute one request."""
        try:
            self._exchange(request)
        except MalformedRequestError as error:
            # unconfirmed on hardware: how a BTS client takes bytes that are no request.
            self.hang_up(str(error))

    def _exchange(self, frame: bytes) -> None:
        request = parse_request(frame)
        fault = self._faults.take(request.command)
        match fault:
            case None:
                self.write(answer(self._bts, request))
            case WireFault(kind="drop_request"):
                pass
            case WireFault(kind="half_open"):
                self.leave_half_open()
            case WireFault(kind="refuse"):
                self.write(refusal(request))
            case WireFault(kind="false_ack"):
                self.write(acknowledgement(request))
            case _:
                self.spoil(answer(self._bts, request), fault)
