"""``decide`` as a table: a run, what is seen of its channel, and what follows. Times are seconds; the look is at 1000 s."""

# ruff: noqa: E501 - one line an example, as a table is read

from __future__ import annotations

from dataclasses import replace

import pytest

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
from orchestrator.engine.decide import decide
from orchestrator.engine.under_way import PAUSES_LATER
from orchestrator.engine.view import OpenIntent, RunView, Seen, SegmentView
from orchestrator.run_state import LEGAL, TERMINAL, RunState

NOW = 1000.0
S = RunState
TAG, OLD = "L1#1.0.1", "7"  # our tag; the id of the test before ours
OURS = "8"


def run(
    state: RunState, desired: str = "run", *intents: OpenIntent, test: str | None = OURS, **more: object
) -> RunView:
    """Run 1, whose test is 8 with 50 records stored; a second segment follows unless ``last_item``."""
    segment = {k: more.pop(k) for k in ("attempt", "boundary", "stored") if k in more}
    view = RunView(1, state, desired, SegmentView(1, 1, TAG, test, 50), last_item=False, intents=intents)
    return replace(view, segment=replace(view.segment, **segment), **more)  # type: ignore[arg-type]


def order(action: str, age_s: float = 1.0, **more: object) -> OpenIntent:
    """An open intent, ordered so long ago; a start was sent over test 7."""
    return OpenIntent(5, action, NOW - age_s, OLD if action == "start" else None, **more)  # type: ignore[arg-type]


def seen(state: ChannelState | None, test: str | None = OURS, **more: object) -> Seen:
    """A channel in this state with our tag, everything stored and settled; None: the instrument is silent."""
    look = {
        "reachable_since_s": 0.0,
        "silent_since_s": NOW,
        "records_stable": True,
        "drained": True,
        "test_stable": True,
    }
    look |= {name: more.pop(name) for name in list(more) if name in Seen.__dataclass_fields__}
    status = None
    if state is not None:
        told = {"tag": TAG if test == OURS else "a colleague's", "records": 50, "records_complete": True, **more}
        status = ChannelStatus("1", state, state.value, test_id=test, **told)  # type: ignore[arg-type]
    return Seen(status, **look)  # type: ignore[arg-type]


FREE = seen(ChannelState.FINISHED, OLD)
RUNNING, PAUSED = seen(ChannelState.RUNNING), seen(ChannelState.PAUSED)
FINISHED, STOPPED = seen(ChannelState.FINISHED), seen(ChannelState.STOPPED)
TRIPPED, ODD = seen(ChannelState.TRIPPED), seen(ChannelState.UNKNOWN)
EC_LAB = "another program, probably EC-Lab, owns channel 1"
TAKEN = seen(ChannelState.UNKNOWN, None, tag=None, taken=True)
TAKEN = replace(TAKEN, status=replace(TAKEN.status, native_state=EC_LAB))  # type: ignore[type-var]
FOREIGN = seen(ChannelState.RUNNING, "9")
NO_TEST = seen(ChannelState.STOPPED, None)
SILENT, LONG_SILENT = seen(None, silent_since_s=NOW - 59), seen(None, silent_since_s=NOW - 60)

RESERVED = order("end_at_cycle", cycle=6)
LOST = run(S.LOST)
BEYOND = "channel 1 still tells RUN after a stop: 1.6 V above 1.5 V"
UNSTOPPED = f"the protective stop is NOT confirmed: {BEYOND}"

TABLE: list[tuple[str, RunView, Seen, list[object]]] = [
    # before the start
    ("a free channel", run(S.QUEUED, test=None), FREE, [Start(OLD)]),
    ("a channel without any test yet", run(S.QUEUED, test=None), seen(ChannelState.IDLE, None), [Start(None)]),
    ("a tripped channel may be started", run(S.QUEUED, test=None), seen(ChannelState.TRIPPED, OLD), [Start(OLD)]),
    ("the channel cannot be seen", run(S.QUEUED, test=None), LONG_SILENT, [Explain]),
    ("and that has been said", run(S.QUEUED, reason="the channel cannot be seen; starts when it answers"), SILENT, []),
    ("nobody understands its state", run(S.QUEUED, test=None), ODD, [Explain]),
    ("another program has it", run(S.QUEUED, test=None), TAKEN, [Explain(f"{EC_LAB}; starts when it is given back")]),
    ("a busy channel", run(S.QUEUED, test=None), FOREIGN, [Alarm, S.FAILED]),
    ("a paused test holds it too", run(S.QUEUED, test=None), seen(ChannelState.PAUSED, "9"), [Alarm, S.FAILED]),
    ("another run has the channel first", run(S.QUEUED, blocked_by="run 0 is ahead"), FREE, [Explain("run 0 is ahead")]),
    ("the one before it failed", run(S.QUEUED, look_first="run 0 failed"), FREE, [Alarm, S.WAITING]),
    ("waiting for a person", run(S.WAITING), FREE, []),
    ("paused in the queue", run(S.QUEUED, "pause"), FREE, []),
    ("cancelled in the queue", run(S.QUEUED, "stop"), FREE, [ClearAlarms, S.STOPPED]),
    ("cancelled while waiting", run(S.WAITING, "stop"), SILENT, [ClearAlarms, S.STOPPED]),
    # the start is out
    ("our tag and a new test", run(S.STARTING, "run", order("start"), test=None), RUNNING,
     [Settle(5, "started"), Recognise(OURS), ClearAlarms, S.RUNNING]),
    ("it has already ended", run(S.STARTING, "run", order("start"), test=None), FINISHED,
     [Settle(5, "started"), Recognise(OURS), ClearAlarms, S.RUNNING]),
    ("our tag on the old test", run(S.STARTING, "run", order("start"), test=None), seen(ChannelState.FINISHED, OLD, tag=TAG), []),
    ("nothing new for 29 s", run(S.STARTING, "run", order("start", 29), test=None), FREE, []),
    ("nothing new for 30 s", run(S.STARTING, "run", order("start", 30), test=None), FREE, [Settle, NewAttempt, Note]),
    ("but seen for 29 s only", run(S.STARTING, "run", order("start", 99), test=None), replace(FREE, reachable_since_s=NOW - 29), []),
    ("the third attempt", run(S.STARTING, "run", order("start", 30), test=None, attempt=3), FREE, [Settle, Alarm, S.FAILED]),
    ("someone else's test", run(S.STARTING, "run", order("start"), test=None), FOREIGN,
     [Settle(5, "displaced"), Alarm, S.FAILED]),
    ("the old tag with a new test, once", run(S.STARTING, "run", order("start"), test=None), replace(FOREIGN, test_stable=False), []),
    ("silent since the start", run(S.STARTING, "run", order("start"), test=None), SILENT, [Explain]),
    ("silent for long", run(S.STARTING, "run", order("start"), test=None), LONG_SILENT, [Alarm, Explain]),
    ("nobody understands it since the start", run(S.STARTING, "run", order("start"), test=None), ODD, [Alarm, Explain]),
    ("not at the look before", run(S.STARTING, "run", order("start"), test=None), replace(ODD, test_stable=False), []),
    ("taken since the start", run(S.STARTING, "run", order("start"), test=None), TAKEN,
     [Alarm("critical", f"started, then foreign control: {EC_LAB}; the state of the cell is unknown"), Explain]),
    ("taken at one look", run(S.STARTING, "run", order("start"), test=None), replace(TAKEN, test_stable=False), []),
    ("stopped while starting", run(S.STARTING, "stop", order("start"), test=None), FREE, [Stop(), S.STOPPING]),
    ("stopped while starting, unseen", run(S.STARTING, "stop", order("start"), test=None), SILENT, [Stop(), S.STOPPING]),
    # between two segments, or two attempts
    ("the next segment", run(S.STARTING, test=None), FREE, [Start(OLD)]),
    ("paused between segments", run(S.STARTING, "pause", test=None), FREE, [Explain]),
    ("stopped between segments", run(S.STARTING, "stop", test=None), FREE, [ClearAlarms, S.STOPPED]),
    ("somebody took the channel meanwhile", run(S.STARTING, test=None), FOREIGN, [Alarm, S.FAILED]),
    # running
    ("all is well", run(S.RUNNING), RUNNING, []),
    ("a pause is wanted", run(S.RUNNING, "pause"), RUNNING, [Pause, S.PAUSING]),
    ("a stop is wanted", run(S.RUNNING, "stop"), RUNNING, [Stop(), S.STOPPING]),
    ("a stop does not ask whether it is seen", run(S.RUNNING, "stop"), LONG_SILENT, [Stop(), S.STOPPING]),
    ("a stop of a paused run", run(S.PAUSED, "stop"), PAUSED, [Stop(), S.STOPPING]),
    ("a stop of a lost run", run(S.LOST, "stop"), LONG_SILENT, [Stop(), S.STOPPING]),
    ("a stop must not hit a colleague", run(S.RUNNING, "stop"), replace(FOREIGN, drained=False), []),
    ("a stop where no test is told goes out", run(S.RUNNING, "stop"), NO_TEST, [Stop(), S.STOPPING]),
    ("paused at the instrument", run(S.RUNNING), PAUSED, [Desire("pause"), Note, S.PAUSED]),
    ("the resumption shows", run(S.RUNNING, "run", order("resume")), RUNNING, [Settle(5, "resumed")]),
    ("it does not show yet", run(S.RUNNING, "run", order("resume", 29)), PAUSED, []),
    # the end of a test
    ("finished, and more follows", run(S.RUNNING), FINISHED, [FinishSegment("finished", True), ClearAlarms, S.STARTING]),
    ("finished", run(S.RUNNING, last_item=True), FINISHED, [FinishSegment("finished", False), ClearAlarms, S.COMPLETED]),
    ("finished while pausing", run(S.PAUSING, "pause", order("pause"), last_item=True), FINISHED,
     [Settle(5, "ended"), FinishSegment("finished", False), ClearAlarms, S.COMPLETED]),
    ("a record is not stored", run(S.RUNNING, stored=49), FINISHED, []),
    ("more records may come", run(S.RUNNING), seen(ChannelState.FINISHED, records_complete=False), []),
    ("the count has just changed", run(S.RUNNING), replace(FINISHED, records_stable=False), []),
    ("the count is not told", run(S.RUNNING), seen(ChannelState.FINISHED, records=None), []),
    ("the instrument's protection", run(S.RUNNING), TRIPPED, [FinishSegment("tripped", False), Alarm, S.FAILED]),
    ("stopped at the instrument", run(S.RUNNING), STOPPED, [FinishSegment("interrupted", False), Alarm, S.FAILED]),
    ("its end is lost", run(S.RUNNING), seen(ChannelState.STOPPED, end_known=False),
     [FinishSegment("interrupted", False), Alarm, S.FAILED]),
    # somebody else's test, or none
    ("displaced", run(S.RUNNING), FOREIGN, [FinishSegment("foreign", False), Alarm, S.FAILED]),
    ("displaced while paused", run(S.PAUSED, "pause"), FOREIGN, [FinishSegment("foreign", False), Alarm, S.FAILED]),
    ("displaced while lost", LOST, FOREIGN, [FinishSegment("foreign", False), Alarm, S.FAILED]),
    ("ours is not yet read to its end", run(S.RUNNING), replace(FOREIGN, drained=False), []),
    ("seen once only", run(S.RUNNING), replace(FOREIGN, test_stable=False), []),
    ("the memory is gone", run(S.RUNNING), NO_TEST, [FinishSegment("interrupted", False), Alarm, S.FAILED]),
    ("the last look left something unread", run(S.RUNNING), replace(FINISHED, left_unread=True), []),
    # an instrument that cannot pause
    ("a pause is wanted, later", run(S.RUNNING, "pause"), replace(RUNNING, pauses=False), [Explain(PAUSES_LATER)]),
    ("and that has been said", run(S.RUNNING, "pause", reason=PAUSES_LATER), replace(RUNNING, pauses=False), []),
    ("the pause is taken back", run(S.RUNNING, reason=PAUSES_LATER), replace(RUNNING, pauses=False), [Explain(None)]),
    ("stopped at the reserved end", run(S.RUNNING, "run", RESERVED), seen(ChannelState.STOPPED, cycle=5, pauses=False),
     [Settle(5, "ended"), FinishSegment("rule", True), ClearAlarms, S.STARTING]),
    ("finished at the reserved end", run(S.RUNNING, "run", RESERVED), seen(ChannelState.FINISHED, cycle=6, pauses=False),
     [Settle(5, "ended"), FinishSegment("rule", True), ClearAlarms, S.STARTING]),
    ("stopped before the reserved end", run(S.RUNNING, "run", RESERVED), seen(ChannelState.STOPPED, cycle=4, pauses=False),
     [Settle(5, "ended"), FinishSegment("interrupted", False), Alarm, S.FAILED]),
    ("stopped late", run(S.RUNNING, "run", RESERVED), seen(ChannelState.STOPPED, cycle=7, pauses=False),
     [Settle(5, "ended"), FinishSegment("rule", True), ClearAlarms, S.STARTING]),
    ("finished past a reserved end", run(S.RUNNING, "run", RESERVED), seen(ChannelState.FINISHED, cycle=9, pauses=False),
     [Settle(5, "ended"), FinishSegment("finished", True), ClearAlarms, S.STARTING]),
    ("tripped before a reserved end", run(S.RUNNING, "run", RESERVED), seen(ChannelState.TRIPPED, cycle=6, pauses=False),
     [Settle(5, "ended"), FinishSegment("tripped", False), Alarm, S.FAILED]),
    ("one that pauses ends by our stop only", run(S.RUNNING, "run", RESERVED), seen(ChannelState.STOPPED, cycle=5),
     [Settle(5, "ended"), FinishSegment("interrupted", False), Alarm, S.FAILED]),
    # stop rules
    ("the rule is met", run(S.RUNNING, boundary=(6, 3)), seen(ChannelState.RUNNING, cycle=5), [EndAtCycle(6, 3), Note]),
    ("the channel is further already", run(S.RUNNING, boundary=(6, 3)), seen(ChannelState.RUNNING, cycle=7), [EndAtCycle(8, 3), Note]),
    ("it is reserved", run(S.RUNNING, "run", RESERVED, boundary=(6, 3)), seen(ChannelState.RUNNING, cycle=6), []),
    ("the reserved pause was missed", run(S.RUNNING, "run", RESERVED, boundary=(6, 3)), seen(ChannelState.RUNNING, cycle=7), [Settle(5, "missed"), Alarm]),
    ("paused at the boundary", run(S.RUNNING, "run", RESERVED), seen(ChannelState.PAUSED, cycle=6), [Stop(recorded=True)]),
    ("which it shows as the cycle before", run(S.RUNNING, "run", RESERVED), seen(ChannelState.PAUSED, cycle=5), [Stop(recorded=True)]),
    ("someone paused it before", run(S.RUNNING, "run", RESERVED), seen(ChannelState.PAUSED, cycle=4), [Settle(5, "ended"), Desire("pause"), Note, S.PAUSED]),
    ("that stop shows no effect", run(S.RUNNING, "run", replace(order("stop", 30), id=6), RESERVED), seen(ChannelState.PAUSED, cycle=6), [Settle(6, "not confirmed"), Alarm, Stop(recorded=True)]),
    ("ended by the rule", run(S.RUNNING, "run", replace(order("stop"), id=6), RESERVED), STOPPED,
     [Settle(6, "ended"), Settle(5, "ended"), FinishSegment("rule", True), ClearAlarms, S.STARTING]),
    ("a stop at the instrument is not ours", run(S.RUNNING, "run", RESERVED), STOPPED,
     [Settle(5, "ended"), FinishSegment("interrupted", False), Alarm, S.FAILED]),
    # pausing and paused
    ("the pause shows", run(S.PAUSING, "pause", order("pause")), PAUSED, [Settle(5, "paused"), ClearAlarms, S.PAUSED]),
    ("not yet", run(S.PAUSING, "pause", order("pause", 29)), RUNNING, []),
    ("not confirmed", run(S.PAUSING, "pause", order("pause", 30)), RUNNING, [Settle(5, "not confirmed"), Alarm, Pause]),
    ("its intent was lost", run(S.PAUSING, "pause"), RUNNING, [Pause]),
    ("taken back, but it may still come", run(S.PAUSING, "run", order("pause", 29)), RUNNING, []),
    ("taken back", run(S.PAUSING, "run", order("pause", 30)), RUNNING, [Settle, ClearAlarms, S.RUNNING]),
    ("paused", run(S.PAUSED, "pause"), PAUSED, []),
    ("resume", run(S.PAUSED), PAUSED, [Resume]),
    ("its temperature is gone", run(S.PAUSED, blocked_by="10 °C now"), PAUSED, [Explain("10 °C now")]),
    ("and that was said", run(S.PAUSED, blocked_by="10 °C now", reason="10 °C now"), PAUSED, []),
    ("resumption not confirmed", run(S.PAUSED, "run", order("resume", 30)), PAUSED, [Settle, Alarm, Resume]),
    ("resume, taken back", run(S.PAUSED, "pause", order("resume", 30)), PAUSED, [Settle(5, "not confirmed")]),
    ("resumed", run(S.PAUSED, "run", order("resume")), RUNNING, [Settle(5, "resumed"), ClearAlarms, S.RUNNING]),
    ("resumed at the instrument", run(S.PAUSED, "pause"), RUNNING, [Desire("run"), Note, S.RUNNING]),
    # the driver's own protective stop
    ("it shows no effect", run(S.RUNNING), seen(ChannelState.RUNNING, stop_failed=BEYOND),
     [Alarm("critical", UNSTOPPED), Explain(UNSTOPPED)]),
    ("and that was said", run(S.RUNNING, reason=UNSTOPPED), seen(ChannelState.RUNNING, stop_failed=BEYOND), []),
    ("a pause can wait", run(S.RUNNING, "pause", reason=UNSTOPPED), seen(ChannelState.RUNNING, stop_failed=BEYOND), []),
    ("at last it worked", run(S.RUNNING, reason=UNSTOPPED), TRIPPED,
     [FinishSegment("tripped", False), ClearAlarms, Alarm, S.FAILED]),
    # silence
    ("silent, not long", run(S.RUNNING), SILENT, []),
    ("lost", run(S.RUNNING), LONG_SILENT, [S.LOST]),
    ("lost while paused", run(S.PAUSED, "pause"), LONG_SILENT, [S.LOST]),
    ("a state that nobody understands", run(S.RUNNING), ODD, [Alarm, S.LOST]),
    ("another program takes the channel", run(S.RUNNING), TAKEN,
     [Alarm("critical", f"foreign control: {EC_LAB}; the state of the cell is unknown"),
      Transition(S.LOST, f"foreign control: {EC_LAB}")]),
    ("or perhaps not", run(S.RUNNING), replace(TAKEN, test_stable=False), []),
    ("has it still", LOST, TAKEN, []),
    ("at one look only", run(S.RUNNING), seen(ChannelState.UNKNOWN, None, test_stable=False), []),
    ("still silent", LOST, LONG_SILENT, []),
    ("back, and running", LOST, RUNNING, [ClearAlarms, Note, S.RUNNING]),
    ("back, and paused", LOST, PAUSED, [ClearAlarms, Note, S.PAUSED]),
    ("back, and over: records first", LOST, FINISHED, [ClearAlarms, Note, S.RUNNING]),
    # stopping
    ("stopped", run(S.STOPPING, "stop", order("stop")), STOPPED,
     [Settle(5, "stopped"), FinishSegment("stopped", False), ClearAlarms, S.STOPPED]),
    ("finished before the stop came", run(S.STOPPING, "stop", order("stop")), FINISHED,
     [Settle(5, "stopped"), FinishSegment("stopped", False), ClearAlarms, S.STOPPED]),
    ("its last record is not stored", run(S.STOPPING, "stop", order("stop", 99), stored=49), STOPPED, []),
    ("nor ever will be", run(S.STOPPING, "stop", order("stop"), stored=49), replace(STOPPED, unreadable="no such test"),
     [Settle(5, "stopped"), FinishSegment("stopped", False), Alarm, S.FAILED]),
    ("the stop was sent, its intent lost", run(S.STOPPING, "stop"), RUNNING, [Stop()]),
    ("not yet confirmed", run(S.STOPPING, "stop", order("stop", 29)), RUNNING, []),
    ("not confirmed", run(S.STOPPING, "stop", order("stop", 30)), RUNNING, [Settle(5, "not confirmed"), Alarm, Stop()]),
    ("not delivered", run(S.STOPPING, "stop", order("stop", 1, failure="no reply")), RUNNING, [Settle(5, "not delivered"), Alarm, Stop()]),
    ("not delivered, nothing seen since", run(S.STOPPING, "stop", order("stop", 0, failure="no reply")), RUNNING, []),
    ("cannot be confirmed", run(S.STOPPING, "stop", order("stop", 30)), LONG_SILENT, [Settle, Alarm, Stop()]),
    ("taken while stopping", run(S.STOPPING, "stop", order("stop", 30)), TAKEN,
     [Settle(5, "not confirmed"), Alarm("critical", f"the stop is NOT confirmed: {EC_LAB}"), Stop()]),
    ("displaced while stopping", run(S.STOPPING, "stop", order("stop")), FOREIGN,
     [Settle(5, "displaced"), FinishSegment("foreign", False), Alarm, S.FAILED]),
    ("no stop for a colleague", run(S.STOPPING, "stop"), replace(FOREIGN, drained=False), []),
    # stopped before the instrument had shown the test
    ("it shows up", run(S.STOPPING, "stop", replace(order("stop"), id=6), order("start"), test=None), RUNNING, [Settle(5, "started"), Recognise(OURS)]),
    ("it may show up", run(S.STOPPING, "stop", replace(order("stop", 29), id=6), order("start"), test=None), FREE, []),
    ("it never started", run(S.STOPPING, "stop", replace(order("stop", 30), id=6), order("start", 31), test=None), FREE,
     [Settle(6, "not started"), Settle(5, "not started"), ClearAlarms, S.STOPPED]),
    ("another test is there", run(S.STOPPING, "stop", replace(order("stop"), id=6), order("start"), test=None), FOREIGN,
     [Settle(6, "displaced"), Settle(5, "displaced"), ClearAlarms, S.STOPPED]),
    ("or a look between two exchanges", run(S.STOPPING, "stop", replace(order("stop"), id=6), order("start"), test=None), replace(FOREIGN, test_stable=False), []),
    ("the stop itself was not delivered", run(S.STOPPING, "stop", replace(order("stop", failure="no reply"), id=6), order("start"), test=None), FREE,
     [Settle(6, "not delivered"), Alarm, Stop()]),
]  # fmt: skip


@pytest.mark.parametrize(("view", "look", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_what_follows(view: RunView, look: Seen, expected: list[object]) -> None:
    """An expected action is given whole, or by its kind alone; a state stands for the transition to it."""
    actions = decide(view, look, NOW)
    assert [_shown(action, wanted) for action, wanted in zip(actions, expected, strict=False)] == expected
    assert len(actions) == len(expected), actions
    for action in actions:
        if isinstance(action, Transition):
            assert action.state in LEGAL[view.state]


def _shown(action: Action, wanted: object) -> object:
    if isinstance(wanted, RunState) and isinstance(action, Transition):
        return action.state
    return type(action) if isinstance(wanted, type) else action


@pytest.mark.parametrize("state", sorted(TERMINAL))
def test_what_is_over_stays_over(state: RunState) -> None:
    for look in (FREE, RUNNING, FOREIGN, SILENT, LONG_SILENT):
        for desired in ("run", "pause", "stop"):
            assert decide(run(state, desired), look, NOW) == []


def test_every_way_from_state_to_state_that_decide_takes_is_in_the_table() -> None:
    """Of the legal ways the engine itself takes these; the others are an operator's or the performer's."""
    taken = {
        (view.state, action.state)
        for _, view, look, _ in TABLE
        for action in decide(view, look, NOW)
        if isinstance(action, Transition)
    }
    assert {to for _, to in taken} == set(RunState) - {S.QUEUED}
    assert {origin for origin, _ in taken} == set(RunState) - TERMINAL


def test_a_failure_always_tells_a_person() -> None:
    for name, view, look, _ in TABLE:
        actions = decide(view, look, NOW)
        if any(isinstance(action, Transition) and action.state is S.FAILED for action in actions):
            assert any(isinstance(action, Alarm) for action in actions), name


@pytest.mark.parametrize("voltage_V", [3.31, -0.9, 2.006, -0.0551])
def test_a_cell_that_rests_outside_the_limits_is_not_started(voltage_V: float) -> None:
    view = replace(run(RunState.QUEUED), rest_window_V=(-0.05, 2.0))
    actions = decide(view, seen(ChannelState.FINISHED, OLD, voltage_V=voltage_V), NOW)

    assert not [action for action in actions if isinstance(action, Start)]
    alarm, transition = actions
    assert isinstance(alarm, Alarm)
    assert isinstance(transition, Transition)
    assert transition.state is RunState.FAILED
    assert f"{voltage_V:.4g} V" in alarm.message
    assert "-0.05 V to 2 V" in alarm.message


@pytest.mark.parametrize("voltage_V", [0.0, 1.49, 2.0, 2.005, -0.055, None])
def test_a_cell_that_rests_within_the_limits_is_started(voltage_V: float | None) -> None:
    view = replace(run(RunState.QUEUED), rest_window_V=(-0.05, 2.0))
    (action,) = decide(view, seen(ChannelState.FINISHED, OLD, voltage_V=voltage_V), NOW)

    assert isinstance(action, Start)


def test_a_lost_end_is_not_told_as_somebodys_stop() -> None:
    actions = decide(run(S.RUNNING), seen(ChannelState.STOPPED, end_known=False), NOW)
    (said,) = {action.message for action in actions if isinstance(action, Alarm)}
    assert said == "nobody can tell whether the test came to its own end (stopped): look at its records"
