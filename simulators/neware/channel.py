"""A channel that executes a step file by itself. (First commit: the interface; the executor follows.)"""

from __future__ import annotations

from simulators.cell import VirtualCell
from simulators.neware.channel_errors import ChannelBusy, ChannelError, NotExecutable, NotRunning
from simulators.neware.channel_hardware import ChannelHardware
from simulators.neware.ledger import TestLedger
from simulators.neware.snapshot import Snapshot, WorkStatus
from simulators.neware.step_program import StepProgram

__all__ = ["Channel", "ChannelBusy", "ChannelError", "ChannelHardware", "NotExecutable", "NotRunning"]


class Channel:
    """One channel with or without a cell between its clips. Every instant is unix seconds of lab time, never decreasing
    over the commands; ``snapshot`` and the ledgers also answer for instants in the past (a BTS lags)."""

    def __init__(
        self,
        address: str,
        cell: VirtualCell | None = None,
        limits: ChannelHardware | None = None,
        first_testid: int = 0,
    ) -> None:
        self.address = address
        self.limits = limits or ChannelHardware()
        self.tests: list[TestLedger] = []
        """Oldest first."""
        self._cell = cell
        self._first_testid = first_testid
        self._status: WorkStatus = "finish"

    @property
    def workstatus(self) -> WorkStatus:
        """State as of the last ``advance`` or command."""
        return self._status

    @property
    def next_event_unix_s(self) -> float | None:
        """When the running step ends by itself; None while nothing runs."""
        return None

    @property
    def cell(self) -> VirtualCell | None:
        """What is between the clips. Setting it raises ChannelBusy while a test runs or is paused."""
        return self._cell

    @cell.setter
    def cell(self, cell: VirtualCell | None) -> None:
        if self._status in ("working", "pause"):
            raise ChannelBusy("a test runs here")
        self._cell = cell

    def start(self, program: StepProgram, barcode: str, now_unix_s: float, testid: int) -> None:
        """Start; raises ChannelBusy or NotExecutable, and then nothing has changed."""
        self.tests.append(TestLedger(testid, barcode, now_unix_s))
        self._status = "working"

    def advance(self, now_unix_s: float) -> None:
        """Execute everything up to this instant."""

    def stop(self, now_unix_s: float) -> None:
        """Stop here, open circuit; raises NotRunning."""
        if self._status not in ("working", "pause"):
            raise NotRunning("nothing runs here")
        self._status = "stop"

    def pause(self, now_unix_s: float) -> None:
        """Pause here, open circuit; raises NotRunning."""
        self._status = "pause"

    def resume(self, now_unix_s: float) -> None:
        """Go on where it was paused; raises NotRunning when it is not paused."""
        self._status = "working"

    def reserve_pause(self, cycleid: int, stepid: int) -> None:
        """Pause before executing that step in that cycle, counted from 1 as ``inquire`` does; raises NotRunning."""

    def cancel_pause(self) -> None:
        """Forget a reserved pause; raises NotRunning when there is none."""

    def clear_flag(self) -> bool:
        """Clear a protect flag; False when there was none, as recorded from a real BTS."""
        return False

    def snapshot(self, now_unix_s: float) -> Snapshot:
        """The channel at this instant, which may lie in the past; later than the last advance, it advances."""
        testid = self.tests[-1].testid if self.tests else self._first_testid
        return Snapshot(
            self._status, testid, "", 0, None, "--", 0.0, 1.5, 0.0, 0.0, 0.0, 0.0, 0, 0, reserve_pause=False
        )
