"""The virtual VSP-300 on its TCP port, as one instrument of the lab."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulators.biologic.faults import Fault, parse_fault
from simulators.biologic.session import Session
from simulators.biologic.virtual_vsp300 import VirtualVsp300
from simulators.chamber import VirtualChamber
from simulators.lab.fault_plan import FaultPlan
from simulators.lab.instrument import Ledger
from simulators.lab.lab_file import Vsp300Section
from simulators.lab.listener import Listener

__all__ = ["Vsp300Server"]


class Vsp300Server:
    """Port and connections come and go; channels, their techniques and their memory stay."""

    kind = "vsp300"

    def __init__(
        self,
        section: Vsp300Section,
        now_unix_s: Callable[[], float],
        chambers: Mapping[str, VirtualChamber] | None = None,
    ) -> None:
        self.host = section.listen.host
        self.port = section.listen.port
        self._device = VirtualVsp300(section, now_unix_s, chambers)
        self._faults: FaultPlan[Fault] = FaultPlan()
        self._listener = Listener(lambda: Session(self._device, self._faults))

    async def start(self) -> None:
        """Open the port; the same one again after ``stop``. Nothing happens where it is open."""
        self.port = await self._listener.open(self.host, self.port)

    async def stop(self) -> None:
        """Close the port and reset every connection; nothing happens where it is closed."""
        await self._listener.close(reset=True)

    def plug(self, channel: str, cell: Mapping[str, Any]) -> None:
        """Put a fresh virtual cell into a channel."""
        self._device.plug(channel, cell)

    def unplug(self, channel: str) -> None:
        """Leave the leads of a channel open."""
        self._device.unplug(channel)

    def cells(self) -> dict[str, dict[str, Any]]:
        """Plugged cells by channel."""
        return self._device.cells()

    def tests(self) -> list[dict[str, Any]]:
        """Every run of every channel."""
        return self._device.tests()

    def ledger(self, channel: str, test_id: int) -> Ledger:
        """All rows of a run."""
        return self._device.ledger(channel, test_id)

    def fault(self, command: str, nth: int, do: object) -> None:
        """Arm a fault."""
        self._faults.arm(command.removeprefix("BL_"), nth, parse_fault(do))
