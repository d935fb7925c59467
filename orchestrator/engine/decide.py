"""Every transition of a run, in one pure function: no I/O, no clock.

``decide(run, seen, now)`` returns what to do next, in order. The engine carries it out, looks at the run again and asks
again with the same observation until nothing is left to do; an action that changes the world leaves an open intent, so
asking again never orders it twice.
"""

from __future__ import annotations

from drivers.contracts import ChannelState, ChannelStatus
from orchestrator.engine.actions import (
    Action,
    Alarm,
    ClearAlarms,
    Desire,
    EndAtCycle,
    Explain,
    FinishSegment,
    NewAttempt,
    Note,
    Pause,
    Recognise,
    Resume,
    Settle,
    Start,
    Stop,
    Transition,
)
from orchestrator.engine.view import OpenIntent, RunView, Seen
from orchestrator.run_state import RunState

__all__ = ["CONFIRM_S", "START_ATTEMPTS_MAX", "UNSTARTED_AFTER_S", "decide"]

UNSTARTED_AFTER_S = 30.0
"""An unconfirmed start counts as not started after so long an unchanged test id: BTS status lags by 5 s and more."""
CONFIRM_S = 30.0
"""An order to a running channel that shows no effect after this is given again and a person is told."""
START_ATTEMPTS_MAX = 3

_ENDED = (ChannelState.FINISHED, ChannelState.STOPPED, ChannelState.TRIPPED, ChannelState.IDLE)


def decide(run: RunView, seen: Seen, now_unix_s: float) -> list[Action]:
    """What to do about one run, given what was seen of its channel.

    An empty list means: nothing to do until something changes. Terminal runs need no decision.
    """
    match run.state:
        case RunState.QUEUED | RunState.WAITING:
            return _before_start(run, seen)
        case RunState.STARTING:
            return _starting(run, seen, now_unix_s)
        case RunState.STOPPING:
            return _stopping(run, seen, now_unix_s)
        case RunState.RUNNING | RunState.PAUSING | RunState.PAUSED | RunState.LOST:
            return _under_way(run, seen, now_unix_s)
        case _:
            return []


def _before_start(run: RunView, seen: Seen) -> list[Action]:
    if run.desired == "stop":
        return [Transition(RunState.STOPPED, "cancelled before it started")]
    if run.state is RunState.WAITING or run.desired == "pause":
        return []  # an operator releases it
    if run.blocked_by is not None:
        return _explain(run, run.blocked_by)
    if run.predecessor_failed is not None:
        return [Alarm("warning", run.predecessor_failed), Transition(RunState.WAITING, run.predecessor_failed)]
    return _launch(run, seen)


def _launch(run: RunView, seen: Seen) -> list[Action]:
    """Start the segment, unless the channel says that it must not."""
    status = seen.usable
    if status is None:
        return _explain(run, "the channel cannot be seen; starts when it answers")
    if status.state.drives_cell:
        other = status.tag or "a test of unknown origin"
        reason = f"the channel is busy with {other} ({status.native_state}); nothing was started"
        return [Alarm("warning", reason), Transition(RunState.FAILED, reason)]
    return [Start(test_id_before=status.test_id)]


def _explain(run: RunView, reason: str) -> list[Action]:
    return [Explain(reason)] if run.reason != reason else []


def _starting(run: RunView, seen: Seen, now_unix_s: float) -> list[Action]:
    intent = run.intent("start")
    if intent is None:  # between two segments
        if run.desired == "stop":
            return [Transition(RunState.STOPPED, "stopped between two segments")]
        return [] if run.desired == "pause" else _launch(run, seen)
    status = seen.usable
    if status is not None and _is_new_test(status, run, intent):
        return [Settle(intent.id, "started"), Recognise(str(status.test_id)), Transition(RunState.RUNNING)]
    if run.desired == "stop":
        return [Stop(), Transition(RunState.STOPPING, "stopped while starting")]
    if status is None:
        return _explain(run, "started; the channel has not been seen since")
    if status.test_id != intent.test_id_before:
        reason = f"foreign control: the channel shows {status.tag or 'another test'} instead of {run.segment.tag}"
        return [Settle(intent.id, "displaced"), Alarm("critical", reason), Transition(RunState.FAILED, reason)]
    if now_unix_s - max(intent.created_unix_s, seen.reachable_since_unix_s) < UNSTARTED_AFTER_S:
        return []
    return _not_started(run, intent)


def _is_new_test(status: ChannelStatus, run: RunView, intent: OpenIntent) -> bool:
    return status.tag == run.segment.tag and status.test_id is not None and status.test_id != intent.test_id_before


def _not_started(run: RunView, intent: OpenIntent) -> list[Action]:
    settled = Settle(intent.id, "not started", f"test id unchanged for {UNSTARTED_AFTER_S:.0f} s")
    if run.segment.attempt < START_ATTEMPTS_MAX:
        return [settled, NewAttempt(), Note("the start did not reach the channel; it is given again under a new tag")]
    reason = f"the channel did not start in {START_ATTEMPTS_MAX} attempts"
    return [settled, Alarm("critical", reason), Transition(RunState.FAILED, reason)]


def _under_way(run: RunView, seen: Seen, now_unix_s: float) -> list[Action]:
    """Running, pausing, paused or lost: a test of ours is, or was, on the channel."""
    if run.desired == "stop":
        return [Stop(), Transition(RunState.STOPPING)]
    status = seen.usable
    if status is None:
        return _silent(run, seen, now_unix_s)
    if status.test_id is not None and status.test_id != run.segment.test_id:
        return _displaced(run, seen, status)
    if run.state is RunState.LOST:
        state = RunState.PAUSED if status.state is ChannelState.PAUSED else RunState.RUNNING
        return [ClearAlarms(), Note("the instrument answers again"), Transition(state)]
    if status.state in _ENDED:
        return _ended(run, seen, status)
    if run.state is RunState.RUNNING:
        return _running(run, status, now_unix_s)
    if run.state is RunState.PAUSING:
        return _pausing(run, status, now_unix_s)
    return _paused(run, status, now_unix_s)


def _silent(run: RunView, seen: Seen, now_unix_s: float) -> list[Action]:
    if run.state is RunState.LOST:
        return []
    if seen.status is None and now_unix_s - seen.silent_since_unix_s < seen.lost_after_s:
        return []
    if seen.status is not None:
        reason = f"the channel's state {seen.status.native_state!r} is not understood"
    else:
        reason = f"no answer for {now_unix_s - seen.silent_since_unix_s:.0f} s"
    return [Alarm("warning", f"{reason}; the state of the cell is unknown"), Transition(RunState.LOST, reason)]


def _displaced(run: RunView, seen: Seen, status: ChannelStatus) -> list[Action]:
    """Someone else's test is on the channel. What ours left behind is read first; nothing is overwritten."""
    if not seen.drained:
        return []
    reason = f"foreign control: the channel has test {status.test_id} ({status.tag or 'no barcode'}) now"
    return [
        *_settle_all(run, "displaced"),
        FinishSegment("foreign", go_on=False),
        Alarm("critical", reason),
        Transition(RunState.FAILED, reason),
    ]


def _settle_all(run: RunView, outcome: str) -> list[Action]:
    return [Settle(intent.id, outcome) for intent in run.intents]


def _all_stored(run: RunView, seen: Seen, status: ChannelStatus) -> bool:
    """Whether the instrument has said that no record will come, twice the same count, and all of them are stored."""
    return (
        status.records is not None
        and status.records_complete
        and seen.records_stable
        and run.segment.stored >= status.records
    )


def _ended(run: RunView, seen: Seen, status: ChannelStatus) -> list[Action]:
    if not _all_stored(run, seen, status):
        return []
    settled = _settle_all(run, "ended")
    if status.state is ChannelState.FINISHED or (status.state is ChannelState.STOPPED and run.intent("end_at_cycle")):
        outcome = FinishSegment(
            "finished" if status.state is ChannelState.FINISHED else "rule", go_on=not run.last_item
        )
        state = RunState.COMPLETED if run.last_item else RunState.STARTING
        return [*settled, outcome, ClearAlarms(), Transition(state)]
    if status.state is ChannelState.TRIPPED:
        reason = f"the instrument's own protection ended the test ({status.native_state})"
        return [
            *settled,
            FinishSegment("tripped", go_on=False),
            Alarm("critical", reason),
            Transition(RunState.FAILED, reason),
        ]
    reason = f"the test was ended at the instrument ({status.native_state}), not by cellbench"
    return [
        *settled,
        FinishSegment("interrupted", go_on=False),
        Alarm("warning", reason),
        Transition(RunState.FAILED, reason),
    ]


def _running(run: RunView, status: ChannelStatus, now_unix_s: float) -> list[Action]:
    resume = run.intent("resume")
    if status.state is ChannelState.PAUSED:
        return _found_paused(run, resume, now_unix_s)
    if resume is not None:
        return [Settle(resume.id, "resumed")]
    if run.desired == "pause":
        return [Pause(), Transition(RunState.PAUSING)]
    if run.segment.boundary is not None and run.intent("end_at_cycle") is None:
        cycle, step = run.segment.boundary
        return [EndAtCycle(cycle, step), Note(f"stop rule met: the loop ends before its cycle {cycle}")]
    return []


def _found_paused(run: RunView, resume: OpenIntent | None, now_unix_s: float) -> list[Action]:
    """A running run whose channel is paused: at the boundary that we reserved, or by someone at the instrument."""
    if run.intent("end_at_cycle") is not None:
        stop = run.intent("stop")
        if stop is None:
            return [Stop()]
        return _again(stop, Stop(), "the stop at the cycle's boundary is NOT confirmed", now_unix_s)
    if resume is not None and now_unix_s - resume.created_unix_s < CONFIRM_S:
        return []
    note = "paused at the instrument"
    return [*_settle_all(run, "ended"), Desire("pause"), Note(note), Transition(RunState.PAUSED, note)]


def _again(intent: OpenIntent, order: Action, message: str, now_unix_s: float) -> list[Action]:
    """Give an order again that showed no effect in time, and tell a person."""
    if now_unix_s - intent.created_unix_s < CONFIRM_S:
        return []
    return [Settle(intent.id, "not confirmed"), Alarm("critical", message), order]


def _pausing(run: RunView, status: ChannelStatus, now_unix_s: float) -> list[Action]:
    intent = run.intent("pause")
    if status.state is ChannelState.PAUSED:
        return [*_settle_all(run, "paused"), Transition(RunState.PAUSED)]
    if intent is None:
        return [Pause()]
    return _again(intent, Pause(), "the pause is NOT confirmed", now_unix_s)


def _paused(run: RunView, status: ChannelStatus, now_unix_s: float) -> list[Action]:
    intent = run.intent("resume")
    if status.state is ChannelState.RUNNING:
        if intent is not None:
            return [Settle(intent.id, "resumed"), ClearAlarms(), Transition(RunState.RUNNING)]
        return [Desire("run"), Note("resumed at the instrument"), Transition(RunState.RUNNING)]
    if run.desired != "run":
        return []
    return [Resume()] if intent is None else _again(intent, Resume(), "the resumption is NOT confirmed", now_unix_s)


def _stopping(run: RunView, seen: Seen, now_unix_s: float) -> list[Action]:
    intent = run.intent("stop")
    if intent is None:
        return [Stop()]
    status = seen.usable
    if status is None:
        return _again(intent, Stop(), "the stop is NOT confirmed: the channel cannot be seen", now_unix_s)
    if run.segment.test_id is None:
        return _stopping_unrecognised(run, seen, status, intent, now_unix_s)
    if status.test_id is not None and status.test_id != run.segment.test_id:
        return _displaced(run, seen, status)
    if status.state in _ENDED:
        if not _all_stored(run, seen, status):
            return []
        return [
            *_settle_all(run, "stopped"),
            FinishSegment("stopped", go_on=False),
            ClearAlarms(),
            Transition(RunState.STOPPED),
        ]
    return _again(intent, Stop(), "the stop is NOT confirmed: current may still flow", now_unix_s)


def _stopping_unrecognised(
    run: RunView, seen: Seen, status: ChannelStatus, intent: OpenIntent, now_unix_s: float
) -> list[Action]:
    """Stopped before the instrument had shown the test: it may still appear."""
    start = run.intent("start")
    if start is not None and _is_new_test(status, run, start):
        return [Settle(start.id, "started"), Recognise(str(status.test_id))]
    if start is not None and status.test_id != start.test_id_before:
        return [*_settle_all(run, "displaced"), Transition(RunState.STOPPED, "the channel has another test now")]
    waited = now_unix_s - max(intent.created_unix_s, seen.reachable_since_unix_s)
    if start is not None and waited < UNSTARTED_AFTER_S:
        return []
    return [*_settle_all(run, "not started"), Transition(RunState.STOPPED, "stopped before the instrument had started")]
