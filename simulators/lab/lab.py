"""The virtual lab: a clock, a control port and the instruments of a lab file."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from types import TracebackType

from simulators.biologic.server import Vsp300Server
from simulators.chamber.server import ChamberServer
from simulators.faults.director import FaultDirector
from simulators.faults.fault_file import Faults
from simulators.lab.chamber_section import ThermotronSection, WatlowF4tSection
from simulators.lab.clock import LabClock
from simulators.lab.control import ControlSession
from simulators.lab.instrument import VirtualInstrument
from simulators.lab.lab_file import LabFile, NewareSection, Vsp300Section
from simulators.lab.listener import Listener
from simulators.lab.operations import Desk
from simulators.neware.server import NewareServer

__all__ = ["VirtualLab"]


class VirtualLab:
    """Everything that a lab file describes; ``async with`` opens and closes all ports, and lets faults begin.

    Raises FaultFileError for faults that this lab does not know.
    """

    def __init__(self, config: LabFile, faults: Faults | None = None) -> None:
        self.config = config
        self.clock = LabClock(config.start_unix_s(datetime.now(UTC)), config.speed_without_node)
        self.instruments = self._build(config)
        self.control_host = config.control.host
        self.control_port = config.control.port
        self._over = asyncio.Event()
        self.director = FaultDirector(self.clock, self.instruments)
        self._orders = [] if faults is None else self.director.read(faults)
        desk = Desk(config.virtual_lab, self.clock, self.instruments, self.director, self._over.set)
        self._control = Listener(lambda: ControlSession(desk))
        self._open = AsyncExitStack()

    def _build(self, config: LabFile) -> dict[str, VirtualInstrument]:
        """Chambers come first, because cells lie in them; the order is the file's."""
        chambers = {
            name: ChamberServer(section, self._now_unix_s)
            for name, section in config.instruments.items()
            if isinstance(section, (WatlowF4tSection, ThermotronSection))
        }
        inside = {name: server.chamber for name, server in chambers.items()}
        built: dict[str, VirtualInstrument] = {}
        for name, section in config.instruments.items():
            if isinstance(section, NewareSection):
                built[name] = NewareServer(section, self._now_unix_s, inside)
            elif isinstance(section, Vsp300Section):
                built[name] = Vsp300Server(section, self._now_unix_s, inside)
            else:
                built[name] = chambers[name]
        return built

    def _now_unix_s(self) -> float:
        return self.clock.now_unix_s

    async def __aenter__(self) -> VirtualLab:
        async with AsyncExitStack() as opening:
            for instrument in self.instruments.values():
                await instrument.start()
                opening.push_async_callback(instrument.stop, for_good=True)
            self.control_port = await self._control.open(self.control_host, self.config.control.port)
            opening.push_async_callback(self._control.close, reset=False)
            opening.push_async_callback(self.director.close)
            self._open = opening.pop_all()
        self.director.arm(self._orders)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    def end(self) -> None:
        """Ask ``run_until_end`` to return; for signal handlers."""
        self._over.set()

    async def run_until_end(self) -> None:
        """Return once ``end`` was called or the control port was told to shut down."""
        await self._over.wait()
