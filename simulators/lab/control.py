"""The lab's control port: one JSON object a line; it must survive whatever is thrown at it."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import Any

from simulators.lab.arguments import Request, flag, number, text
from simulators.lab.clock import Attachment
from simulators.lab.listener import Connection
from simulators.lab.operations import OPERATIONS, Desk
from simulators.lab.refusal import LabRefusal

__all__ = ["LINE_LIMIT_BYTES", "ControlSession"]

LINE_LIMIT_BYTES = 1 << 20
_ENCODER = json.JSONEncoder(separators=(",", ":"))

Ticket = int | str | None


class ControlSession(Connection):
    """One connection: perhaps a node. Answers at once from the callback, because every sleep of a node pays for it."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._buffer = bytearray()
        self._late: set[asyncio.Task[None]] = set()
        self._attachment: Attachment | None = None

    def lost(self) -> None:
        """Give time back to the others."""
        self._detach()

    def data_received(self, data: bytes) -> None:
        """Serve every complete line."""
        self._buffer += data
        while (end := self._buffer.find(b"\n")) >= 0:
            line = bytes(self._buffer[:end])
            del self._buffer[: end + 1]
            if line.strip():
                self._receive(line)
        if len(self._buffer) > LINE_LIMIT_BYTES:
            self._buffer.clear()
            self._refuse(None, f"a line is longer than {LINE_LIMIT_BYTES} bytes")
            self.close()

    def _receive(self, line: bytes) -> None:
        try:
            request = json.loads(line)
        except (ValueError, RecursionError):
            request = None
        if not isinstance(request, dict):
            self._refuse(None, "a request is one JSON object on one line")
            return
        ticket = request.get("id")
        if not (ticket is None or isinstance(ticket, (int, str))):
            self._refuse(None, "id must be a number or a text")
            return
        try:
            answer = self._perform(ticket, request)
        except LabRefusal as refusal:
            self._refuse(ticket, str(refusal))
        else:
            if answer is not None:
                self._desk.clock.when_settled(partial(self._answer, ticket, answer))

    def _perform(self, ticket: Ticket, request: Request) -> dict[str, Any] | None:
        """Do one operation; None where the answer comes later."""
        match request.get("op"):
            case "attach":
                return self._attach(text(request, "name"))
            case "sleep":
                self._sleep(ticket, number(request, "until_unix_s"))
                return None
            case "wake":
                return self._wake()
            case "detach":
                self._detach()
                return self._now()
            case "power":
                self._power(ticket, request)
                return None
            case str(op) if op in OPERATIONS:
                return OPERATIONS[op](self._desk, request)
            case other:
                raise LabRefusal(f"no such op: {other!r:.80}")

    def _now(self) -> dict[str, Any]:
        return {"now_unix_s": self._desk.clock.now_unix_s}

    def _attach(self, name: str) -> dict[str, Any]:
        if self._attachment is not None:
            raise LabRefusal(f"this connection is attached already, as {self._attachment.name}")
        self._attachment = self._desk.clock.attach(name)
        return self._now()

    def _attached(self) -> Attachment:
        if self._attachment is None:
            raise LabRefusal("this connection is no node: attach first")
        return self._attachment

    def _sleep(self, ticket: Ticket, until_unix_s: float) -> None:
        def on_wake(now_unix_s: float, woken: bool) -> None:
            self._answer(ticket, {"now_unix_s": now_unix_s, "woken": woken})

        self._attached().sleep(until_unix_s, on_wake)

    def _wake(self) -> dict[str, Any]:
        self._attached().wake()
        return self._now()

    def _detach(self) -> None:
        attachment, self._attachment = self._attachment, None
        if attachment is not None:
            attachment.detach()

    def _power(self, ticket: Ticket, request: Request) -> None:
        instrument, on = self._desk.instrument(request), flag(request, "on")

        async def switch() -> None:
            try:
                await (instrument.start() if on else instrument.stop())
            except OSError as error:
                self._refuse(ticket, f"the port cannot be opened: {error}")
            else:
                self._answer(ticket, {})

        task = asyncio.get_running_loop().create_task(switch())
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    def _answer(self, ticket: Ticket, answer: dict[str, Any]) -> None:
        self._send({"id": ticket, "ok": True, **answer})

    def _refuse(self, ticket: Ticket, error: str) -> None:
        self._send({"id": ticket, "ok": False, "error": " ".join(error.split())})

    def _send(self, answer: dict[str, Any]) -> None:
        self.write(_ENCODER.encode(answer).encode() + b"\n")
