"""A protocol file runs on a channel by itself; records and cycle results are the instrument's own."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest
import sqlalchemy as sa

from orchestrator.store.tables import alarms, analyses, cycles, intents
from orchestrator.store.transactions import reading
from orchestrator.testing.virtual_bench import VirtualBench
from tests.e2e.conftest import assert_stored_equals_ledger
from tests.e2e.short_protocol import SHORT

Make = Callable[..., VirtualBench]


def test_a_protocol_runs_from_launch_to_results(make_bench: Make) -> None:
    bench = make_bench(2)
    runs = [bench.launch("short", f"L{number}", f"A{number}", source=SHORT) for number in (1, 2)]
    with bench.node():
        for number, run in enumerate(runs, start=1):
            bench.wait_state(run, "completed", "failed")
            assert bench.run(run)["state"] == "completed", bench.run(run)["reason"]
            assert assert_stored_equals_ledger(bench, run, number) > 500
        bench.wait_for(lambda: _analysis(bench, runs[0])["state"] == "done", "the analysis of run 1")
    _assert_cycles_are_the_ledgers(bench, runs[0])
    values = {value["name"]: value for value in _analysis(bench, runs[0])["result"]["values"]}
    assert 50 < values["initial coulombic efficiency"]["value"] < 90  # %
    with reading(bench.engine) as connection:
        assert connection.scalar(sa.select(sa.func.count()).where(intents.c.outcome.is_(None))) == 0
        assert connection.scalar(sa.select(sa.func.count()).select_from(alarms)) == 0


def _analysis(bench: VirtualBench, run: int) -> dict[str, object]:
    with reading(bench.engine) as connection:
        row = connection.execute(sa.select(analyses).where(analyses.c.run_id == run)).mappings().one()
    return {**row, "result": row["result"] if not isinstance(row["result"], str) else json.loads(row["result"])}


def _assert_cycles_are_the_ledgers(bench: VirtualBench, run: int) -> None:
    """Capacities of each cycle, added up here from the last counter of every step in the instrument's memory."""
    ledger = bench.ledger(bench.segments(run)[0], bench.channel(1))
    with reading(bench.engine) as connection:
        rows = (
            connection.execute(sa.select(cycles).where(cycles.c.run_id == run).order_by(cycles.c.cycle))
            .mappings()
            .all()
        )
    assert [row["cycle"] for row in rows] == [1, 2, 3]
    assert all(row["complete"] and not row["gap"] for row in rows)
    last_of_step = np.flatnonzero(np.diff(ledger["stepid"], append=-1))
    for row in rows:
        for kind, column in (("dc", "discharge_capacity_Ah"), ("cc", "charge_capacity_Ah")):
            mine = [
                i for i in last_of_step if ledger["cycleid"][i] + 1 == row["cycle"] and ledger["steptype"][i] == kind
            ]
            assert row[column] == pytest.approx(sum(ledger["cap_Ah"][mine]), rel=1e-12)


def test_runs_queue_on_a_channel_and_the_next_starts_when_one_completes(make_bench: Make) -> None:
    bench = make_bench()
    first = bench.launch("short", "L1", "A1", source=SHORT, cycles="1")
    second = bench.launch("short", "L1", "A1", source=SHORT, cycles="1")
    with bench.node():
        bench.wait_state(second, "completed", "failed")
    assert bench.run(first)["state"] == bench.run(second)["state"] == "completed"
    assert bench.run(second)["started_unix_s"] >= bench.run(first)["finished_unix_s"]
    assert [test["barcode"] for test in bench.control.tests("bts-1")] == ["L1#1.0.1", "L1#2.0.1"]
