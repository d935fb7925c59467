"""Every transition of a run, in one pure function: no I/O, no clock.

``decide(run, seen, now)`` returns what to do next, in order. The engine carries it out, looks at the run again and asks
again with the same observation until nothing is left to do; an action that changes the world leaves an open intent, so
asking again never orders it twice.
"""

from __future__ import annotations

from drivers.contracts import ChannelStatus
from orchestrator.engine.actions import (
    Action,
    Alarm,
    ClearAlarms,
    Explain,
    FinishSegment,
    NewAttempt,
    Note,
    Recognise,
    Settle,
    Start,
    Stop,
    Transition,
)
from orchestrator.engine.conclusions import CONFIRM_S, ENDED, again, all_stored, displaced, not_of_our_test, settle_all
from orchestrator.engine.under_way import under_way
from orchestrator.engine.view import OpenIntent, RunView, Seen
from orchestrator.engine.wrong_cell import wrong_cell
from orchestrator.run_state import RunState

__all__ = ["CONFIRM_S", "START_ATTEMPTS_MAX", "UNSTARTED_AFTER_S", "decide"]

UNSTARTED_AFTER_S = 30.0
"""An unconfirmed start counts as not started after so long an unchanged test id: BTS status lags by 5 s and more."""
START_ATTEMPTS_MAX = 3


def decide(run: RunView, seen: Seen, now_s: float) -> list[Action]:
    """What to do about one run, given what was seen of its channel.

    ``now_s`` is when the channel was looked at, on the engine's steady clock: however late the decision comes, nothing
    is concluded from time that nobody has seen pass. An empty list means: nothing to do until something changes.
    Terminal runs need no decision.
    """
    match run.state:
        case RunState.QUEUED | RunState.WAITING:
            return _before_start(run, seen)
        case RunState.STARTING:
            return _starting(run, seen, now_s)
        case RunState.STOPPING:
            return _stopping(run, seen, now_s)
        case RunState.RUNNING | RunState.PAUSING | RunState.PAUSED | RunState.LOST:
            return under_way(run, seen, now_s)
        case _:
            return []


def _before_start(run: RunView, seen: Seen) -> list[Action]:
    if run.desired == "stop":
        return [ClearAlarms(), Transition(RunState.STOPPED, "cancelled before it started")]
    if run.state is RunState.WAITING or run.desired == "pause":
        return []  # an operator releases it
    if run.blocked_by is not None:
        return _explain(run, run.blocked_by)
    if run.look_first is not None:
        return [Alarm("warning", run.look_first), Transition(RunState.WAITING, run.look_first)]
    return _launch(run, seen)


def _launch(run: RunView, seen: Seen) -> list[Action]:
    """Start the segment, unless the channel says that it must not."""
    status = seen.usable
    if status is None:
        taken = seen.status is not None and seen.status.taken
        return _explain(run, f"{_unseen(seen)}; starts when it {'is given back' if taken else 'answers'}")
    if status.state.drives_cell:
        other = status.tag or "a test of unknown origin"
        reason = f"the channel is busy with {other} ({status.native_state}); nothing was started"
        return [Alarm("warning", reason), Transition(RunState.FAILED, reason)]
    wrong = wrong_cell(run.rest_window_V, status.voltage_V)
    if wrong is not None:
        return [Alarm("warning", wrong), Transition(RunState.FAILED, wrong)]
    return [Start(test_id_before=status.test_id)]


def _unseen(seen: Seen) -> str:
    """Why a channel tells nothing that could be understood."""
    return seen.status.native_state if seen.status is not None and seen.status.taken else "the channel cannot be seen"


def _explain(run: RunView, reason: str) -> list[Action]:
    return [Explain(reason)] if run.reason != reason else []


def _starting(run: RunView, seen: Seen, now_s: float) -> list[Action]:
    intent = run.intent("start")
    if intent is None:
        return _between_segments(run, seen)
    status = seen.usable
    if status is not None and _is_new_test(status, run, intent):
        test_id = str(status.test_id)
        return [Settle(intent.id, "started"), Recognise(test_id), ClearAlarms(), Transition(RunState.RUNNING)]
    if run.desired == "stop":
        return [Stop(), Transition(RunState.STOPPING, run.stopped_by or "stopped while starting")]
    if status is None:
        return _started_unseen(run, seen, now_s)
    if status.test_id != intent.test_id_before:
        if not seen.test_stable:
            return []
        reason = f"foreign control: the channel shows {status.tag or 'another test'} instead of {run.segment.tag}"
        return [Settle(intent.id, "displaced"), Alarm("critical", reason), Transition(RunState.FAILED, reason)]
    if now_s - max(intent.since_s, seen.reachable_since_s) < UNSTARTED_AFTER_S:
        return []
    return _not_started(run, intent)


def _between_segments(run: RunView, seen: Seen) -> list[Action]:
    """Nothing of the run is on the channel: the next segment, or another attempt, has not been sent."""
    if run.desired == "stop":
        return [ClearAlarms(), Transition(RunState.STOPPED, "stopped between two starts")]
    if run.desired == "pause":
        return _explain(run, "paused between two segments; resume starts the next")
    if run.blocked_by is not None:
        return _explain(run, run.blocked_by)
    return _launch(run, seen)


def _started_unseen(run: RunView, seen: Seen, now_s: float) -> list[Action]:
    if seen.status is not None:  # it answers, and what it says is not of our test
        if not seen.test_stable:
            return []
        reason = f"started, then {not_of_our_test(seen.status)}; the state of the cell is unknown"
        return [Alarm("critical", reason), Explain(reason)] if run.reason != reason else []
    if now_s - seen.silent_since_s < seen.lost_after_s:
        return _explain(run, "started; the channel has not been seen since")
    reason = "started, but the channel has not been seen since; the state of the cell is unknown"
    return [Alarm("warning", reason), Explain(reason)] if run.reason != reason else []


def _is_new_test(status: ChannelStatus, run: RunView, intent: OpenIntent) -> bool:
    return status.tag == run.segment.tag and status.test_id is not None and status.test_id != intent.test_id_before


def _not_started(run: RunView, intent: OpenIntent) -> list[Action]:
    settled = Settle(intent.id, "not started", f"test id unchanged for {UNSTARTED_AFTER_S:.0f} s")
    if run.segment.attempt < START_ATTEMPTS_MAX:
        return [settled, NewAttempt(), Note("the start did not reach the channel; it is given again under a new tag")]
    reason = f"the channel did not start in {START_ATTEMPTS_MAX} attempts"
    return [settled, Alarm("critical", reason), Transition(RunState.FAILED, reason)]


def _stopping(run: RunView, seen: Seen, now_s: float) -> list[Action]:
    intent, status, test_id = run.intent("stop"), seen.usable, run.segment.test_id
    if status is not None and test_id is not None and status.test_id not in (None, test_id):
        return displaced(run, seen, status)
    if intent is None:
        return [Stop()]
    if status is None:
        return again(intent, Stop(), f"the stop is NOT confirmed: {_unseen(seen)}", now_s)
    if test_id is None:
        return _stopping_unrecognised(run, seen, status, intent, now_s)
    if status.test_id is None:
        return displaced(run, seen, status)
    if status.state not in ENDED:
        return _stop_again(intent, now_s)
    if all_stored(run, seen, status):
        return [
            *settle_all(run, "stopped"),
            FinishSegment("stopped", go_on=False),
            ClearAlarms(),
            Transition(RunState.STOPPED, run.stopped_by),
        ]
    return _stopped_unstored(run, seen) if seen.unreadable and seen.records_stable else []


def _stop_again(intent: OpenIntent, now_s: float) -> list[Action]:
    """A stop that could not be delivered is given again at the next look, one without effect after a while."""
    if intent.failure is not None and now_s > intent.since_s:
        message = f"the stop is NOT confirmed: {intent.failure}"
        return [Settle(intent.id, "not delivered"), Alarm("critical", message), Stop()]
    return again(intent, Stop(), "the stop is NOT confirmed: current may still flow", now_s)


def _stopped_unstored(run: RunView, seen: Seen) -> list[Action]:
    """At open circuit, but records are missing: the run is over for the bench, and said to be incomplete."""
    reason = f"stopped, but not all of its records are stored: {seen.unreadable}"
    return [
        *settle_all(run, "stopped"),
        FinishSegment("stopped", go_on=False),
        Alarm("critical", reason),
        Transition(RunState.FAILED, reason),
    ]


def _stopping_unrecognised(
    run: RunView, seen: Seen, status: ChannelStatus, intent: OpenIntent, now_s: float
) -> list[Action]:
    """Stopped before the instrument had shown the test: it may still appear."""
    start = run.intent("start")
    if start is not None and _is_new_test(status, run, start):
        return [Settle(start.id, "started"), Recognise(str(status.test_id))]
    if start is not None and status.test_id != start.test_id_before:
        if not seen.test_stable:
            return []
        reason = "the channel has another test now"
        return [*settle_all(run, "displaced"), ClearAlarms(), Transition(RunState.STOPPED, reason)]
    if intent.failure is not None:
        return _stop_again(intent, now_s)
    waited_s = now_s - max(intent.since_s, seen.reachable_since_s)
    if start is not None and waited_s < UNSTARTED_AFTER_S:
        return []
    reason = "stopped before the instrument had started"
    return [*settle_all(run, "not started"), ClearAlarms(), Transition(RunState.STOPPED, reason)]
