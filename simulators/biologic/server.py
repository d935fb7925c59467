"""The virtual VSP-300 on its TCP port, as one instrument of the lab."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from simulators.biologic.call_fault import CallFault
from simulators.biologic.commands import COMMANDS
from simulators.biologic.faults import parse_doing
from simulators.biologic.session import Session
from simulators.biologic.virtual_vsp300 import VirtualVsp300
from simulators.chamber import VirtualChamber
from simulators.faults.doing import Doing
from simulators.faults.plan import FaultPlan
from simulators.lab.instrument import Ledger, Progress
from simulators.lab.lab_file import Vsp300Section
from simulators.lab.listener import Listener
from simulators.lab.refusal import LabRefusal

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
        self.faults: FaultPlan[CallFault] = FaultPlan(CallFault("drop_link"))
        self._listener = Listener(lambda: Session(self._device, self.faults))

    async def start(self) -> None:
        """Open the port; the same one again after ``stop``. Nothing happens where it is open."""
        self.port = await self._listener.open(self.host, self.port)

    async def stop(self, *, for_good: bool = False) -> None:
        """Close the port, which nobody else gets unless it is ``for_good``, and reset every connection."""
        await self._listener.close(reset=True, keep_port=not for_good)

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

    def doing(self, do: object, channels: Sequence[str]) -> Doing[CallFault]:
        """Read what a fault does."""
        return parse_doing(self._device, do, channels, self._listener.reset)

    def command(self, text: str) -> str:
        """Return the name of an exported function, with or without ``BL_``, or ``*``."""
        name = text.removeprefix("BL_")
        if name != "*" and name not in COMMANDS:
            raise LabRefusal(f"there is no function {text!r:.80}; there are {', '.join(COMMANDS)} and *")
        return name

    def progress(self, channel: str) -> Progress:
        """Starts, changes of technique and rows of a channel."""
        return self._device.progress(channel)
