"""What ``decide`` knows: the run as the database has it, and what was seen of its channel."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.contracts import ChannelState, ChannelStatus
from orchestrator.run_state import RunState

__all__ = ["OpenIntent", "RunView", "Seen", "SegmentView", "TaskView"]


@dataclass(frozen=True, slots=True)
class OpenIntent:
    """An action that was ordered and has no known outcome yet."""

    id: int
    action: str
    since_s: float
    """Since when this process knows of it; on the engine's steady clock, as every ``_s`` here."""
    test_id_before: str | None = None
    cycle: int | None = None
    """Of a reserved pause: the instrument's cycle before which it should come."""
    failure: str | None = None
    """What the driver said when the order could not be delivered."""


@dataclass(frozen=True, slots=True)
class SegmentView:
    """The segment that the run is at."""

    id: int
    attempt: int
    tag: str
    test_id: str | None
    """None until the instrument has named the test."""
    stored: int
    """Sequence number of the last record in the database: those up to it are stored, or named as missing."""
    boundary: tuple[int, int] | None = None
    """(instrument cycle, instrument step) before which the segment should end, where its stop rule has been met."""


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as the database has it."""

    id: int
    state: RunState
    desired: str
    """run, pause or stop."""
    segment: SegmentView
    last_item: bool
    """True when nothing follows this segment in the plan."""
    task_follows: bool = False
    """What follows is the service's to do: a temperature step or a prompt."""
    intents: tuple[OpenIntent, ...] = ()
    blocked_by: str | None = None
    """Why it may not start, or go on, yet: another run has the channel first, or others the chamber."""
    look_first: str | None = None
    """Why a person must look at the channel before this run starts: what became of those before it, or their cell."""
    reason: str | None = None
    rest_window_V: tuple[float, float] | None = None
    """Between which voltages the cell must rest before the segment starts; None: anywhere."""
    stopped_by: str | None = None
    """The trip that stops it; None: a person does, or nobody."""

    def intent(self, action: str) -> OpenIntent | None:
        """The open intent of this action."""
        return next((intent for intent in self.intents if intent.action == action), None)


@dataclass(frozen=True, slots=True)
class TaskView:
    """A run at an item of its plan that no channel executes; it holds its channel all the same."""

    id: int
    state: RunState
    desired: str
    prompt: str | None = None
    """What a person is to do; None: it is a temperature step, which is the chamber's loop's."""
    asked: bool = False
    """The prompt has been put to people."""
    confirmed: bool = False
    """Somebody has confirmed it."""
    intents: tuple[OpenIntent, ...] = ()
    blocked_by: str | None = None
    """As of a run at a segment, of its channel alone."""
    look_first: str | None = None
    reason: str | None = None
    stopped_by: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of a channel at this instant."""

    status: ChannelStatus | None
    """None: the instrument did not answer, or does not know the channel."""
    reachable_since_s: float
    """Since when every observation succeeded (meaningless while ``status`` is None)."""
    silent_since_s: float
    """Last successful observation (meaningless while ``status`` is not None)."""
    records_stable: bool = False
    """The record count was the same in the observation before."""
    lost_after_s: float = 60.0
    drained: bool = False
    """The latest look found nothing more to read of the run's own test."""
    test_stable: bool = False
    """Tag and test id were the same in the observation before: they come in two exchanges, a start may lie between."""
    left_unread: bool = False
    """The latest look left something of the run's test for the next."""
    pauses: bool = True
    """A running test can be paused; without that, a reserved end shows as the end itself."""
    unreadable: str | None = None
    """Why the run's records could not be read or stored, again and again."""

    @property
    def usable(self) -> ChannelStatus | None:
        """The status, unless nobody understands it: an unknown state is never taken for running."""
        return self.status if self.status is not None and self.status.state is not ChannelState.UNKNOWN else None
