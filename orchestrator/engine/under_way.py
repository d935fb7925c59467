"""Decisions about a run whose test is, or was, on the channel: running, pausing, paused or lost. Pure."""

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
    Note,
    Pause,
    Resume,
    Settle,
    Stop,
    Transition,
)
from orchestrator.engine.conclusions import CONFIRM_S, ENDED, again, all_stored, displaced, not_of_our_test, settle_all
from orchestrator.engine.view import OpenIntent, RunView, Seen
from orchestrator.run_state import RunState

__all__ = ["PAUSES_LATER", "under_way"]

PAUSES_LATER = "a pause is wanted; this instrument cannot pause a test, so the run pauses before its next segment"


def under_way(run: RunView, seen: Seen, now_s: float) -> list[Action]:
    """What to do about a run that is running, pausing, paused or lost."""
    status = seen.usable
    ours = status is None or status.test_id in (None, run.segment.test_id)
    if run.desired == "stop" and ours:  # a stop would end somebody else's test
        return [Stop(), Transition(RunState.STOPPING, run.stopped_by)]
    if status is None:
        return _silent(run, seen, now_s)
    if status.test_id != run.segment.test_id:
        return displaced(run, seen, status)
    if run.state is RunState.LOST:
        state = RunState.PAUSED if status.state is ChannelState.PAUSED else RunState.RUNNING
        return [ClearAlarms(), Note("the instrument answers again"), Transition(state)]
    if status.state in ENDED:
        return _ended(run, seen, status)
    if status.stop_failed is not None:
        reason = f"the protective stop is NOT confirmed: {status.stop_failed}"
        return [Alarm("critical", reason), Explain(reason)] if run.reason != reason else []
    if run.state is RunState.RUNNING:
        return _running(run, seen, status, now_s)
    if run.state is RunState.PAUSING:
        return _pausing(run, status, now_s)
    return _paused(run, status, now_s)


def _silent(run: RunView, seen: Seen, now_s: float) -> list[Action]:
    if run.state is RunState.LOST:
        return []
    if seen.status is None and now_s - seen.silent_since_s < seen.lost_after_s:
        return []
    if seen.status is None:  # of its silence the instrument has one alarm, however many runs are there: an interlock's
        return [Transition(RunState.LOST, f"no answer for {now_s - seen.silent_since_s:.0f} s")]
    if not seen.test_stable:  # one call that failed among others is seen to have passed, or not, at the next look
        return []
    # it answers, and what it says is not of our test: nobody may wait for that to pass
    reason = not_of_our_test(seen.status)
    return [Alarm("critical", f"{reason}; the state of the cell is unknown"), Transition(RunState.LOST, reason)]


def _ended(run: RunView, seen: Seen, status: ChannelStatus) -> list[Action]:
    if not all_stored(run, seen, status):
        return []
    settled = settle_all(run, "ended")
    by_rule = _ended_by_rule(run, seen, status)
    if by_rule or status.state is ChannelState.FINISHED:
        outcome = FinishSegment("rule" if by_rule else "finished", go_on=not run.last_item)
        following = RunState.WAITING if run.task_follows else RunState.STARTING
        state = RunState.COMPLETED if run.last_item else following
        return [*settled, outcome, ClearAlarms(), Transition(state)]
    if status.state is ChannelState.TRIPPED:
        reason = f"the instrument's own protection ended the test ({status.native_state})"
        failed = FinishSegment("tripped", go_on=False)
        said = [] if run.reason is None else [ClearAlarms()]  # that its stop was not confirmed is over
        return [*settled, failed, *said, Alarm("critical", reason), Transition(RunState.FAILED, reason)]
    reason = f"the test was ended at the instrument ({status.native_state}), not by cellbench"
    if not status.end_known:
        reason = f"nobody can tell whether the test came to its own end ({status.native_state}): look at its records"
    interrupted = FinishSegment("interrupted", go_on=False)
    return [*settled, interrupted, Alarm("warning", reason), Transition(RunState.FAILED, reason)]


def _ended_by_rule(run: RunView, seen: Seen, status: ChannelStatus) -> bool:
    """Whether this end is ours: a stop that somebody pressed at the instrument must not start the next segment.

    Where an instrument pauses, we stop it at the boundary. Where it cannot, it ends there by itself, and tells that it
    has stopped or finished; ended before the boundary, it was somebody else.
    """
    reserved = run.intent("end_at_cycle")
    if reserved is None:
        return False
    if seen.pauses:
        return status.state is ChannelState.STOPPED and run.intent("stop") is not None
    if status.state not in (ChannelState.STOPPED, ChannelState.FINISHED) or _before(reserved, status):
        return False
    # ended late it is still ours, but what ran on to its own end was not ended at all
    past = reserved.cycle is not None and status.cycle is not None and status.cycle > reserved.cycle
    return status.state is ChannelState.STOPPED or not past


def _running(run: RunView, seen: Seen, status: ChannelStatus, now_s: float) -> list[Action]:
    resume = run.intent("resume")
    if status.state is ChannelState.PAUSED:
        return _found_paused(run, status, resume, now_s)
    if resume is not None:
        return [Settle(resume.id, "resumed")]
    if run.desired == "pause" and seen.pauses:
        return [Pause(), Transition(RunState.PAUSING)]
    reason = PAUSES_LATER if run.desired == "pause" else None
    if reason != run.reason and PAUSES_LATER in (reason, run.reason):
        return [Explain(reason)]
    return _end_by_rule(run, status)


def _end_by_rule(run: RunView, status: ChannelStatus) -> list[Action]:
    """Reserve a pause where the stop rule is met; where the channel has run past it, the next one."""
    present = status.cycle or 0
    reserved = run.intent("end_at_cycle")
    if reserved is not None:
        if reserved.cycle is None or present <= reserved.cycle:
            return []
        message = f"the pause before cycle {reserved.cycle} did not come, by which the stop rule ends the loop; again"
        return [Settle(reserved.id, "missed"), Alarm("warning", message)]
    if run.segment.boundary is None:
        return []
    cycle, step = run.segment.boundary
    cycle = max(cycle, present + 1)
    return [EndAtCycle(cycle, step), Note(f"stop rule met: the loop ends before its cycle {cycle}")]


def _found_paused(run: RunView, status: ChannelStatus, resume: OpenIntent | None, now_s: float) -> list[Action]:
    """A running run whose channel is paused: at the boundary that we reserved, or by someone at the instrument."""
    reserved = run.intent("end_at_cycle")
    if reserved is not None and not _before(reserved, status):
        stop = run.intent("stop")
        if stop is None:
            return [Stop(recorded=True)]
        return again(stop, Stop(recorded=True), "the stop at the cycle's boundary is NOT confirmed", now_s)
    if resume is not None and now_s - resume.since_s < CONFIRM_S:
        return []
    note = "paused at the instrument"
    return [*settle_all(run, "ended"), Desire("pause"), Note(note), Transition(RunState.PAUSED, note)]


def _before(reserved: OpenIntent, status: ChannelStatus) -> bool:
    """Whether the channel is not yet where the pause was reserved; there it may still show the cycle that has ended."""
    return reserved.cycle is not None and status.cycle is not None and status.cycle < reserved.cycle - 1


def _pausing(run: RunView, status: ChannelStatus, now_s: float) -> list[Action]:
    intent = run.intent("pause")
    if status.state is ChannelState.PAUSED:
        return [*settle_all(run, "paused"), ClearAlarms(), Transition(RunState.PAUSED)]
    if intent is None:
        return [Pause()]
    if run.desired == "run" and now_s - intent.since_s >= CONFIRM_S:
        return [Settle(intent.id, "not confirmed"), ClearAlarms(), Transition(RunState.RUNNING)]
    return again(intent, Pause(), "the pause is NOT confirmed", now_s)


def _paused(run: RunView, status: ChannelStatus, now_s: float) -> list[Action]:
    intent = run.intent("resume")
    if status.state is ChannelState.RUNNING:
        if intent is not None:
            return [Settle(intent.id, "resumed"), ClearAlarms(), Transition(RunState.RUNNING)]
        return [Desire("run"), Note("resumed at the instrument"), Transition(RunState.RUNNING)]
    if intent is None and run.desired == "run" and run.blocked_by is not None:  # it would be measured elsewhere
        return [Explain(run.blocked_by)] if run.reason != run.blocked_by else []
    if intent is None:
        return [Resume()] if run.desired == "run" else []
    if run.desired != "run":  # taken back; without effect so long, it has none any more
        return [Settle(intent.id, "not confirmed")] if now_s - intent.since_s >= CONFIRM_S else []
    return again(intent, Resume(), "the resumption is NOT confirmed", now_s)
