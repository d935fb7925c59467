"""Launching what changes a chamber's temperature: where it can be done, how far, with whom, and behind whom."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from orchestrator.launch import LaunchedRun, LaunchRefused, LaunchRequest, launch_together
from orchestrator.store.cells import insert_cell
from orchestrator.store.chambers import chambers_known, update_chamber
from orchestrator.store.tables import batches, cells, runs
from orchestrator.store.transactions import reading, writing
from protocols.cell import Cell
from tests.orchestrator.engine.chambers.chamber_bench import PROTOCOL, ChamberBench
from tests.orchestrator.fake_cycler import FakeCycler
from tests.orchestrator.launch.bench_lab import NOW

AT_REST = PROTOCOL.replace("  - temperature: {to: $to, within: 0.5 K, soak: 60 s, give_up_after: 1 h}\n", "").replace(
    "parameters: {to: 40 degC}\n", ""
)


@pytest.fixture
def oven(tmp_path: Path) -> Iterator[ChamberBench]:
    bench = ChamberBench(tmp_path)
    with writing(bench.database) as connection:
        for number in (2, 3):
            insert_cell(connection, Cell(f"L{number}"), now=NOW)
    yield bench
    bench.close()


def launched(oven: ChamberBench, *cells_at: str, source: str = PROTOCOL, **parameters: str) -> list[LaunchedRun]:
    """``L1 A1``: that cell on that bench."""
    requests = [
        LaunchRequest("made", cell, bench, source=source, parameters=parameters)
        for cell, bench in (one.split() for one in cells_at)
    ]
    with writing(oven.database) as connection:
        return launch_together(connection, oven.lab, lambda _: FakeCycler(), requests, NOW, "anna")


def refused(oven: ChamberBench, *cells_at: str, **parameters: str) -> list[str]:
    with pytest.raises(LaunchRefused) as refusal:
        launched(oven, *cells_at, **parameters)
    with reading(oven.database) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(runs)) == 0
    return list(refusal.value.problems)


def test_a_run_remembers_the_chamber_that_is_around_its_cell(oven: ChamberBench) -> None:
    [run] = launched(oven, "L1 A1", source=AT_REST)
    assert (oven.run(run.run_id)["chamber"], oven.run(run.run_id)["batch_id"]) == ("oven-1", None)


def test_a_bench_without_a_chamber_is_refused_with_those_that_have_one(oven: ChamberBench) -> None:
    assert refused(oven, "L1 A4") == [
        "line 8: temperature: A4 (bts-1/27-21-1-4) is in no chamber; benches in a chamber: oven-1: A1, A2; oven-2: A3"
    ]


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("-21 degC", "line 8: temperature: -21 degC is outside -20 … 80 degC, the limits of oven-1 in the lab file"),
        ("80.5 degC", "line 8: temperature: 80.5 degC is outside -20 … 80 degC, the limits of oven-1 in the lab file"),
    ],
)
def test_beyond_the_lab_files_limits(oven: ChamberBench, to: str, said: str) -> None:
    assert refused(oven, "L1 A1", to=to) == [said]


def test_beyond_what_the_chamber_itself_told(oven: ChamberBench) -> None:
    with writing(oven.database) as connection:
        chambers_known(connection, ["oven-2"], simulated=True)
        update_chamber(connection, "oven-2", low_degC=-5.0, high_degC=60.0)
    assert refused(oven, "L1 A3", to="70 degC") == [
        "line 8: temperature: 70 degC is outside -5 … 60 degC, as far as oven-2 goes"
    ]


def test_beyond_what_the_cell_allows(oven: ChamberBench) -> None:
    oven.write(cells.update().where(cells.c.id == "L1").values(metadata={"temperature_max": "35 degC"}))
    assert refused(oven, "L1 A1") == [
        "line 8: temperature: 40 degC is outside … 35 degC, which cell L1 allows by its metadata"
    ]


def test_a_cells_range_that_is_none_is_named(oven: ChamberBench) -> None:
    oven.write(cells.update().where(cells.c.id == "L1").values(metadata={"temperature_min": "cold"}))
    [problem] = refused(oven, "L1 A1")
    assert problem.startswith("cell L1: metadata temperature_min or temperature_max: ")


def test_cells_launched_together_in_one_chamber_are_a_batch(oven: ChamberBench) -> None:
    first, second, elsewhere = launched(oven, "L1 A1", "L2 A2", "L3 A3")
    assert first.batch_id == second.batch_id == 1
    assert elsewhere.batch_id is None, "alone in its chamber"
    assert [oven.run(run.run_id)["batch_id"] for run in (first, second, elsewhere)] == [1, 1, None]
    with reading(oven.database) as connection:
        assert connection.execute(sa.select(batches.c["chamber", "state"])).all() == [("oven-1", "active")]


def test_what_goes_to_other_temperatures_is_another_batch(oven: ChamberBench) -> None:
    """One set point cannot be that of both: the second waits for the first."""
    requests = [
        LaunchRequest("made", cell, bench, source=PROTOCOL, parameters={"to": to})
        for cell, bench, to in (("L1", "A1", "40 degC"), ("L2", "A2", "10 degC"))
    ]
    with writing(oven.database) as connection:
        both = launch_together(connection, oven.lab, lambda _: FakeCycler(), requests, NOW, "anna")
    assert [(run.batch_id, run.waits) for run in both] == [(None, None), (None, "waits for run 1, which has oven-1")]


def test_cells_that_only_sit_in_a_chamber_are_no_batch(oven: ChamberBench) -> None:
    assert [run.batch_id for run in launched(oven, "L1 A1", "L2 A2", source=AT_REST)] == [None, None]


def test_who_comes_later_is_told_for_whom_it_waits(oven: ChamberBench) -> None:
    launched(oven, "L1 A1")
    [second] = launched(oven, "L2 A2")
    assert second.waits == "waits for run 1, which has oven-1"
    [elsewhere] = launched(oven, "L3 A3")
    assert elsewhere.waits is None


def test_one_that_is_refused_leaves_no_batch(oven: ChamberBench) -> None:
    assert refused(oven, "L1 A1", "L2 A4") != []
    with reading(oven.database) as connection:
        assert connection.execute(sa.select(batches)).all() == []
