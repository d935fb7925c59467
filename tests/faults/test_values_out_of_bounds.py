"""Rows 1 to 3: voltages, currents, charge and time that should not be."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orchestrator.launch import LaunchRefused
from orchestrator.testing.virtual_bench import VirtualBench
from tests.faults.story import (
    arm,
    assert_at_open_circuit,
    assert_failed_once,
    assert_fired,
    assert_stored,
    let_pass,
    orders_sent,
    rule,
    trips,
)
from tests.faults.timed_protocol import TIMED

Make = Callable[..., VirtualBench]
FULL = """\
cellbench: 1
protocol: full
cell: {window: [0.01 V, 1.5 V]}
limits: {voltage: [-0.05 V, 2.0 V], current: 3C}
record: {every: 1 min}
steps:
  - discharge: {current: 2C, until: {voltage: 0.01 V}}
"""


def test_a_cell_out_of_its_window_is_ended_by_its_own_channel(make_held_bench: Make) -> None:
    bench = make_held_bench(4, vsp=3, poll="30 s")
    places = {f"L{n}": f"A{n}" for n in (1, 2, 3, 4)} | {f"V{n}": f"P{n}" for n in (1, 2, 3)}
    runs = {cell: bench.launch("timed", cell, place, source=TIMED) for cell, place in places.items()}
    arm(bench, "01_cell_out_of_its_window")
    with bench.node():
        for run in runs.values():
            bench.wait_state(run, "completed", "failed", "stopped")
        let_pass(bench, 600.0)
    assert_fired(bench, "01_cell_out_of_its_window")
    for cell in ("L4", "V3"):
        run = runs.pop(cell)
        assert bench.run(run)["state"] == "completed", bench.run(run)["reason"]
    for cell, run in runs.items():
        # a potential that jumps between two rows leaves no row that tells, and EClib tells only that the channel stands
        unexplained = cell.startswith("V")
        words = "by its own protection, which no row shows" if unexplained else "the instrument's own protection ended"
        assert_failed_once(bench, run, words, severity="warning" if unexplained else "critical")
        assert assert_stored(bench, run, places[cell]) > 20
        assert_at_open_circuit(bench, places[cell])
    assert trips(bench) == [], "the first cause alone"
    assert [len(orders_sent(bench, name)) for name in ("bts-1", "vsp-1")] == [4, 3], "nothing was started again"


def test_a_current_that_was_not_ordered_stops_the_channel_which_stays_stopped(make_held_bench: Make) -> None:
    bench = make_held_bench(3, vsp=2, poll="30 s")
    rule(bench, "{when: {cell: any, current: above 5 mA}, do: stop}")
    places = {f"L{n}": f"A{n}" for n in (1, 2, 3)} | {f"V{n}": f"P{n}" for n in (1, 2)}
    runs = {cell: bench.launch("timed", cell, place, source=TIMED) for cell, place in places.items()}
    arm(bench, "02_current_of_the_wrong_sign_or_size")
    with bench.node():
        for run in runs.values():
            bench.wait_state(run, "completed", "failed", "stopped")
        bench.wait_for(lambda: len(trips(bench)) >= 4, "four trips")
        let_pass(bench, 600.0)
    assert_fired(bench, "02_current_of_the_wrong_sign_or_size")
    assert bench.run(runs.pop("L3"))["state"] == "completed", "nobody else is concerned"
    found = {str(trip.cell_id): trip.message for trip in trips(bench)}
    assert sorted(found) == ["L1", "L2", "V1", "V2"]
    assert len(trips(bench)) == 4
    for cell, run in runs.items():
        wrong_sign = cell.endswith("1")
        assert ("in a step that discharges" if wrong_sign else "above 0.005 A") in found[cell]
        assert bench.run(run)["state"] == "stopped", bench.run(run)["reason"]
        assert assert_stored(bench, run, places[cell]) > 20
        assert_at_open_circuit(bench, places[cell])
        with pytest.raises(LaunchRefused, match="trip"):
            bench.launch("timed", cell, places[cell], source=TIMED)
    assert [len(orders_sent(bench, name)) for name in ("bts-1", "vsp-1")] == [3, 2], "nothing was started again"


def test_more_charge_or_time_than_expected_is_told_and_then_stopped(make_held_bench: Make) -> None:
    bench = make_held_bench(2, vsp=1, poll="1 min")
    rule(
        bench,
        "{when: {cell: [A1, P1], capacity: above 1.2 x expected}, alarm: warning}",
        "{when: {cell: [A1, P1], capacity: above 1.4 x expected}, do: stop}",
        "{when: {cell: A2, step_time: above 1.3 x expected}, do: stop}",
    )
    places = {"L1": "A1", "L2": "A2", "V1": "P1"}
    arm(bench, "03_more_than_expected")
    runs = {cell: bench.launch("full", cell, place, source=FULL) for cell, place in places.items()}
    with bench.node():
        for run in runs.values():
            bench.wait_state(run, "completed", "failed", "stopped")
        bench.wait_for(lambda: len(trips(bench)) >= 5, "all trips")
    assert_fired(bench, "03_more_than_expected")
    told = [(trip.subject, trip.severity, trip.latched) for trip in trips(bench)]
    for place in ("cell A1", "cell P1"):
        assert [one[1:] for one in told if one[0] == place] == [("warning", False), ("critical", True)]
    assert [one[1:] for one in told if one[0] == "cell A2"] == [("critical", True)]
    for cell, run in runs.items():
        assert bench.run(run)["state"] == "stopped", bench.run(run)["reason"]
        assert assert_stored(bench, run, places[cell]) > 30
        assert_at_open_circuit(bench, places[cell])
