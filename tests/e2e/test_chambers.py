"""Runs in a chamber: barriers, soaks that are measured, who waits for whom; through wires, node and database."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import sqlalchemy as sa

from orchestrator.store.chamber_records import process_values
from orchestrator.store.chambers import find_chamber
from orchestrator.store.tables import chamber_records, events, segments, spectra
from orchestrator.store.transactions import reading
from orchestrator.testing.virtual_bench import VirtualBench
from tests.e2e.conftest import assert_stored_equals_ledger
from tests.e2e.temperature_protocol import SPECTRA, STEPPED

Make = Callable[..., VirtualBench]
OVEN = {"park": "22 degC", "poll": "1 min"}


def test_a_batch_goes_on_without_the_cell_that_failed_at_the_second_temperature(make_bench: Make) -> None:
    bench = make_bench(3, oven=OVEN, poll="2 min")
    bench.control.fault("bts-1", "start", "refuse", 5)  # three starts at the first temperature, then the second cell's
    cells_at = {"L1": "A1", "L2": "A2", "L3": "A3"}
    runs = bench.launch_together("stepped", cells_at, source=STEPPED, temperatures="[27 degC, 30 degC, 26 degC]")
    with bench.node():
        for run in runs:
            bench.wait_state(run, "completed", "failed")
        bench.wait_for(lambda: set_points(bench)[-1:] == [22.0], "the chamber parked")
    assert [bench.run(run)["state"] for run in runs] == ["completed", "failed", "completed"]
    for number in (1, 3):
        assert assert_stored_equals_ledger(bench, runs[number - 1], number) > 50
        assert np.allclose(measured_at(bench, runs[number - 1]), [27.0, 30.0, 26.0], atol=0.5)
    assert set_points(bench) == [27.0, 30.0, 26.0, 22.0]


def test_a_second_run_waits_for_the_batch_and_says_so(make_bench: Make) -> None:
    bench = make_bench(3, oven=OVEN, poll="2 min")
    first = bench.launch_together("stepped", {"L1": "A1", "L2": "A2"}, source=STEPPED, temperatures="[30 degC]")
    second = bench.launch("stepped", "L3", "A3", source=STEPPED, temperatures="[33 degC]")
    with bench.node():
        told = f"waits for batch 1 (runs {first[0]}, {first[1]}), which has oven-1"
        bench.wait_for(lambda: bench.run(second)["reason"] == told, told)
        for run in (*first, second):
            bench.wait_state(run, "completed", "failed")
    assert [bench.run(run)["state"] for run in (*first, second)] == ["completed"] * 3
    starts = {run: bench.segments(run)[0]["started_unix_s"] for run in (*first, second)}
    assert starts[second] > max(bench.run(run)["finished_unix_s"] for run in first)


def test_a_node_killed_in_a_soak_measures_the_whole_soak_anew(make_bench: Make) -> None:
    bench = make_bench(1, oven=OVEN, poll="2 min", speed_without_node=120.0)
    run = bench.launch("stepped", "L1", "A1", source=STEPPED, temperatures="[30 degC]", soak="15 min")
    with bench.node() as node:
        bench.wait_for(lambda: "soaks since" in str(bench.run(run)["reason"]), "it soaks")
        node.kill()
        node.wait()
    away_until_unix_s = bench.control.now() + 120.0
    bench.wait_for(lambda: bench.control.now() >= away_until_unix_s, "time passes without a node")
    with bench.node():
        bench.wait_state(run, "completed", "failed")
    assert bench.run(run)["state"] == "completed", bench.run(run)["reason"]
    assert set_points(bench)[0:1] == [30.0]
    assert set_points(bench).count(30.0) == 1
    looks = [look for look in looks_at_oven(bench) if look < bench.segments(run)[0]["started_unix_s"]]
    gaps = [later for earlier, later in pairwise(looks) if later - earlier > 60.0]
    assert gaps, "the node was not away"
    assert bench.segments(run)[0]["started_unix_s"] - gaps[-1] >= 900.0


def test_a_node_killed_while_cells_are_measured_finds_them_again(make_bench: Make) -> None:
    bench = make_bench(2, oven=OVEN, poll="2 min", speed_without_node=120.0)
    runs = bench.launch_together(
        "stepped", {"L1": "A1", "L2": "A2"}, source=STEPPED, temperatures="[30 degC, 33 degC]", stay="20 min"
    )
    with bench.node() as node:
        for run in runs:
            bench.wait_state(run, "running")
        node.kill()
    with bench.node():
        for run in runs:
            bench.wait_state(run, "completed", "failed")
    for number, run in enumerate(runs, start=1):
        assert bench.run(run)["state"] == "completed", bench.run(run)["reason"]
        assert [segment["attempt"] for segment in bench.segments(run)] == [1, 1]
        assert_stored_equals_ledger(bench, run, number)


def test_a_node_killed_in_a_spectrum_takes_it_up_and_all_temperatures_are_measured(make_bench: Make) -> None:
    bench = make_bench(0, vsp=2, oven=OVEN, poll="10 s", lost_after="1 h", speed_without_node=20.0)
    runs = bench.launch_together("spectra", {"V1": "P1", "V2": "P2"}, source=SPECTRA)
    with bench.new_control() as time, bench.node() as node:
        time.attach("the test")  # lab time moves only when the test says so: nothing ends while it looks
        bench.wait_until_up()
        while not all(points(bench, run) > 10 for run in runs):
            time.sleep(time.now() + 20.0)
        node.kill()
        node.wait()
    assert [bench.run(run)["state"] for run in runs] == ["running", "running"]
    with bench.node():
        for run in runs:
            bench.wait_state(run, "completed", "failed")
    for run in runs:
        assert bench.run(run)["state"] == "completed", bench.run(run)["reason"]
        assert [segment["attempt"] for segment in bench.segments(run)] == [1, 1]
        assert points(bench, run) == 2 * (6 * 4 + 1)
        assert np.allclose(measured_at(bench, run), [27.0, 30.0], atol=0.5)


def points(bench: VirtualBench, run: int) -> int:
    query = sa.select(sa.func.count()).select_from(spectra).join(segments, segments.c.id == spectra.c.segment_id)
    with reading(bench.engine) as connection:
        return connection.scalar(query.where(segments.c.run_id == run)) or 0


def test_stopped_in_a_soak_it_stops_at_once_and_the_chamber_is_parked(make_bench: Make) -> None:
    bench = make_bench(1, oven=OVEN, poll="2 min")
    run = bench.launch("stepped", "L1", "A1", source=STEPPED, temperatures="[30 degC]", soak="100 h", stay="1 h")
    with bench.node():
        bench.wait_for(lambda: "soaks since" in str(bench.run(run)["reason"]), "it soaks")
        bench.want(run, "stop")
        bench.wait_state(run, "stopped", "failed")
        bench.wait_for(lambda: set_points(bench)[-1:] == [22.0], "the chamber parked")
    assert bench.run(run)["state"] == "stopped"
    assert bench.segments(run)[0]["test_id"] is None, "nothing was ever started"


def set_points(bench: VirtualBench) -> list[float]:
    """What the chamber took of us, in order, from the log; the last of it is what its row says."""
    query = sa.select(events.c.message).where(events.c.instrument == "oven-1").order_by(events.c.id)
    with reading(bench.engine) as connection:
        said = connection.execute(query).scalars().all()
        row = find_chamber(connection, "oven-1")
    found = [float(match.group(1)) for one in said if (match := re.match(r"oven-1: set point (\S+) °C", one))]
    assert row is None or not found or row.wanted_degC == found[-1]
    return found


def looks_at_oven(bench: VirtualBench) -> list[float]:
    with reading(bench.engine) as connection:
        query = sa.select(chamber_records.c.unix_time_s).order_by(chamber_records.c.unix_time_s)
        return list(connection.execute(query).scalars())


def measured_at(bench: VirtualBench, run: int) -> list[float]:
    """Mean temperature of the chamber during each segment, between its own looks."""
    found = []
    with reading(bench.engine) as connection:
        for segment in bench.segments(run):
            values = process_values(connection, "oven-1", bench.stored(segment["id"])["unix_time_s"])
            found.append(float(np.nanmean(values)))
    return found
