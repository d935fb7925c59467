"""The virtual NEWARE on its TCP port, as one instrument of the lab."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from simulators.chamber import VirtualChamber
from simulators.faults.doing import Doing
from simulators.faults.plan import FaultPlan
from simulators.faults.wire_fault import WireFault
from simulators.lab.instrument import Ledger, Progress
from simulators.lab.lab_file import NewareSection
from simulators.lab.listener import Listener
from simulators.lab.refusal import LabRefusal
from simulators.neware.commands import COMMANDS
from simulators.neware.faults import parse_doing
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
        self.faults: FaultPlan[WireFault] = FaultPlan(WireFault("drop_request"))
        self._listener = Listener(lambda: Session(self._bts, self.faults))

    async def start(self) -> None:
        """Open the port; the same one again after ``stop``. Nothing happens where it is open."""
        self.port = await self._listener.open(self.host, self.port)

    async def stop(self, *, for_good: bool = False) -> None:
        """Close the port, which nobody else gets unless it is ``for_good``, and reset every connection."""
        await self._listener.close(reset=True, keep_port=not for_good)

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

    def doing(self, do: object, channels: Sequence[str]) -> Doing[WireFault]:
        """Read what a fault does."""
        return parse_doing(self._bts, do, channels, self._listener.reset)

    def command(self, text: str) -> str:
        """Return a command of the BTS API, or ``*``."""
        if text != "*" and text not in COMMANDS:
            raise LabRefusal(f"there is no command {text!r:.80}; there are {', '.join(COMMANDS)} and *")
        return text

    def progress(self, channel: str) -> Progress:
        """Starts, step changes and records of a channel."""
        return self._bts.progress(channel)
