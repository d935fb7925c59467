"""A titration there and back on NEWARE: each loop is left on the instrument, at its voltage, and the plan goes on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from orchestrator.store.tables import alarms
from orchestrator.store.transactions import reading
from orchestrator.testing.virtual_bench import VirtualBench
from tests.e2e.conftest import assert_stored_equals_ledger

TITRATION = """\
cellbench: 1
protocol: titration
parameters: {rate: 1C}
cell: {window: [0.01 V, 1.5 V]}
limits: {voltage: [-0.05 V, 2.0 V], current: 3C}
record: {every: 30 s, voltage_change: 10 mV}
steps:
  - gitt: {discharge: $rate, pulse: 5 min, rest: 20 min, until: {voltage: 0.05 V}}
  - gitt: {charge: $rate, pulse: 5 min, rest: 20 min, until: {voltage: 1.2 V}}
"""


def test_a_titration_ends_at_its_voltages_and_every_record_is_the_ledgers(
    make_bench: Callable[..., VirtualBench],
) -> None:
    bench = make_bench()
    run = bench.launch("titration", "L1", "A1", source=TITRATION)
    with bench.node():
        bench.wait_state(run, "completed", "failed")
    assert bench.run(run)["state"] == "completed", bench.run(run)["reason"]
    assert assert_stored_equals_ledger(bench, run, 1) > 100
    there, back = bench.segments(run)
    assert (there["outcome"], back["outcome"]) == ("finished", "finished")
    for segment, end_V in ((there, 0.05), (back, 1.2)):
        stored = bench.stored(segment["id"])
        assert stored["voltage_V"][-1] == pytest.approx(end_V, abs=0.01)
        assert stored["step"][-1] == 1, "left from a pulse, without another rest"
        assert stored["cycle"].max() > 2
    with reading(bench.engine) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(alarms)) == 0
