"""A run that sits in a chamber, as far as the chamber cares."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.run_state import RunState
from protocols.plan import SetTemperature

__all__ = ["Member"]

_BEFORE = (RunState.QUEUED, RunState.WAITING)
_HELD_UP = (RunState.PAUSING, RunState.PAUSED, RunState.LOST)


@dataclass(frozen=True, slots=True)
class Member:
    """One run that is not over, on a bench in this chamber."""

    run_id: int
    state: RunState
    desired: str
    """run, pause or stop."""
    item: int
    """Index of the plan's item that the run is at."""
    temperatures: int
    """Temperature steps in its plan: a run without any shares the chamber."""
    passed: int
    """Temperature steps before ``item``."""
    step: SetTemperature | None = None
    """The temperature step that the run is at; None at any other item."""
    batch_id: int | None = None
    reason: str | None = None
    asked_unix_s: float | None = None
    """When the chamber was asked for ``step``; None: not yet."""
    intent_id: int | None = None
    """Of that request."""
    blocked: bool = False
    """It may not begin yet: another run has its channel first, or a person must look there."""
    made: tuple[int, SetTemperature] | None = None
    """The last temperature step behind it, with its item: what it measures, it measures at that temperature."""
    ordered: bool = False
    """Something has been ordered of its channel whose outcome is open."""
    instrument: str = ""
    """Whose loop goes on with it."""
    held_up_since_s: float | None = None
    """Since when it is known to be held up; on the engine's steady clock."""
    held_up_unix_s: float | None = None
    """The same as stored, in Unix time, perhaps by an earlier process; None: it went on when it was seen last."""
    queue_order: int | None = None
    """Its place among what has not begun; None: its number."""

    @property
    def place(self) -> int:
        """Its place in the queue."""
        return self.run_id if self.queue_order is None else self.queue_order

    @property
    def begun(self) -> bool:
        """Whether it has had the chamber, or a channel, already."""
        return self.state not in _BEFORE or self.item > 0 or self.asked_unix_s is not None

    @property
    def held_up(self) -> bool:
        """Whether nobody can say when it will go on: paused, lost, or waiting for a person."""
        if self.state is RunState.RUNNING:  # wanted paused where nothing pauses it, it still measures, and arrives
            return False
        if self.state in _HELD_UP or self.desired == "pause":
            return True
        return self.state is RunState.WAITING and (self.step is None or self.blocked)

    @property
    def coming(self) -> bool:
        """Whether a temperature step lies before it, or it stands at one."""
        return self.passed < self.temperatures

    def elsewhere(self, wanted_degC: float | None) -> bool:
        """Whether the chamber has been sent elsewhere since its temperature step: it has left its batch, held up."""
        return self.made is not None and wanted_degC is not None and self.made[1].target_degC != wanted_degC
