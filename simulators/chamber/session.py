"""One connection of a client, whatever the wire: requests one after the other, each with what may go wrong with it."""

from __future__ import annotations

from simulators.chamber.wire import MalformedRequestError, Wire
from simulators.faults.plan import FaultPlan
from simulators.faults.serving import ServingConnection
from simulators.faults.wire_fault import WireFault

__all__ = ["Session"]


class Session(ServingConnection):
    """Executes requests as they come, in their order, and writes the replies."""

    def __init__(self, name: str, wire: Wire, faults: FaultPlan[WireFault]) -> None:
        super().__init__()
        self._name, self._wire, self._faults = name, wire, faults
        self._buffer = bytearray()

    def data_received(self, data: bytes) -> None:
        """Collect requests and execute those that are complete."""
        if self.deaf:
            return
        self._buffer += data
        try:
            while (request := self._wire.take(self._buffer)) is not None:
                self.waiting.append(request)
        except MalformedRequestError as error:
            self.hang_up(str(error))
        self.go_on()

    def hang_up(self, why: str) -> None:
        """Close, and forget half a request."""
        self._buffer.clear()
        super().hang_up(why)

    def exchange(self, request: bytes) -> None:
        """Execute one request."""
        fault = self._faults.take(f"{self._name} {self._wire.command(request)}")
        match fault:
            case None:
                self.write(self._wire.answer(request))
            case WireFault(kind="drop_request"):
                pass
            case WireFault(kind="half_open"):
                self.leave_half_open()
            case WireFault(kind="refuse"):
                self.write(self._wire.refusal(request))
            case WireFault(kind="false_ack"):
                self.write(self._wire.acknowledgement(request))
            case _:
                self.spoil(self._wire.answer(request), fault)
