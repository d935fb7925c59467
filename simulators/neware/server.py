"""The virtual NEWARE on its TCP port, as one instrument of the lab."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulators.chamber import VirtualChamber
from simulators.lab.fault_plan import FaultPlan
from simulators.lab.instrument import Ledger
from simulators.lab.lab_file import NewareSection
from simulators.lab.listener import Listener
from simulators.neware.faults import Fault, parse_fault
from simulators.neware.session import Session
from simulators.neware.virtual_neware import VirtualNeware

__all__ = ["NewareServer"]


class NewareServer:
    """Port and connections come and go; channels and their memory stay."""

    kind = "neware"

    def __init__(
        self,
        section: NewareSection,
        now_unix_s: Callable[[], float],
        chambers: Mapping[str, VirtualChamber] | None = None,
    ) -> None:
        self.host = section.listen.host
        self.port = section.listen.port
        self._bts = VirtualNeware(section, now_unix_s, chambers)
        self._faults: FaultPlan[Fault] = FaultPlan()
        self._listener = Listener(lambda: Session(self._bts, self._faults))

    async def start(self) -> None:
        """Open the port; the same one again after ``stop``. Nothing happens where it is open."""
        self.port = await self._listener.open(self.host, self.port)

    async def stop(self) -> None:
        """Close the port and reset every connection; nothing happens where it is closed."""
        await self._listener.close(reset=True)

    def plug(self, channel: str, cell: Mapping[str, Any]) -> None:
        """Put a fresh virtual cell into a channel."""
        self._bts.plug(channel, cell)

    def unplug(self, channel: str) -> None:
        """Leave the clips open."""
        self._bts.unplug(channel)

    def cells(self) -> dict[str, dict[str, Any]]:
        """Plugged cells by channel."""
        return self._bts.cells()

    def tests(self) -> list[dict[str, Any]]:
        """Every test in memory."""
        return self._bts.tests()

    def ledger(self, channel: str, test_id: int) -> Ledger:
        """All records of a test."""
        return self._bts.ledger(channel, test_id)

    def fault(self, command: str, nth: int, do: object) -> None:
        """Arm a fault."""
        self._faults.arm(command, nth, parse_fault(do))
