"""A start is never sent twice, a stop is verified, and nobody else's test is touched."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from drivers.contracts import Translation
from orchestrator.exit_codes import CANNOT_START
from orchestrator.store.tables import alarms, intents
from orchestrator.store.transactions import reading
from orchestrator.testing.virtual_bench import VirtualBench
from tests.e2e.conftest import assert_stored_equals_ledger
from tests.e2e.short_protocol import SHORT

Make = Callable[..., VirtualBench]


@pytest.mark.parametrize("fault", ["drop_reply", "close_before_reply", "close_mid_reply", "garble"])
def test_a_lost_answer_to_start_leads_to_one_test(make_bench: Make, fault: str) -> None:
    bench = make_bench()
    bench.control.fault("bts-1", "start", fault, 1)
    run = bench.launch("short", "L1", "A1", source=SHORT, cycles="1")
    with bench.node():
        bench.wait_state(run, "completed", "failed")
    assert bench.run(run)["state"] == "completed", bench.run(run)["reason"]
    assert [test["barcode"] for test in bench.control.tests("bts-1")] == [f"L1#{run}.0.1"]
    assert_stored_equals_ledger(bench, run, 1)


def test_an_occupied_channel_is_refused_and_left_alone(make_bench: Make) -> None:
    bench = make_bench()
    mine = bench.launch("short", "L1", "A1", source=SHORT)
    content = bench.segments(mine)[0]["content"]
    bench._cyclers["bts-1"].start(bench.channel(1), Translation(content, "text/xml", ()), "a colleague's cell")
    with bench.node():
        bench.wait_state(mine, "failed")
    assert "busy with a colleague's cell" in bench.run(mine)["reason"]
    assert [test["barcode"] for test in bench.control.tests("bts-1")] == ["a colleague's cell"]


def test_pause_resume_and_stop_reach_the_channel(make_bench: Make) -> None:
    bench = make_bench()
    run = bench.launch("short", "L1", "A1", source=SHORT, cycles="200")
    with bench.node():
        bench.wait_state(run, "running")
        bench.want(run, "pause")
        bench.wait_state(run, "paused")
        assert bench.control.tests("bts-1")[0]["state"] == "pause"
        bench.want(run, "run")
        bench.wait_state(run, "running")
        bench.want(run, "stop")
        bench.wait_state(run, "stopped", "failed")
    assert bench.control.tests("bts-1")[0]["state"] == "stop"
    assert bench.segments(run)[0]["outcome"] == "stopped"
    assert_stored_equals_ledger(bench, run, 1)


def test_the_stop_file_works_without_the_database(make_bench: Make) -> None:
    bench = make_bench(2)
    runs = [bench.launch("short", f"L{number}", f"A{number}", source=SHORT, cycles="200") for number in (1, 2)]
    with bench.node():
        for run in runs:
            bench.wait_state(run, "running")
        with bench.engine.connect() as blocker:
            blocker.exec_driver_sql("SELECT 1")  # begins BEGIN IMMEDIATE: nobody else can write
            (bench.folder / "STOP").write_text("a technician\n")
            bench.wait_for(lambda: {test["state"] for test in bench.control.tests("bts-1")} == {"stop"}, "both stopped")
        for run in runs:
            bench.wait_state(run, "stopped", "failed")
        bench.wait_for(lambda: not (bench.folder / "STOP").exists(), "the STOP file obeyed")
    for number, run in enumerate(runs, start=1):
        assert bench.run(run)["state"] == "stopped"
        assert_stored_equals_ledger(bench, run, number)


def test_the_instruments_own_protection_fails_the_run_and_tells_a_person(make_bench: Make) -> None:
    bench = make_bench()
    tight = SHORT.replace("limits: {voltage: [-0.05 V, 2.0 V]", "limits: {voltage: [-0.05 V, 1.6 V]").replace(
        "charge: {current: $rate, until: {voltage: 1.5 V}}", "charge: {current: $rate, until: {duration: 20 h}}"
    )
    run = bench.launch("tight", "L1", "A1", source=tight)
    with bench.node():
        bench.wait_state(run, "failed", "completed")
    assert "protection" in bench.run(run)["reason"]
    assert bench.control.tests("bts-1")[0]["state"] == "protect"
    with reading(bench.engine) as connection:
        assert connection.scalar(sa.select(alarms.c.severity)) == "critical"
    assert_stored_equals_ledger(bench, run, 1)


def test_a_second_node_is_refused_by_name(make_bench: Make) -> None:
    bench = make_bench()
    run = bench.launch("short", "L1", "A1", source=SHORT, cycles="200")
    with bench.node() as first:
        bench.wait_state(run, "running")
        command = [sys.executable, "-m", "orchestrator.cli", "node", "--lab", str(bench.lab.path)]
        second = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert second.returncode == CANNOT_START
    assert f"driven by process {first.pid}" in second.stderr
    assert "Traceback" not in second.stderr


def test_a_stop_rule_ends_the_loop_at_a_cycle_and_the_plan_goes_on(make_bench: Make) -> None:
    bench = make_bench(poll="5 min")
    ruled = """\
cellbench: 1
protocol: ruled
cell: {window: [0.01 V, 1.5 V]}
limits: {voltage: [-0.05 V, 2.0 V], current: 3C}
record: {every: 60 s, voltage_change: 20 mV}
steps:
  - repeat: 2
    steps:
      - discharge: {current: 0.5C, until: {voltage: 0.01 V}}
      - charge: {current: 0.5C, until: {voltage: 1.5 V}}
  - repeat: 100
    stop_when: {capacity_retention: {below: 99.9 %, since_cycle: 1, for_cycles: 2}}
    steps:
      - discharge: {current: 2C, until: {voltage: 0.01 V}}
      - charge: {current: 2C, until: {voltage: 1.5 V}}
  - rest: 10 min
"""
    run = bench.launch("ruled", "L1", "A1", source=ruled)
    with bench.node():
        bench.wait_state(run, "completed", "failed")
    assert bench.run(run)["state"] == "completed", bench.run(run)["reason"]
    outcomes = [segment["outcome"] for segment in bench.segments(run)]
    assert outcomes == ["rule", "finished"]
    ledger = bench.ledger(bench.segments(run)[0], bench.channel(1))
    assert 2 + 3 <= ledger["cycleid"].max() + 1 < 102
    assert ledger["steptype"][-1] == "cc", "ended inside a cycle, not at its boundary"
    with reading(bench.engine) as connection:
        assert connection.scalar(sa.select(sa.func.count()).where(intents.c.outcome.is_(None))) == 0
    assert_stored_equals_ledger(bench, run, 1)
