"""Rows 4 and 5: cells that warm, and sensors that tell nothing."""

from __future__ import annotations

from collections.abc import Callable

from orchestrator.store.chambers import find_chamber
from orchestrator.store.transactions import reading
from orchestrator.testing.virtual_bench import VirtualBench
from tests.faults.story import (
    arm,
    assert_at_open_circuit,
    assert_fired,
    assert_stored,
    let_pass,
    orders_sent,
    rule,
    trips,
)
from tests.faults.timed_protocol import TIMED

Make = Callable[..., VirtualBench]
SENSOR = {"instrument": {"temperature_aux": "T1"}, "options": {"bts-1": {"temperature_aux": "T1"}}}
FROZEN_WITHIN_S = 600.0
LOOK_S = 30.0


def chamber_state(bench: VirtualBench) -> str:
    with reading(bench.engine) as connection:
        oven = find_chamber(connection, "oven-1")
    assert oven is not None
    return str(oven.state)


def test_a_cell_that_warms_stops_the_cells_of_its_chamber_and_a_ramp_does_not(make_held_bench: Make) -> None:
    bench = make_held_bench(2, vsp=1, poll="30 s", oven={"poll": "30 s"}, **SENSOR)
    rule(
        bench,
        "{when: {cell: A1, heating_rate: above 3 K/min relative to its chamber, for: 20 s},"
        " do: stop all cells in oven-1}",
        temperature={"A1": "channel", "A2": "channel"},
    )
    places = {"L1": "A1", "L2": "A2", "V1": "P1"}
    runs = {cell: bench.launch("timed", cell, place, source=TIMED, rest="1 h") for cell, place in places.items()}
    arm(bench, "04_a_cell_that_warms")
    bench.control.chamber("oven-1", mode="auto")
    with bench.node():
        let_pass(bench, 870.0)
        assert trips(bench) == [], "the chamber has ramped, and nothing has tripped"
        for run in runs.values():
            bench.wait_state(run, "completed", "failed", "stopped")
        bench.wait_for(lambda: len(trips(bench)) >= 1, "the trip")
        let_pass(bench, 600.0)
        assert chamber_state(bench) == "running"
    assert_fired(bench, "04_a_cell_that_warms")
    (trip,) = trips(bench)
    assert (trip.subject, trip.chamber, trip.latched) == ("cell A1", "oven-1", True)
    for cell, run in runs.items():
        assert bench.run(run)["state"] == "stopped", bench.run(run)["reason"]
        assert assert_stored(bench, run, places[cell]) > 20
        assert_at_open_circuit(bench, places[cell])
    assert [len(orders_sent(bench, name)) for name in ("bts-1", "vsp-1")] == [2, 1], "nothing was started again"


def test_a_sensor_that_tells_nothing_is_unsafe(make_held_bench: Make) -> None:
    """Open: within three looks. Frozen: within the rule's time after the set point has moved."""
    bench = make_held_bench(3, poll="30 s", oven={"poll": "30 s"}, **SENSOR)
    rule(
        bench,
        "{when: {cell: A2, sensor: frozen, for: 4 min}, do: stop}",
        temperature={"A1": "channel", "A2": "channel"},
    )
    runs = [bench.launch("timed", f"L{n}", f"A{n}", source=TIMED, rest="1 h") for n in (1, 2, 3)]
    began = bench.control.now()
    bench.control.chamber("oven-1", mode="auto")
    arm(bench, "05_sensors_that_fail")
    with bench.node():
        for run in runs:
            bench.wait_state(run, "completed", "failed", "stopped")
        bench.wait_for(lambda: len(trips(bench)) >= 3, "three trips")
        assert chamber_state(bench) == "running"
    assert_fired(bench, "05_sensors_that_fail")
    found = trips(bench)
    assert [(trip.subject, "lost" in trip.rule, "frozen" in trip.rule) for trip in found] == [
        ("cell A1", True, False),
        ("cell A2", False, True),
        ("chamber oven-1", False, True),
    ]
    open_s, cell_s, chamber_s = [trip.raised_unix_s - began for trip in found]
    assert 240.0 <= open_s <= 240.0 + 3 * LOOK_S + 6.0
    assert 300.0 + 240.0 <= cell_s <= 300.0 + 240.0 + 5 * LOOK_S
    assert 1560.0 + FROZEN_WITHIN_S <= chamber_s <= 1560.0 + FROZEN_WITHIN_S + 5 * LOOK_S
    for number, run in enumerate(runs, 1):
        assert bench.run(run)["state"] == "stopped", bench.run(run)["reason"]
        assert assert_stored(bench, run, f"A{number}") > 20
        assert_at_open_circuit(bench, f"A{number}")


def test_beyond_its_protocols_temperatures_a_run_is_stopped_and_others_beside_it_go_on(make_held_bench: Make) -> None:
    """A1 by the sensor of its channel, P1 by the air around it; what has no such limits in its protocol goes on."""
    bench = make_held_bench(2, vsp=1, poll="30 s", oven={"poll": "30 s"}, **SENSOR)
    rule(bench, temperature={"A1": "channel"})
    limited = TIMED.replace("current: 3C}", "current: 3C, temperature: [10 degC, 45 degC]}")
    stopped = {
        place: bench.launch("timed", cell, place, source=limited, rest="2 h")
        for cell, place in (("L1", "A1"), ("V1", "P1"))
    }
    goes_on = bench.launch("timed", "L2", "A2", source=TIMED, rest="2 h")
    arm(bench, "04_a_chamber_too_warm_for_a_protocol")
    bench.control.chamber("oven-1", mode="auto")
    with bench.node():
        for run in (*stopped.values(), goes_on):
            bench.wait_state(run, "completed", "failed", "stopped")
        assert chamber_state(bench) == "running"
    assert_fired(bench, "04_a_chamber_too_warm_for_a_protocol")
    assert bench.run(goes_on)["state"] == "completed", bench.run(goes_on)["reason"]
    assert [(trip.subject, trip.latched, trip.severity) for trip in trips(bench)] == [
        ("cell P1", True, "critical"),
        ("cell A1", True, "critical"),
    ], "the air is warm before what is in it"
    for place, told_by in (("A1", "its channel's sensor"), ("P1", "the air of oven-1")):
        found = bench.run(stopped[place])
        assert found["state"] == "stopped"
        assert f"degC by {told_by}, above the protocol's 45 degC" in found["reason"]
        assert assert_stored(bench, stopped[place], place) > 20
        assert_at_open_circuit(bench, place)
    assert [len(orders_sent(bench, name)) for name in ("bts-1", "vsp-1")] == [2, 1], "nothing was started again"
