"""What several states of a run conclude alike from what was seen of its channel. Pure, like all of ``decide``."""

from __future__ import annotations

from drivers.contracts import ChannelState, ChannelStatus
from orchestrator.engine.actions import Action, Alarm, FinishSegment, Settle, Transition
from orchestrator.engine.view import OpenIntent, RunView, Seen
from orchestrator.run_state import RunState

__all__ = ["CONFIRM_S", "ENDED", "again", "all_stored", "displaced", "not_of_our_test", "settle_all"]

CONFIRM_S = 30.0
"""An order to a running channel that shows no effect after this is given again and a person is told."""

ENDED = (ChannelState.FINISHED, ChannelState.STOPPED, ChannelState.TRIPPED, ChannelState.IDLE)


def settle_all(run: RunView, outcome: str) -> list[Action]:
    """Every open intent ends the same way."""
    return [Settle(intent.id, outcome) for intent in run.intents]


def all_stored(run: RunView, seen: Seen, status: ChannelStatus) -> bool:
    """Whether the instrument has said that no record will come, twice the same count, and all of them are stored."""
    return (
        status.records is not None
        and status.records_complete
        and seen.records_stable
        and not seen.left_unread
        and run.segment.stored >= status.records
    )


def displaced(run: RunView, seen: Seen, status: ChannelStatus) -> list[Action]:
    """Our test is not on the channel any more. What it left behind is read first; nothing is overwritten."""
    if not (seen.drained and seen.test_stable):
        return []
    if status.test_id is None:
        outcome = FinishSegment("interrupted", go_on=False)
        reason = f"the instrument no longer knows test {run.segment.test_id}: its memory is gone"
    else:
        outcome = FinishSegment("foreign", go_on=False)
        reason = f"foreign control: the channel has test {status.test_id} ({status.tag or 'no barcode'}) now"
    return [
        *settle_all(run, "displaced"),
        outcome,
        Alarm("critical", reason),
        Transition(RunState.FAILED, reason),
    ]


def not_of_our_test(status: ChannelStatus) -> str:
    """What is told of a channel that answers and says nothing of our test: who has it, where that is known."""
    if status.taken:
        return f"foreign control: {status.native_state}"
    return f"the channel tells {status.native_state!r}, which says nothing of our test"


def again(intent: OpenIntent, order: Action, message: str, now_s: float) -> list[Action]:
    """Give an order again that showed no effect in time, and tell a person."""
    if now_s - intent.since_s < CONFIRM_S:
        return []
    return [Settle(intent.id, "not confirmed"), Alarm("critical", message), order]
