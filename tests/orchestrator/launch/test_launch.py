from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, update

from drivers.contracts import Cycler
from orchestrator.config import Lab
from orchestrator.instruments import open_cycler
from orchestrator.launch import LaunchedRun, LaunchRefused, LaunchRequest, launch
from orchestrator.store.cells import insert_cell
from orchestrator.store.tables import channels, events, instruments, latest, protocols, runs, segments
from orchestrator.store.transactions import reading, writing
from protocols.cell import Cell
from protocols.errors import ProtocolErrors
from protocols.library import find
from protocols.storage import load_plan
from tests.orchestrator.launch.bench_lab import NOW, fill, make_lab

LINE_BREAKS = ("\n", "\r")


@dataclass
class Desk:
    engine: Engine
    lab: Lab

    def cycler(self, place: object) -> Cycler:
        return open_cycler(self.lab, "bts-1")

    def launch(self, protocol: str = "formation", cell: str = "L1", place: str = "A1", **more: object) -> LaunchedRun:
        request = LaunchRequest(protocol, cell, place, **more)  # type: ignore[arg-type]
        with writing(self.engine) as connection:
            return launch(connection, self.lab, self.cycler, request, NOW + 10, "anna")

    def refused(self, *arguments: str, **more: object) -> tuple[str, ...]:
        with pytest.raises(LaunchRefused) as refusal:
            self.launch(*arguments, **more)
        assert all(problem and not any(mark in problem for mark in LINE_BREAKS) for problem in refusal.value.problems)
        return refusal.value.problems

    def rows(self, table: object) -> int:
        with reading(self.engine) as connection:
            return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]

    def see(self, channel: str, state: str, tag: str | None = None, run_id: int | None = None) -> None:
        values = {"instrument": "bts-1", "channel": channel, "observed_unix_s": NOW, "native_state": "working"}
        with writing(self.engine) as connection:
            connection.execute(latest.insert().values(**values, state=state, tag=tag, run_id=run_id))


@pytest.fixture
def desk(tmp_path: Path, open_engine: Callable[..., Engine]) -> Desk:
    """On SQLite."""
    lab = make_lab(tmp_path)
    fill(lab)
    return Desk(open_engine(lab.database_url), lab)


@pytest.fixture
def desk_on_both(tmp_path: Path, database_url: str, open_engine: Callable[..., Engine]) -> Desk:
    """On SQLite and on PostgreSQL."""
    lab = make_lab(tmp_path, database_url)
    fill(lab)
    return Desk(open_engine(lab.database_url), lab)


def test_a_launch_stores_the_plan_and_the_very_bytes(desk_on_both: Desk) -> None:
    desk = desk_on_both
    launched = desk.launch("rate-ladder", parameters={"cycles_per_rate": "2"}, note="after the move")

    with reading(desk.engine) as connection:
        run = connection.execute(select(runs)).one()
        segment = connection.execute(select(segments)).one()
        protocol = connection.execute(select(protocols)).one()
        log = connection.execute(select(events.c.actor, events.c.kind, events.c.message).order_by(events.c.id)).all()
    assert (run.id, run.state, run.desired, run.item, run.cell_id) == (launched.run_id, "queued", "run", 0, "L1")
    assert (run.instrument, run.channel, run.created_unix_s) == ("bts-1", "27-21-1-1", NOW + 10)
    assert load_plan(run.plan) == launched.plan
    assert launched.plan.parameters["cycles_per_rate"] == "2"
    assert launched.plan.estimate.cycles == 16
    shipped = find("rate-ladder")
    assert shipped is not None
    assert protocol.source.encode() == shipped.content
    assert protocol.sha256 == run.protocol_sha256 == launched.plan.protocol_sha256
    assert (segment.tag, segment.number, segment.attempt) == (f"L1#{run.id}.0.1", 0, 1)
    assert (segment.cursor, segment.records, segment.cycle_offset, segment.time_offset_s) == ("", 0, 0, 0.0)
    program = launched.plan.items[0].program  # type: ignore[union-attr]
    assert bytes(segment.content) == desk.cycler(None).translate(program, "27-21-1-1").content
    assert {step["origin"]["label"] for step in segment.step_map} >= {"ladder 0.2 A/g", "ladder 5 A/g"}
    assert [tuple(line) for line in log] == [
        ("anna", "launch", "rate-ladder on L1"),
        ("anna", "note", "after the move"),
    ]


def test_a_second_launch_of_the_same_file_shares_the_protocol_and_queues_behind(desk: Desk) -> None:
    first, second = desk.launch(), desk.launch()

    assert (first.behind_run_id, second.behind_run_id) == (None, first.run_id)
    assert (desk.rows(protocols), desk.rows(runs), desk.rows(segments)) == (1, 2, 2)


def test_a_file_with_a_byte_order_mark_is_stored_under_the_hash_of_its_text(desk: Desk) -> None:
    shipped = find("formation")
    assert shipped is not None

    desk.launch("mine.yaml", source="\ufeff" + shipped.content.decode())

    with reading(desk.engine) as connection:
        assert connection.execute(select(protocols.c.source)).scalar_one() == shipped.content.decode()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("formation", "L9"), "cell L9 is not known; add it: cellbench cell add L9"),
        (("formation", "L1", "A7"), "bench A7 is not in the lab file; it has A1, A2"),
        (("formation", "L1", "A11"), "is A1 meant?"),
        (("formation", "L1", "bts-2/1"), "instrument bts-2 is not in the lab file; is bts-1 meant?"),
        (("formation", "L1", "bts-1/"), "names no channel"),
    ],
)
def test_what_is_not_there_is_named_with_its_remedy(desk: Desk, arguments: tuple[str, ...], says: str) -> None:
    (problem,) = desk.refused(*arguments)

    assert says in problem
    assert (desk.rows(protocols), desk.rows(runs), desk.rows(events)) == (0, 0, 0)


def test_a_cell_without_its_mass_is_refused_by_file_and_line(desk: Desk) -> None:
    with pytest.raises(ProtocolErrors, match=r"rate_ladder.yaml:\d+ .*active mass") as errors:
        desk.launch("rate-ladder", "BARE")

    assert all("\n" not in str(error) for error in errors.value.errors)
    assert desk.rows(runs) == 0


def test_nothing_goes_beyond_the_limits_of_the_lab(desk: Desk, tmp_path: Path) -> None:
    desk.lab = make_lab(tmp_path, current="5 mA")

    problems = desk.refused("rate-ladder")

    assert problems[0].startswith("limits: 0.0165 A is more than the lab's limit, 0.005 A")
    assert any("0.01375 A is more than the lab's limit, 0.005 A" in problem for problem in problems)
    assert desk.rows(runs) == 0


def test_a_step_outside_the_channels_range_is_refused_by_the_driver(desk: Desk) -> None:
    source = """
cellbench: 1
protocol: strong
limits: {voltage: [-0.05 V, 2 V], current: 80 mA}
record: {every: 10 s}
steps:
  - charge: {current: 60 mA, until: {voltage: 1.5 V}}
"""
    problems = desk.refused("strong.yaml", source=source)

    assert any("line 7: 0.06 A is beyond the channel's 0.05 A" in problem for problem in problems)


def test_a_channel_that_the_instrument_does_not_have_is_refused_once_it_has_told(desk: Desk) -> None:
    desk.launch(place="bts-1/27-21-9-9")
    with writing(desk.engine) as connection:
        connection.execute(update(runs).values(state="completed"))
        known = {"name": "bts-1", "driver": "neware", "address": "192.0.2.10:502", "connected": True, "simulated": True}
        connection.execute(instruments.insert().values(**known))
        connection.execute(channels.insert().values(instrument="bts-1", channel="27-21-1-1", capabilities={}))

    (problem,) = desk.refused(place="bts-1/27-21-9-9")

    assert problem == "bts-1/27-21-9-9: the instrument has no such channel; it has 27-21-1-1"


def test_an_instrument_that_was_looked_for_in_vain_is_named_with_its_error(desk: Desk) -> None:
    silent = {"name": "bts-1", "driver": "neware", "address": "192.0.2.10:502", "connected": False, "simulated": True}
    with writing(desk.engine) as connection:
        connection.execute(instruments.insert().values(**silent))
    desk.launch()  # no node has looked yet: the run waits for one
    with writing(desk.engine) as connection:
        connection.execute(update(runs).values(state="completed"))
        connection.execute(update(instruments).values(last_error="cannot connect; is BTS Client running?"))

    (problem,) = desk.refused()

    assert problem == "bts-1 does not answer: cannot connect; is BTS Client running? Launch again when it does"


@pytest.mark.parametrize("state", ["running", "paused"])
def test_somebody_elses_test_is_left_alone(desk: Desk, state: str) -> None:
    desk.see("27-21-1-1", state, tag="Zhang 42")

    (problem,) = desk.refused()

    assert "A1 (bts-1/27-21-1-1) is occupied: test Zhang 42 is there" in problem
    assert desk.rows(runs) == 0


@pytest.mark.parametrize("state", ["idle", "finished", "stopped", "tripped"])
def test_what_is_over_on_a_channel_does_not_hold_it(desk: Desk, state: str) -> None:
    desk.see("27-21-1-1", state, tag="Zhang 42")

    assert desk.launch().behind_run_id is None


def test_a_test_of_ours_that_is_over_for_us_and_still_runs_is_refused(desk: Desk) -> None:
    before = desk.launch()
    with writing(desk.engine) as connection:
        connection.execute(update(runs).values(state="failed"))
    desk.see("27-21-1-1", "running", tag=f"L1#{before.run_id}.0.1", run_id=before.run_id)

    (problem,) = desk.refused()

    assert f"run {before.run_id}, which is over for us" in problem


def test_another_cell_does_not_queue_behind_a_run_on_the_channel(desk: Desk) -> None:
    first = desk.launch()
    with writing(desk.engine) as connection:
        insert_cell(connection, Cell("L2", 0.00275, 1.131, 0.00335, 0.01, 1.5), now=NOW)

    (problem,) = desk.refused("formation", "L2", "A1")

    assert f"has cell L1 in run {first.run_id}; launch L2 there when that cell has been taken out" in problem


def test_a_cell_is_in_one_place(desk: Desk) -> None:
    first = desk.launch()

    (problem,) = desk.refused(place="A2")

    assert f"cell L1 is in run {first.run_id} (queued) at bts-1/27-21-1-1" in problem
