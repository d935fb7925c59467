"""Interlocks over the wires: a fault stops the cells and latches, and nothing starts before a person says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orchestrator.config import read_lab
from orchestrator.interlocks.trip_changes import acknowledge
from orchestrator.launch import LaunchRefused
from orchestrator.store.chambers import find_chamber
from orchestrator.store.transactions import reading, writing
from orchestrator.store.trips import TripRow, list_trips
from orchestrator.testing.virtual_bench import VirtualBench
from tests.e2e.conftest import assert_stored_equals_ledger
from tests.e2e.short_protocol import SHORT

Make = Callable[..., VirtualBench]
POLL_S = 10.0
OVEN = {"poll": "10 s"}


def add_interlocks(bench: VirtualBench, *rules: str) -> None:
    """Write them into the lab file, before a node reads it."""
    path = bench.lab.path
    text = path.read_text(encoding="utf-8") + "interlocks:\n" + "".join(f"  - {rule}\n" for rule in rules)
    path.write_text(text, encoding="utf-8")
    bench.lab = read_lab(path)


def trips(bench: VirtualBench) -> list[TripRow]:
    with reading(bench.engine) as connection:
        return list_trips(connection)


def let_pass(bench: VirtualBench, seconds: float) -> None:
    """Lab time, while the node looks."""
    until = bench.control.now() + seconds
    bench.wait_for(lambda: bench.control.now() > until, f"{seconds:g} s")


def launch(bench: VirtualBench, number: int, **parameters: str) -> int:
    return bench.launch("short", f"L{number}", f"A{number}", source=SHORT, **{"cycles": "200", **parameters})


def test_a_chamber_that_is_too_hot_stops_every_cell_in_it_and_stays_on(make_bench: Make) -> None:
    bench = make_bench(2, oven=OVEN, poll="10 s")
    add_interlocks(
        bench, "{when: {chamber: oven-1, temperature: above 40 degC, for: 10 s}, do: stop all cells in oven-1}"
    )
    runs = [launch(bench, number) for number in (1, 2)]
    with bench.node():
        for run in runs:
            bench.wait_state(run, "running")
        bench.control.chamber("oven-1", mode="auto", set_point_degC=60)
        for run in runs:
            bench.wait_state(run, "stopped", "failed")
        bench.wait_for(lambda: len(trips(bench)) == 1, "one trip")
        (trip,) = trips(bench)
        assert (trip.subject, trip.chamber, trip.latched) == ("chamber oven-1", "oven-1", True)
        with pytest.raises(LaunchRefused, match=rf"trip {trip.id} \(chamber oven-1: temperature 4"):
            launch(bench, 1)
        with reading(bench.engine) as connection:
            oven = find_chamber(connection, "oven-1")
    assert oven is not None
    assert oven.state == "running"
    assert [bench.run(run)["state"] for run in runs] == ["stopped", "stopped"]
    for number, run in enumerate(runs, 1):
        assert assert_stored_equals_ledger(bench, run, number) > 0


def test_a_chamber_without_a_number_is_unsafe_within_three_looks(make_bench: Make) -> None:
    """Once by NaN, and once more, after the acknowledgement, by an open sensor."""
    bench = make_bench(1, oven=OVEN, poll="10 s")
    with bench.node():
        for fault in ("nan", "open"):
            run = launch(bench, 1)
            bench.wait_state(run, "running")
            bench.control.chamber("oven-1", sensor=fault)
            since_unix_s = bench.control.now()
            bench.wait_state(run, "stopped", "failed")
            bench.wait_for(lambda: bool(lost_sensors(bench)), "a trip")
            [trip] = lost_sensors(bench)
            assert (trip.subject, trip.origin) == ("chamber oven-1", "built in")
            assert trip.raised_unix_s - since_unix_s <= 3 * POLL_S + 1.0
            assert bench.run(run)["state"] == "stopped"
            bench.control.chamber("oven-1", sensor="ok")
            acknowledge_all(bench)


def lost_sensors(bench: VirtualBench) -> list[TripRow]:
    return [trip for trip in trips(bench) if "sensor lost" in trip.rule and trip.latched]


def acknowledge_all(bench: VirtualBench) -> None:
    """Once the sensor is seen to be well again, or it would trip anew."""
    let_pass(bench, 3 * POLL_S)
    with writing(bench.engine) as connection:
        for trip in list_trips(connection):
            acknowledge(connection, trip.id, by="anna", reason="sensor replaced", now=bench.control.now())
    bench.wait_for(lambda: not trips(bench), "nothing is latched")


def test_after_the_acknowledgement_nothing_goes_on_by_itself(make_bench: Make) -> None:
    bench = make_bench(1, poll="10 s")
    add_interlocks(bench, "{when: {cell: any, current: above 1 mA}, do: pause, alarm: warning}")
    first, second = launch(bench, 1), launch(bench, 1)
    with bench.node():
        bench.wait_state(first, "paused", "stopped", "failed")
        bench.wait_for(lambda: bench.run(second)["desired"] == "pause", "the queued run is held back")
        (trip,) = trips(bench)
        with writing(bench.engine) as connection:
            acknowledge(connection, trip.id, by="anna", reason="it is only a test", now=bench.control.now())
        let_pass(bench, 60 * POLL_S)
    assert (bench.run(first)["state"], bench.run(second)["state"]) == ("paused", "queued")
    assert (trip.subject, trip.cell_id, trip.action) == ("cell A1", "L1", "pause")
    assert trips(bench) == []


def test_a_chamber_that_moves_by_itself_trips_nothing(make_bench: Make) -> None:
    """Cells that are warmed and cooled by their chamber, with a sensor on each, are no cells that warm."""
    bench = make_bench(1, oven={"poll": "20 s"}, poll="30 s", instrument={"temperature_aux": "T1"})
    text = bench.lab.path.read_text(encoding="utf-8")
    text = text.replace("chamber: oven-1", "chamber: oven-1\n    temperature: channel", 1)
    text = text.replace("driver: neware", "driver: neware\n    temperature_aux: T1", 1)
    bench.lab.path.write_text(text, encoding="utf-8")
    add_interlocks(
        bench, "{when: {cell: any, heating_rate: above 3 K/min relative to its chamber, for: 20 s}, do: stop}"
    )
    run = launch(bench, 1, cycles="1")
    with bench.node():
        bench.wait_state(run, "running")
        for set_point_degC in (40.0, 22.0):
            bench.control.chamber("oven-1", mode="auto", set_point_degC=set_point_degC)
            let_pass(bench, 1200.0)
        with reading(bench.engine) as connection:
            row = find_chamber(connection, "oven-1")
    assert row is not None
    assert (row.process_degC, bench.run(run)["state"], trips(bench)) == (pytest.approx(22.0, abs=0.5), "running", [])
