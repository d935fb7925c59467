"""The library's protocols for a potentiostat, complete on a virtual VSP-300: file, node, EClib, spool, database."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from orchestrator.export.known_gaps import possible_gaps
from orchestrator.store.tables import alarms, analyses, intents
from orchestrator.store.transactions import reading
from orchestrator.testing.virtual_bench import VirtualBench
from tests.e2e.vsp_ledger import assert_stored_equals_ledger

Make = Callable[..., VirtualBench]
JOBS = (
    ("cv-scan-rates", {"cycles_per_rate": "1"}, 15_000),
    ("impedance", {}, 1_000),
    ("gitt", {}, 30_000),
)


def test_the_librarys_protocols_run_on_a_vsp_300_and_every_record_is_the_ledgers(make_bench: Make) -> None:
    bench = make_bench(0, vsp=len(JOBS), poll="4 h", lost_after="12 h")
    launched = [
        (bench.launch(name, f"V{number}", f"P{number}", **parameters), f"P{number}", least)
        for number, (name, parameters, least) in enumerate(JOBS, start=1)
    ]
    with bench.node():
        for run, _, _ in launched:
            bench.wait_state(run, "completed", "failed")
        bench.wait_for(lambda: analysed(bench) == {"done"}, "all analyses done")
    for run, place, least in launched:
        assert bench.run(run)["state"] == "completed", bench.run(run)["reason"]
        assert {segment["outcome"] for segment in bench.segments(run)} == {"finished"}
        assert assert_stored_equals_ledger(bench, run, place) > least
        with reading(bench.engine) as connection:
            assert possible_gaps(connection, run) == []
    with reading(bench.engine) as connection:
        assert connection.scalar(sa.select(sa.func.count()).where(intents.c.outcome.is_(None))) == 0
        assert connection.scalar(sa.select(sa.func.count()).select_from(alarms)) == 0


def analysed(bench: VirtualBench) -> set[str]:
    """States of the analyses that the protocols name."""
    with reading(bench.engine) as connection:
        return set(connection.scalars(sa.select(analyses.c.state)))
