"""In which state a channel is, in one word, and what a person should know of it. What nobody knows is ``unknown``."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.contracts import ChannelState
from orchestrator.run_state import RunState
from orchestrator.web.bench import notes
from orchestrator.web.bench.card import Group
from orchestrator.web.bench.facts import Facts

__all__ = ["Verdict", "judge"]

_ASIDE = frozenset({RunState.QUEUED, RunState.WAITING})
_GROUPS: dict[str, Group] = {
    RunState.QUEUED: Group.WAITING,
    RunState.WAITING: Group.WAITING,
    RunState.STARTING: Group.RUNNING,
    RunState.RUNNING: Group.RUNNING,
    RunState.STOPPING: Group.RUNNING,
    RunState.PAUSING: Group.PAUSED,
    RunState.PAUSED: Group.PAUSED,
    RunState.LOST: Group.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A word for the channel, with what is said beside it."""

    state: str
    group: Group
    attention: bool = False
    note: str = ""
    detail: str = ""


def judge(facts: Facts) -> Verdict:
    """From what is known. A run's own state counts only while its channel is seen."""
    if (doubt := _doubt(facts)) is not None:
        return doubt
    assert facts.seen is not None  # noqa: S101 - one that was never seen is in doubt
    driven = facts.seen.state in (ChannelState.RUNNING, ChannelState.PAUSED)
    if facts.run is not None and not (driven and facts.run.state in _ASIDE and facts.seen.run_id != facts.run.id):
        return _of_run(facts)
    if driven:
        return _foreign(facts)
    if facts.seen.state == ChannelState.TRIPPED:
        return Verdict("tripped", Group.TRIPPED, True, notes.TRIPPED, facts.seen.native_state)
    return _free(facts)


def _doubt(facts: Facts) -> Verdict | None:
    """Where nobody can tell what the channel does."""
    if facts.seen is None:
        note, detail = notes.NEVER_SEEN, ""
    elif facts.silent:
        note, detail = notes.NODE_SILENT, ""
    elif facts.too_old:
        note, detail = notes.TOO_OLD, ""
    elif facts.seen.state == ChannelState.UNKNOWN and (facts.run is None or facts.run.state != RunState.LOST):
        note, detail = notes.NOT_UNDERSTOOD, facts.seen.native_state
    else:
        return None
    return Verdict(ChannelState.UNKNOWN.value, Group.UNKNOWN, True, note, detail)


def _of_run(facts: Facts) -> Verdict:
    run = facts.run
    assert run is not None  # noqa: S101 - the caller has looked
    group = _GROUPS[run.state]
    if facts.prompt is not None:
        return Verdict(run.state, group, True, notes.PROMPT, facts.prompt)
    if facts.trip is not None:
        return Verdict(run.state, group, True, notes.TRIP, facts.trip)
    if facts.alarm is not None:
        return Verdict(run.state, group, True, notes.ALARM, facts.alarm)
    return Verdict(run.state, group, run.state == RunState.LOST, "", run.reason or "")


def _foreign(facts: Facts) -> Verdict:
    seen = facts.seen
    assert seen is not None  # noqa: S101 - the caller has looked
    if seen.run_id is not None:
        return Verdict("foreign", Group.FOREIGN, True, notes.DRIVEN, f"run {seen.run_id}")
    return Verdict("foreign", Group.FOREIGN, True, notes.FOREIGN, seen.tag or seen.test_id or seen.native_state)


def _free(facts: Facts) -> Verdict:
    if facts.trip is not None:
        return Verdict("free", Group.FREE, True, notes.TRIP, facts.trip)
    if facts.alarm is not None:
        return Verdict("free", Group.FREE, True, notes.ALARM, facts.alarm)
    if facts.last_run is None:
        return Verdict("free", Group.FREE)
    return Verdict("free", Group.FREE, False, notes.LAST_RUN, f"{facts.last_run.id} ({facts.last_run.state})")
