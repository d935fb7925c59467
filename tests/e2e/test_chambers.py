"""Runs in a chamber: barriers, soaks that are measured, who waits for whom; through wires, node and database."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from orchestrator.store.chamber_records import process_values
from orchestrator.store.transactions import reading
from orchestrator.testing.virtual_bench import VirtualBench
from tests.e2e.conftest import assert_stored_equals_ledger
from tests.e2e.temperature_protocol import STEPPED

Make = Callable[..., VirtualBench]


def test_a_batch_measures_at_each_temperature(make_bench: Make) -> None:
    bench = make_bench(2, oven={"park": "20 degC"}, poll="2 min")
    runs = bench.launch_together("stepped", {"L1": "A1", "L2": "A2"}, source=STEPPED)
    with bench.node():
        for run in runs:
            bench.wait_state(run, "completed", "failed")
    for number, run in enumerate(runs, start=1):
        assert bench.run(run)["state"] == "completed", bench.run(run)["reason"]
        assert assert_stored_equals_ledger(bench, run, number) > 50
        temperatures = measured_at(bench, run)
        assert abs(temperatures[0] - 40.0) < 0.5
        assert abs(temperatures[1] - 30.0) < 0.5


def measured_at(bench: VirtualBench, run: int) -> list[float]:
    """Mean temperature of the chamber during each segment, between its own looks."""
    found = []
    with reading(bench.engine) as connection:
        for segment in bench.segments(run):
            values = process_values(connection, "oven-1", bench.stored(segment["id"])["unix_time_s"])
            found.append(float(np.nanmean(values)))
    return found
