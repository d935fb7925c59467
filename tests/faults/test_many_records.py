"""Row 24, in a small form: a hundred thousand records through one node, whose memory stays what it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from orchestrator.store.node_tables import instrument_status
from orchestrator.store.tables import records
from orchestrator.store.transactions import reading
from orchestrator.testing.virtual_bench import VirtualBench
from tests.e2e.linked_protocol import LINKED
from tests.faults.story import alarms, assert_stored

Make = Callable[..., VirtualBench]
EVERY_SECOND = """\
cellbench: 1
protocol: every-second
cell: {window: [0.01 V, 1.5 V]}
limits: {voltage: [-0.05 V, 2.0 V], current: 3C}
record: {every: 1 s}
steps:
  - rest: 7 h
"""
WARM = 20_000
"""Records after which a process has all that it needs."""
GROWTH_MB = 6.0
"""Kept in memory, the records behind those would be more than 10 MB."""


def resident_MB(pid: int) -> float:
    line = next(one for one in Path(f"/proc/{pid}/status").read_text().splitlines() if one.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def stored(bench: VirtualBench) -> int:
    with reading(bench.engine) as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(records)) or 0


def test_memory_does_not_grow_with_what_was_recorded_and_lateness_is_reported(make_held_bench: Make) -> None:
    bench = make_held_bench(2, vsp=1, poll="2 min")
    places = {"L1": "A1", "L2": "A2", "V1": "P1"}
    runs = {cell: bench.launch("every", cell, places[cell], source=EVERY_SECOND) for cell in ("L1", "L2")}
    runs["V1"] = bench.launch("linked", "V1", "P1", source=LINKED, passes="200")
    with bench.node() as node:
        bench.wait_for(lambda: stored(bench) > WARM, "the first records")
        before_MB = resident_MB(node.pid)
        for run in runs.values():
            bench.wait_state(run, "completed", "failed", "stopped")
        grown_MB = resident_MB(node.pid) - before_MB
        with reading(bench.engine) as connection:
            late = dict(connection.execute(sa.select(instrument_status.c.instrument, instrument_status.c.late_s)).all())
    for cell, run in runs.items():
        assert bench.run(run)["state"] == "completed", bench.run(run)["reason"]
        assert assert_stored(bench, run, places[cell]) > 25_000
    assert stored(bench) > 100_000
    assert grown_MB < GROWTH_MB
    assert set(late) == {"bts-1", "vsp-1"}
    assert alarms(bench) == []
