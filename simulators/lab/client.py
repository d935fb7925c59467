"""A small synchronous client of the control port, for tests, the demo and the command line."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt

from simulators.lab.refusal import LabRefusal

__all__ = ["LabControl", "Woken"]


@dataclass(frozen=True, slots=True)
class Woken:
    """How a sleep ended."""

    now_unix_s: float
    woken: bool


class LabControl:
    """One connection to the control port; not for several threads at once.

    Every method raises ``LabRefusal`` with the lab's own words, ``ConnectionError`` when the lab is gone and
    ``TimeoutError`` after ``timeout`` seconds without an answer.
    """

    def __init__(self, port: int, host: str = "127.0.0.1", timeout: float = 30.0) -> None:
        self._socket = socket.create_connection((host, port), timeout)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._lines = self._socket.makefile("rb")
        self._next_ticket = 0
        self._early: dict[int, dict[str, Any]] = {}

    def __enter__(self) -> LabControl:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; a node's hold on time ends with it."""
        self._lines.close()
        self._socket.close()

    def hello(self) -> dict[str, Any]:
        """Return ``lab``, ``now_unix_s`` and ``instruments`` (name to kind, host, port)."""
        return self._ask("hello")

    def port(self, instrument: str, wire: str | None = None) -> int:
        """TCP port of an instrument; of a chamber also that of one of its wires, such as ``scpi``."""
        told = self.hello()["instruments"][instrument]
        return int(told["port"] if wire is None else told["ports"][wire])

    def now(self) -> float:
        """Lab time in unix seconds."""
        return float(self._ask("now")["now_unix_s"])

    def attach(self, name: str) -> float:
        """Make this connection a node, awake; returns lab time."""
        return float(self._ask("attach", name=name)["now_unix_s"])

    def detach(self) -> None:
        """Give time back without closing the connection."""
        self._ask("detach")

    def sleep(self, until_unix_s: float) -> Woken:
        """Sleep until a lab time."""
        return self.finish_sleep(self.start_sleep(until_unix_s))

    def start_sleep(self, until_unix_s: float) -> int:
        """Begin to sleep without waiting; the ticket goes to ``finish_sleep``."""
        return self._send("sleep", {"until_unix_s": until_unix_s})

    def finish_sleep(self, ticket: int) -> Woken:
        """Wait for the end of a sleep."""
        answer = self._receive(ticket)
        return Woken(float(answer["now_unix_s"]), bool(answer["woken"]))

    def wake(self) -> float:
        """End this connection's pending sleep; returns lab time."""
        return float(self._ask("wake")["now_unix_s"])

    def advance(self, by_s: float) -> float:
        """Move time on while no node is attached; returns lab time."""
        return float(self._ask("advance", by_s=by_s)["now_unix_s"])

    def speed(self, factor: float) -> None:
        """Set lab seconds per second while no node is attached."""
        self._ask("speed", factor=factor)

    def plug(self, instrument: str, channel: str, cell: Mapping[str, Any]) -> None:
        """Put a fresh virtual cell into a channel."""
        self._ask("plug", instrument=instrument, channel=channel, cell=dict(cell))

    def unplug(self, instrument: str, channel: str) -> None:
        """Leave the clips open."""
        self._ask("unplug", instrument=instrument, channel=channel)

    def cells(self) -> dict[str, dict[str, Any]]:
        """Instrument to channel to the plugged cell with its state."""
        return dict(self._ask("cells")["cells"])

    def tests(self, instrument: str) -> list[dict[str, Any]]:
        """Every test in the instrument's memory."""
        return list(self._ask("tests", instrument=instrument)["tests"])

    def ledger(self, instrument: str, channel: str, test_id: int) -> dict[str, npt.NDArray[Any]]:
        """All records of a test as the instrument itself has them."""
        columns = self._ask("ledger", instrument=instrument, channel=channel, test_id=test_id)["columns"]
        return {
            name: np.frombuffer(base64.b64decode(column["base64"]), dtype=np.dtype(column["dtype"]))
            for name, column in columns.items()
        }

    def power(self, instrument: str, *, on: bool) -> None:
        """Switch the instrument's port on or off."""
        self._ask("power", instrument=instrument, on=on)

    def fault(self, instrument: str, command: str, do: str | Mapping[str, Any], nth: int = 1) -> None:
        """Arm a fault at the n-th exchange of a command from now."""
        self._ask("fault", instrument=instrument, command=command, nth=nth, do=do)

    def faults(self, faults: str | Path) -> None:
        """Arm a faults file, or the text of one, from now on."""
        if isinstance(faults, Path):
            self._ask("faults", text=faults.read_text(encoding="utf-8"), source=str(faults))
        else:
            self._ask("faults", text=faults)

    def fired(self) -> list[dict[str, Any]]:
        """Every fault that happened so far: ``unix_s``, ``instrument``, ``name``, ``do``, ``command``, ``exchange``.

        ``refused`` says why it had no effect, and is None where it had.
        """
        return list(self._ask("fired")["fired"])

    def chamber(self, instrument: str, **befall: object) -> dict[str, Any]:
        """Let something befall a chamber (``door_open=True``), and return all that it is."""
        arguments: dict[str, object] = {"set": befall} if befall else {}
        return dict(self._ask("chamber", instrument=instrument, **arguments)["chamber"])

    def shutdown(self) -> None:
        """End the lab's process."""
        self._ask("shutdown")

    def _ask(self, op: str, **arguments: object) -> dict[str, Any]:
        return self._receive(self._send(op, arguments))

    def _send(self, op: str, arguments: Mapping[str, object]) -> int:
        self._next_ticket += 1
        request = {"id": self._next_ticket, "op": op, **arguments}
        self._socket.sendall(json.dumps(request).encode() + b"\n")
        return self._next_ticket

    def _receive(self, ticket: int) -> dict[str, Any]:
        while ticket not in self._early:
            line = self._lines.readline()
            if not line.endswith(b"\n"):
                raise ConnectionError("the lab closed its control port")
            answer = json.loads(line)
            self._early[answer["id"]] = answer
        answer = self._early.pop(ticket)
        if not answer["ok"]:
            raise LabRefusal(answer["error"])
        return dict(answer)
