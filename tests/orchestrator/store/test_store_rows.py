"""The small functions that the engine and the pages use, on both databases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from orchestrator.run_state import LEGAL, TERMINAL, RunState
from orchestrator.store import tables
from orchestrator.store.alarms import acknowledge_alarm, clear_alarms, list_alarms, raise_alarm
from orchestrator.store.cells import get_cell, insert_cell, list_cells, update_cell
from orchestrator.store.errors import StoreError
from orchestrator.store.events import append_event, list_events
from orchestrator.store.instruments import (
    Channel,
    Instrument,
    Latest,
    list_channels,
    list_instruments,
    list_latest,
    set_connection,
    upsert_channels,
    upsert_instruments,
    upsert_latest,
)
from orchestrator.store.intents import open_intent, open_intents, settle
from orchestrator.store.nodes import claim_instrument, renew_claim
from orchestrator.store.protocol_files import get_protocol, list_protocols, put_protocol
from orchestrator.store.runs import active_runs, get_run, list_runs, set_desired, set_progress, set_state
from orchestrator.store.segments import (
    finish_segment,
    get_segment,
    list_segments,
    segment_by_tag,
    set_started,
    set_test_id,
)
from orchestrator.store.transactions import writing
from protocols.cell import Cell


@pytest.fixture
def connection(engine):
    with writing(engine) as opened:
        yield opened


def test_states_are_those_of_the_table():
    assert tuple(state.value for state in RunState) == tables.RUN_STATES
    assert set(LEGAL) == set(RunState)
    assert {state for state in RunState if not LEGAL[state]} == TERMINAL


@given(path=st.lists(st.sampled_from(list(RunState)), max_size=20))
def test_an_ended_run_never_lives_again_and_no_run_is_stuck(path):
    state = RunState.QUEUED
    for wanted in path:
        if wanted in LEGAL[state]:
            assert state not in TERMINAL
            state = wanted
    assert state in TERMINAL or LEGAL[state] & (TERMINAL | {RunState.STOPPING})


def test_a_run_goes_its_way_and_every_step_is_an_event(connection, new_run):
    run_id = new_run(connection)
    for now, state in enumerate(
        (RunState.STARTING, RunState.RUNNING, RunState.LOST, RunState.RUNNING, RunState.COMPLETED)
    ):
        set_state(connection, run_id, state, now=10.0 + now, reason="silent" if state is RunState.LOST else None)
    run = get_run(connection, run_id)
    assert (run.state, run.started_unix_s, run.finished_unix_s) == (RunState.COMPLETED, 11.0, 14.0)
    assert "running → lost: silent" in [event.message for event in list_events(connection, run_id=run_id)]
    with pytest.raises(StoreError, match="is completed and cannot become running"):
        set_state(connection, run_id, RunState.RUNNING, now=20.0)


def test_an_illegal_transition_writes_nothing(connection, new_run):
    run_id = new_run(connection)
    with pytest.raises(StoreError, match="is queued and cannot become paused"):
        set_state(connection, run_id, RunState.PAUSED, now=3.0)
    assert get_run(connection, run_id).state is RunState.QUEUED


def test_a_state_that_somebody_else_changed_meanwhile_is_not_overwritten(connection, new_run, mocker):
    run_id = new_run(connection)
    before = get_run(connection, run_id)
    set_state(connection, run_id, RunState.STARTING, now=3.0)
    mocker.patch("orchestrator.store.runs.get_run", return_value=before)
    with pytest.raises(StoreError, match="no longer queued; somebody else changed it"):
        set_state(connection, run_id, RunState.FAILED, now=4.0)


def test_of_two_orders_the_stop_stands_and_both_are_in_the_log(connection, new_run):
    run_id = new_run(connection)
    assert set_desired(connection, run_id, "pause", actor="mina", now=3.0)
    assert set_desired(connection, run_id, "stop", actor="mina", now=3.0)
    assert not set_desired(connection, run_id, "run", actor="jo", now=4.0)
    assert get_run(connection, run_id).desired == "stop"
    orders = [(event.actor, event.message) for event in list_events(connection) if event.kind == "order"]
    assert orders == [("mina", "pause"), ("mina", "stop"), ("jo", "run refused: a stop was ordered before")]
    set_state(connection, run_id, RunState.STOPPED, now=5.0)
    with pytest.raises(StoreError, match="is stopped; nothing more"):
        set_desired(connection, run_id, "run", actor="jo", now=6.0)


def test_runs_are_listed_by_page_state_cell_and_instrument(connection, new_run):
    ids = [new_run(connection, f"27-21-1-{number}") for number in (1, 2, 3)]
    set_state(connection, ids[0], RunState.FAILED, now=3.0, reason="wrong cell")
    assert [run.id for run in list_runs(connection, limit=2)] == [ids[2], ids[1]]
    assert [run.id for run in list_runs(connection, before_id=ids[1])] == [ids[0]]
    assert [run.id for run in list_runs(connection, state=RunState.FAILED)] == [ids[0]]
    assert [run.id for run in list_runs(connection, cell_id="0042-27-21-1-2")] == [ids[1]]
    assert [run.id for run in active_runs(connection, "bts-1")] == ids[1:]
    assert active_runs(connection, "bts-2") == []
    set_progress(connection, ids[1], item=1, cycles_done=5, last_seen_unix_s=9.0)
    set_progress(connection, ids[1], cycles_done=4)
    set_progress(connection, ids[1])
    run = get_run(connection, ids[1])
    assert (run.item, run.cycles_done, run.last_seen_unix_s, run.created_by) == (1, 5, 9.0, "mina")
    with pytest.raises(StoreError, match="run 999 does not exist"):
        get_run(connection, 999)


def test_a_run_needs_its_cell_and_protocol(engine, new_run):
    with pytest.raises(IntegrityError), writing(engine) as connection:
        connection.execute(
            tables.runs.insert().values(
                cell_id="nobody",
                protocol_sha256="none",
                protocol="p",
                instrument="i",
                channel="c",
                plan={},
                desired="run",
                state="queued",
                item=0,
                created_unix_s=0,
                created_by="x",
                cycles_done=0,
            )
        )


def test_a_segment_is_found_by_its_tag_and_keeps_its_test(connection, new_run, new_segment):
    run_id = new_run(connection)
    segment_id = new_segment(connection, run_id)
    tag = f"0042#{run_id}.0.1"
    found = segment_by_tag(connection, tag)
    assert found is not None
    assert (found.id, found.content, found.cursor, found.step_map[1]["origin"]["label"]) == (
        segment_id,
        b"<root/>",
        "",
        "label 2",
    )
    assert segment_by_tag(connection, "somebody else's") is None
    set_test_id(connection, segment_id, "4711")
    set_test_id(connection, segment_id, "4711")
    with pytest.raises(StoreError, match="is test 4711, not 4712"):
        set_test_id(connection, segment_id, "4712")
    for now in (5.0, 6.0):
        set_started(connection, segment_id, now=now)
    finish_segment(connection, segment_id, "tripped", now=7.0)
    done = get_segment(connection, segment_id)
    assert (done.test_id, done.started_unix_s, done.finished_unix_s, done.outcome) == ("4711", 5.0, 7.0, "tripped")
    assert [segment.id for segment in list_segments(connection, run_id)] == [segment_id]
    with pytest.raises(StoreError, match="segment 999 does not exist"):
        get_segment(connection, 999)


def test_an_intent_is_open_until_it_is_settled_once(connection, new_run, new_segment):
    run_id = new_run(connection)
    segment_id = new_segment(connection, run_id)
    first = open_intent(
        connection, run_id=run_id, segment_id=segment_id, action="start", epoch=3, now=5.0, test_id_before="9"
    )
    second = open_intent(connection, run_id=run_id, action="stop", epoch=3, now=6.0)
    assert [(intent.action, intent.test_id_before) for intent in open_intents(connection, run_id)] == [
        ("start", "9"),
        ("stop", None),
    ]
    settle(connection, first, "done", now=7.0, detail="test 10")
    assert [intent.id for intent in open_intents(connection, run_id)] == [second]
    with pytest.raises(StoreError, match="is not open"):
        settle(connection, first, "failed", now=8.0)


def test_events_are_read_forwards_and_backwards(connection):
    for number in range(5):
        append_event(
            connection, now=float(number), actor="engine", kind="note", message=str(number), data={"n": number}
        )
    everything = list_events(connection)
    assert [event.data["n"] for event in everything] == [0, 1, 2, 3, 4]
    assert [event.message for event in list_events(connection, after_id=everything[2].id)] == ["3", "4"]
    assert [event.message for event in list_events(connection, limit=2, newest=True)] == ["3", "4"]


def test_an_alarm_is_raised_once_until_it_is_cleared(connection):
    first = raise_alarm(connection, source="run 17", message="stop NOT confirmed", now=1.0)
    assert raise_alarm(connection, source="run 17", message="stop NOT confirmed", now=2.0) == first
    other = raise_alarm(connection, source="run 17", message="silent", now=2.0, severity="warning")
    acknowledge_alarm(connection, first, by="mina", reason="pulled the plug", now=3.0)
    acknowledge_alarm(connection, first, by="jo", reason="me too", now=4.0)
    assert clear_alarms(connection, source="run 17", message="silent", now=5.0) == 1
    assert [(alarm.id, alarm.acknowledged_by) for alarm in list_alarms(connection)] == [(first, "mina")]
    assert [alarm.id for alarm in list_alarms(connection, open_only=False)] == [other, first]
    assert clear_alarms(connection, source="run 17", now=6.0) == 1
    assert raise_alarm(connection, source="run 17", message="stop NOT confirmed", now=7.0) not in (first, other)
    with pytest.raises(StoreError, match="alarm 999 does not exist"):
        acknowledge_alarm(connection, 999, by="mina", reason="-", now=8.0)


def test_cells_are_added_once_and_changed(connection):
    cell = Cell("251203_1", active_mass_g=0.002, window_min_V=0.01, metadata={"operator": "µ"})
    insert_cell(connection, cell, now=1.0)
    assert get_cell(connection, "251203_1") == cell
    with pytest.raises(StoreError, match="cell 251203_1 exists already"):
        insert_cell(connection, cell, now=2.0)
    changed = Cell("251203_1", active_mass_g=0.003)
    update_cell(connection, changed)
    assert list_cells(connection) == [changed]
    with pytest.raises(StoreError, match="cell x is not known"):
        update_cell(connection, Cell("x"))
    assert get_cell(connection, "x") is None


def test_a_protocol_file_is_kept_by_its_hash(connection):
    sha256 = put_protocol(connection, name="formation", source="a: 1 # µ\n", now=1.0)
    assert put_protocol(connection, name="renamed", source="a: 1 # µ\n", now=2.0) == sha256
    kept = get_protocol(connection, sha256)
    assert kept is not None
    assert (kept.name, kept.created_unix_s) == ("formation", 1.0)
    assert [file.sha256 for file in list_protocols(connection)] == [sha256]
    assert get_protocol(connection, "0") is None


def test_what_was_seen_of_an_instrument_outlives_its_configuration(connection):
    upsert_instruments(connection, [Instrument("bts-1", "neware", "10.0.0.5:502")])
    set_connection(connection, "bts-1", connected=True, now=5.0, identity="NEWARE CT-4008")
    set_connection(connection, "bts-1", connected=False, last_error="no answer")
    upsert_instruments(connection, [Instrument("bts-1", "neware", "10.0.0.6:502", simulated=True)])
    assert list_instruments(connection) == [
        Instrument("bts-1", "neware", "10.0.0.6:502", "NEWARE CT-4008", False, 5.0, "no answer", True)
    ]
    for bench in ("A1", "A2"):
        upsert_channels(connection, [Channel("bts-1", "27-21-1-1", bench, None, {"voltage_max_V": 5.0})])
    assert list_channels(connection) == [Channel("bts-1", "27-21-1-1", "A2", None, {"voltage_max_V": 5.0})]
    for voltage_V in (0.5, 0.6):
        upsert_latest(connection, [Latest("bts-1", "27-21-1-1", 5.0, "running", "working", voltage_V=voltage_V)])
    upsert_latest(connection, [])
    assert [seen.voltage_V for seen in list_latest(connection)] == [0.6]


def test_every_claim_of_an_instrument_has_a_new_epoch(connection):
    assert claim_instrument(connection, "bts-1", "node-a", now=1.0) == 1
    assert claim_instrument(connection, "bts-1", "node-b", now=2.0) == 2
    assert not renew_claim(connection, "bts-1", 1, now=3.0)
    assert renew_claim(connection, "bts-1", 2, now=3.0)
