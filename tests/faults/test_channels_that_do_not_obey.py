"""Rows 9 to 12: reboots, stops without effect, limits stored otherwise, and somebody else's hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from orchestrator.store.tables import intents
from orchestrator.store.transactions import reading
from orchestrator.testing.virtual_bench import VirtualBench
from tests.faults.altering_share import environment_with
from tests.faults.story import (
    alarms,
    arm,
    assert_at_open_circuit,
    assert_failed_once,
    assert_fired,
    assert_stored,
    let_pass,
    orders_sent,
    states_of,
    trips,
)
from tests.faults.timed_protocol import TIMED

Make = Callable[..., VirtualBench]


def test_a_reboot_fails_the_run_keeps_what_was_read_and_starts_nothing(make_held_bench: Make) -> None:
    bench = make_held_bench(1, vsp=1, poll="30 s")
    places = {"L1": "A1", "V1": "P1"}
    runs = {cell: bench.launch("timed", cell, place, source=TIMED) for cell, place in places.items()}
    waits = {cell: bench.launch("timed", cell, place, source=TIMED) for cell, place in places.items()}
    arm(bench, "09_reboots")
    with bench.node():
        for run in runs.values():
            bench.wait_state(run, "completed", "failed", "stopped")
        let_pass(bench, 600.0)
    assert_fired(bench, "09_reboots")
    for cell, run in runs.items():
        assert_failed_once(bench, run, "its memory is gone")
        seq = bench.stored(bench.segments(run)[0]["id"])["seq"]
        assert seq.tolist() == list(range(1, len(seq) + 1))
        assert len(seq) > 20, "what was measured is kept"
        assert bench.run(waits[cell])["state"] == "waiting", "a person has to look first"
        assert f"run {run} before it failed" in bench.run(waits[cell])["reason"]
        assert_at_open_circuit(bench, places[cell])
    assert orders_sent(bench, "bts-1") == [], "its memory is empty and stays so"
    assert len(orders_sent(bench, "vsp-1")) == 1, "nothing was started again"


def test_a_stop_without_effect_is_given_again_told_once_and_latches(make_held_bench: Make) -> None:
    bench = make_held_bench(2, vsp=1, poll="30 s")
    places = {"L1": "A1", "L2": "A2", "V1": "P1"}
    runs = {cell: bench.launch("timed", cell, place, source=TIMED, rest="3 h") for cell, place in places.items()}
    arm(bench, "10_stops_that_do_not_stop")
    with bench.node():
        for run in runs.values():
            bench.wait_state(run, "running")
        let_pass(bench, 120.0)
        for cell in ("L1", "V1"):
            bench.want(runs[cell], "stop")
        for cell in ("L1", "V1"):
            bench.wait_state(runs[cell], "stopped", "failed")
        let_pass(bench, 300.0)
        assert bench.run(runs["L2"])["state"] == "running", "nobody else is concerned"
    assert_fired(bench, "10_stops_that_do_not_stop")
    for cell in ("L1", "V1"):
        assert bench.run(runs[cell])["state"] == "stopped", bench.run(runs[cell])["reason"]
        assert assert_stored(bench, runs[cell], places[cell]) > 10
        assert_at_open_circuit(bench, places[cell])
        told = alarms(bench, f"run {runs[cell]}")
        assert [("the stop is NOT confirmed" in one.message, one.severity) for one in told] == [(True, "critical")]
        assert told[0].cleared_unix_s is not None
        with reading(bench.engine) as connection:
            asked = sa.select(sa.func.count()).where(intents.c.run_id == runs[cell], intents.c.action == "stop")
            assert (connection.scalar(asked) or 0) >= 4
    assert {(trip.subject, "stop not confirmed" in trip.rule, trip.latched) for trip in trips(bench)} == {
        ("cell A1", True, True),
        ("cell P1", True, True),
    }


def test_limits_that_the_channel_has_stored_otherwise_start_nothing(make_held_bench: Make) -> None:
    bench = make_held_bench(0, vsp=1, poll="30 s")
    run = bench.launch("timed", "V1", "P1", source=TIMED)
    arm(bench, "11_limits_that_are_stored_otherwise")
    with bench.node():
        bench.wait_state(run, "completed", "failed", "stopped")
        let_pass(bench, 300.0)
    assert_fired(bench, "11_limits_that_are_stored_otherwise")
    assert_failed_once(bench, run, "limit", severity="warning")
    assert orders_sent(bench, "vsp-1") == [], "nothing was started"
    assert_at_open_circuit(bench, "P1")


def test_a_step_file_that_is_kept_with_other_limits_starts_nothing(make_held_bench: Make, tmp_path: Path) -> None:
    bench = make_held_bench(2, poll="30 s")
    run = bench.launch("timed", "L1", "A1", source=TIMED)
    with bench.node(**environment_with(tmp_path / "share")):
        bench.wait_state(run, "completed", "failed", "stopped")
        let_pass(bench, 300.0)
    assert_failed_once(bench, run, "reads back differently from what was written", severity="warning")
    (kept,) = (bench.folder / "steps").glob("*.xml")
    assert b'<Upper Value="99999"' in kept.read_bytes(), "that is why"
    assert orders_sent(bench, "bts-1") == [], "nothing was started"
    assert_at_open_circuit(bench, "A1")


def test_somebody_elses_hand_is_seen_and_nothing_of_it_is_overwritten(make_held_bench: Make) -> None:
    bench = make_held_bench(3, vsp=2, poll="30 s", oven={"poll": "30 s"})
    places = {f"L{n}": f"A{n}" for n in (1, 2, 3)} | {f"V{n}": f"P{n}" for n in (1, 2)}
    runs = {cell: bench.launch("timed", cell, place, source=TIMED) for cell, place in places.items()}
    bench.control.chamber("oven-1", mode="auto")
    arm(bench, "12_somebody_else")
    with bench.node():
        for run in runs.values():
            bench.wait_state(run, "completed", "failed", "stopped")
        let_pass(bench, 600.0)
    assert_fired(bench, "12_somebody_else")
    for cell in ("L1", "V1"):
        assert_failed_once(bench, runs[cell], "the test was ended at the instrument", severity="warning")
        assert_at_open_circuit(bench, places[cell])
    for cell in ("L2", "V2"):
        assert_failed_once(bench, runs[cell], "foreign control")
    for cell in ("L1", "L2", "L3", "V1"):
        assert assert_stored(bench, runs[cell], places[cell]) > 20
    assert bench.run(runs["L3"])["state"] == "completed", bench.run(runs["L3"])["reason"]
    assert states_of(bench, runs["L3"])[-4:] == ["running", "paused", "running", "completed"]
    foreign = [test for test in bench.control.tests("bts-1") if "somebody else" in test["barcode"]]
    assert [(test["channel"], test["state"]) for test in foreign] == [("27-21-1-2", "working")], "left alone"
    assert bench.control.chamber("oven-1")["set_point_degC"] == 27.0, "nobody has set it back"
