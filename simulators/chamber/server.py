"""A virtual chamber on its TCP ports, as one instrument of the lab."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from simulators.chamber.befalling import befall
from simulators.chamber.chamber import VirtualChamber
from simulators.chamber.f4t import F4t
from simulators.chamber.f4t_modbus import F4tRegisters
from simulators.chamber.f4t_scpi import scpi_wire
from simulators.chamber.faults import parse_doing
from simulators.chamber.modbus import ModbusWire
from simulators.chamber.session import Session
from simulators.chamber.thermotron import Thermotron8200, thermotron_wire
from simulators.chamber.wire import Wire
from simulators.faults.doing import Doing
from simulators.faults.plan import FaultPlan
from simulators.faults.wire_fault import WireFault
from simulators.lab.chamber_section import ThermotronSection, WatlowF4tSection
from simulators.lab.instrument import Ledger, Progress
from simulators.lab.listener import Listener
from simulators.lab.refusal import LabRefusal
from simulators.lab.section import Endpoint

__all__ = ["ChamberServer"]


@dataclass
class _FrontEnd:
    wire: Wire
    host: str
    port: int
    listener: Listener | None = None


class ChamberServer:
    """Ports and connections come and go; the chamber and everything set on it stay."""

    def __init__(self, section: WatlowF4tSection | ThermotronSection, now_unix_s: Callable[[], float]) -> None:
        self.kind = section.kind
        self.chamber = VirtualChamber(section.chamber.build(), now_unix_s)
        self._controller: F4t | Thermotron8200
        if isinstance(section, WatlowF4tSection):
            self._controller = f4t = F4t(self.chamber, section.power_event, section.chamber.seed)
            self._fronts = _f4t_fronts(f4t, section)
        else:
            self._controller = thermotron = Thermotron8200(self.chamber)
            self._fronts = {"lines": _front(section.listen, thermotron_wire(thermotron))}
        self.faults: FaultPlan[WireFault] = FaultPlan(WireFault("drop_request"))
        for name, front in self._fronts.items():
            front.listener = Listener(partial(Session, name, front.wire, self.faults))

    @property
    def host(self) -> str:
        """Where its first port is."""
        return next(iter(self._fronts.values())).host

    @property
    def port(self) -> int:
        """Its first port: Modbus TCP of an F4T."""
        return next(iter(self._fronts.values())).port

    @property
    def ports(self) -> Mapping[str, int]:
        """Every port, by its wire."""
        return {name: front.port for name, front in self._fronts.items()}

    async def start(self) -> None:
        """Open the ports; the same ones again after ``stop``. Nothing happens where they are open."""
        opened: list[Listener] = []
        for front in self._fronts.values():
            assert front.listener is not None  # noqa: S101 - every front end has one from __init__ on
            try:
                front.port = await front.listener.open(front.host, front.port)
            except OSError:
                for listener in opened:
                    await listener.close(reset=True)
                raise
            opened.append(front.listener)

    async def stop(self, *, for_good: bool = False) -> None:
        """Close the ports, which nobody else gets unless it is ``for_good``; the chamber goes on as it was set."""
        for front in self._fronts.values():
            if front.listener is not None:
                await front.listener.close(reset=True, keep_port=not for_good)

    def plug(self, channel: str, cell: Mapping[str, Any]) -> None:  # noqa: ARG002
        """Refuse: a cell is plugged where its leads go, and says which chamber it lies in."""
        raise LabRefusal("a chamber has no channels: plug the cell into its cycler, with chamber: as one of its keys")

    def unplug(self, channel: str) -> None:  # noqa: ARG002
        """Refuse likewise."""
        raise LabRefusal("a chamber has no channels")

    def cells(self) -> dict[str, dict[str, Any]]:
        """Nothing: cells are told with the channels that hold them."""
        return {}

    def tests(self) -> list[dict[str, Any]]:
        """Nothing: a chamber runs no test."""
        return []

    def ledger(self, channel: str, test_id: int) -> Ledger:  # noqa: ARG002
        """All that it was, every ten seconds, whatever channel and test are named."""
        return self.chamber.ledger()

    def doing(self, do: object, channels: Sequence[str]) -> Doing[WireFault]:
        """Read what a fault does."""
        if channels:
            raise LabRefusal("a chamber has no channels: leave out channel")
        return parse_doing(self._controller, do, self._orders, self._reset)

    def command(self, text: str) -> str:
        """Return ``WIRE COMMAND``: ``modbus read``, ``scpi *``; on a chamber of one wire its name may go."""
        wire, _, rest = text.partition(" ")
        if text == "*":
            return text
        if wire not in self._fronts and len(self._fronts) == 1:
            wire, rest = next(iter(self._fronts)), text
        if wire not in self._fronts or not rest:
            raise LabRefusal(
                f"command must be a wire and a command, such as {next(iter(self._fronts))} *; "
                f"its wires are {', '.join(self._fronts)}"
            )
        known = self._fronts[wire].wire.commands
        if rest not in (*known, "*"):
            raise LabRefusal(f"{wire} has no command {rest!r:.80}; there are {', '.join(known)} and *")
        return f"{wire} {rest}"

    def progress(self, channel: str) -> Progress:  # noqa: ARG002
        """Refuse: nothing runs on a chamber."""
        raise LabRefusal("a chamber has no channels, and so no events; use at:, or on: {command: …}")

    def _orders(self, command: str) -> bool:
        wire, _, rest = command.partition(" ")
        return self._fronts[wire].wire.orders(rest)

    def _reset(self) -> None:
        for front in self._fronts.values():
            if front.listener is not None:
                front.listener.reset()

    def befall(self, request: Mapping[str, Any]) -> None:
        """Let something befall the chamber, now."""
        befall(self._controller, request)

    def truth(self) -> dict[str, Any]:
        """All that it is now, measured or not."""
        told = self.chamber.truth()
        if isinstance(f4t := self._controller, F4t):
            told |= {"unit": f4t.unit, "word_order": "low" if f4t.low_word_first else "high"}
        return told


def _f4t_fronts(f4t: F4t, section: WatlowF4tSection) -> dict[str, _FrontEnd]:
    f4t.unit, f4t.low_word_first = section.unit, section.word_order == "low"
    fronts = {"modbus": _front(section.listen, ModbusWire(F4tRegisters(f4t), section.unit_id))}
    if section.scpi is not None:
        fronts["scpi"] = _front(section.scpi, scpi_wire(f4t))
    return fronts


def _front(endpoint: Endpoint, wire: Wire) -> _FrontEnd:
    return _FrontEnd(wire, endpoint.host, endpoint.port)
