"""Rounds over campaigns on a database: launches that happen once, benches that are waited for, missed times."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from orchestrator.campaigns.hand_in import hand_in
from orchestrator.campaigns.perform import Hand
from orchestrator.campaigns.read_campaign import read_campaign
from orchestrator.campaigns.round import Round
from orchestrator.campaigns.scan import scan
from orchestrator.engine.instrument_changes import stop_wanted
from orchestrator.instruments import open_cycler
from orchestrator.launch import LaunchRefused
from orchestrator.run_state import RunState
from orchestrator.store.alarms import list_alarms
from orchestrator.store.campaign_jobs import Job, jobs_of
from orchestrator.store.campaign_seats import taken_seats
from orchestrator.store.campaigns import get_campaign, run_ids, set_campaign_desired
from orchestrator.store.cells import insert_cell
from orchestrator.store.database import open_database
from orchestrator.store.tables import cells, runs
from orchestrator.store.transactions import reading, writing
from protocols.cell import Cell
from tests.orchestrator.launch.bench_lab import NOW, fill, make_lab

SIMPLE = """\
cellbench_campaign: 1
campaign: simple
cells: [L1]
benches: {neware: [A1]}
steps:
  - {name: formation, protocol: formation}
  - {name: ladder, protocol: rate-ladder}
"""
MOVED = """\
cellbench_campaign: 1
campaign: NAME
cells: [CELL]
benches: {other: [A2]}
priority: normal
steps:
  - {name: move, prompt: "Move {cell} to {bench}", to: other}
  - {name: ladder, protocol: rate-ladder}
"""


class Bench:
    """Campaigns on a lab whose instruments nobody answers for; the runs' states are written by hand."""

    def __init__(self, folder: Path, database: str = "sqlite:///cellbench.db") -> None:
        self.lab = make_lab(folder, database)
        fill(self.lab)
        self.engine = open_database(self.lab.database_url)
        self.cycler = open_cycler(self.lab, "bts-1")
        self.now = NOW
        with writing(self.engine) as connection:
            insert_cell(connection, Cell("M1", 0.00275, 1.131, 0.00335, 0.01, 1.5), now=NOW)

    def close(self) -> None:
        self.cycler.close()
        self.engine.dispose()

    def hand_in(self, text: str) -> int:
        campaign = read_campaign(text, "c.yaml", lab=self.lab)
        with writing(self.engine) as connection:
            return hand_in(connection, self.lab, lambda _: self.cycler, campaign, text, self.now, "anna")

    def look(self) -> None:
        Round(self.lab, self.engine, lambda _: self.cycler, lambda _: None).run(self.now)

    def jobs(self, campaign: int) -> dict[str, Job]:
        with reading(self.engine) as connection:
            return {job.step: job for job in jobs_of(connection, campaign)}

    def campaign(self, number: int) -> tuple[str, str | None]:
        with reading(self.engine) as connection:
            row = get_campaign(connection, number)
            return row.state, row.reason

    def runs_are(self, state: RunState) -> None:
        self.write(sa.update(runs).values(state=state.value, finished_unix_s=self.now))

    def write(self, statement: sa.Executable) -> None:
        with writing(self.engine) as connection:
            connection.execute(statement)

    def want(self, campaign: int, desired: str) -> None:
        with writing(self.engine) as connection:
            set_campaign_desired(connection, campaign, desired, actor="anna", now=self.now)  # type: ignore[arg-type]

    def alarms(self) -> list[str]:
        with reading(self.engine) as connection:
            return [alarm.message for alarm in list_alarms(connection)]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    yield made
    made.close()


@pytest.fixture
def bench_on_both(tmp_path: Path, database_url: str) -> Iterator[Bench]:
    """On SQLite and on PostgreSQL."""
    made = Bench(tmp_path, database_url)
    yield made
    made.close()


def test_steps_follow_each_other_and_the_runs_are_the_campaigns(bench_on_both: Bench) -> None:
    bench = bench_on_both
    number = bench.hand_in(SIMPLE)
    bench.look()
    bench.look()
    assert {name: job.state for name, job in bench.jobs(number).items()} == {
        "formation": "running",
        "ladder": "waiting",
    }
    bench.runs_are(RunState.COMPLETED)
    bench.look()
    bench.runs_are(RunState.COMPLETED)
    bench.look()
    assert bench.campaign(number) == ("completed", "2 done")
    with reading(bench.engine) as connection:
        assert run_ids(connection, number) == [1, 2]
        assert taken_seats(connection) == []


def test_a_launch_and_its_note_are_committed_together_or_not_at_all(bench: Bench, mocker) -> None:
    number = bench.hand_in(SIMPLE)
    launched = Hand._launched

    def dies(self, view, jobs):
        launched(self, view, jobs)
        raise KeyboardInterrupt

    mocker.patch.object(Hand, "_launched", dies)
    with pytest.raises(KeyboardInterrupt):
        bench.look()
    with reading(bench.engine) as connection:
        assert connection.scalars(sa.select(runs.c.id)).all() == []
    mocker.stopall()
    bench.look()
    bench.look()
    with reading(bench.engine) as connection:
        assert run_ids(connection, number) == connection.scalars(sa.select(runs.c.id)).all() == [1]


def test_what_is_there_is_waited_for_and_said(bench: Bench) -> None:
    number = bench.hand_in(SIMPLE)
    other = bench.hand_in(SIMPLE.replace("[L1]", "[M1]").replace("[A1]", "[A2]"))
    bench.look()
    bench.write(sa.update(runs).where(runs.c.cell_id == "L1").values(channel="27-21-1-2"))
    bench.write(sa.update(runs).where(runs.c.cell_id == "M1").values(state="completed"))
    bench.look()
    job = bench.jobs(other)["ladder"]
    assert (job.state, job.reason) == (
        "waiting",
        "A2 (bts-1/27-21-1-2) has cell L1 in run 1; launch M1 there when that cell has been taken out",
    )
    bench.write(sa.update(runs).where(runs.c.cell_id == "L1").values(state="completed"))
    bench.look()
    assert bench.jobs(other)["ladder"].state == "running"
    assert bench.jobs(number)["ladder"].state == "running"


def test_what_is_refused_for_good_fails_by_the_rule_and_a_person_is_told(bench: Bench) -> None:
    number = bench.hand_in(SIMPLE)
    bench.look()
    bench.write(sa.update(cells).where(cells.c.id == "L1").values(active_mass_g=None))
    bench.runs_are(RunState.COMPLETED)
    bench.look()
    assert bench.jobs(number)["ladder"].state == "failed"
    assert bench.campaign(number) == ("completed", "1 done, 1 failed")
    assert any("ladder of cell L1 failed" in one and "active mass" in one for one in bench.alarms())


@pytest.mark.parametrize(
    ("rule", "state", "ladder"),
    [("go_on", "completed", "left"), ("stop_cell", "completed", "left"), ("pause_all", "paused", "waiting"),
     ("stop_all", "stopped", "stopped")],
)  # fmt: skip
def test_when_one_fails(bench: Bench, rule: str, state: str, ladder: str) -> None:
    number = bench.hand_in(f"{SIMPLE}if_one_fails: {rule}\n")
    bench.look()
    bench.runs_are(RunState.FAILED)
    bench.look()
    assert bench.campaign(number)[0] == state
    assert bench.jobs(number)["ladder"].state == ladder


def test_pause_resume_and_stop_reach_the_runs(bench: Bench) -> None:
    number = bench.hand_in(SIMPLE)
    bench.look()
    for desired, state in (("pause", "paused"), ("run", "running"), ("stop", "stopping")):
        bench.want(number, desired)
        bench.look()
        with reading(bench.engine) as connection:
            assert connection.scalar(sa.select(runs.c.desired)) == desired
        assert bench.campaign(number)[0] == state
    bench.runs_are(RunState.STOPPED)
    bench.look()
    assert bench.campaign(number)[0] == "stopped"


def test_a_stop_of_everything_lets_no_campaign_begin_anything_more(bench: Bench) -> None:
    number = bench.hand_in(f"{SIMPLE}if_one_fails: go_on\n".replace("[L1]", "[L1, M1]").replace("[A1]", "[A1, A2]"))
    bench.look()
    with writing(bench.engine) as connection:
        stop_wanted("ben", bench.now)(connection)
    bench.runs_are(RunState.STOPPED)
    bench.look()
    assert bench.campaign(number)[0] == "stopped"
    with reading(bench.engine) as connection:
        assert run_ids(connection, number) == [1, 2]


def test_the_more_important_gets_the_bench_first_and_gives_it_on(bench: Bench) -> None:
    low = bench.hand_in(MOVED.replace("NAME", "low").replace("CELL", "L1"))
    high = bench.hand_in(MOVED.replace("NAME", "high").replace("CELL", "M1").replace("normal", "high"))
    bench.look()
    assert bench.jobs(high)["move"].state == "asking"
    assert bench.jobs(low)["move"].reason == "waits for a free bench of other"
    with writing(bench.engine) as connection:
        wrong = scan(connection, high, "L1", None, actor="anna", now=bench.now)
        misplaced = scan(connection, high, "M1", "A1", actor="anna", now=bench.now)
        right = scan(connection, high, "M1", "A2", actor="anna", now=bench.now)
    assert wrong is not None
    assert wrong.startswith("L1 is not the cell that is asked for (M1 to A2)")
    assert misplaced == "cell M1 belongs on A2, not on A1; move it there, and scan again"
    assert right is None
    bench.look()
    assert bench.jobs(high)["ladder"].state == "running"
    bench.runs_are(RunState.COMPLETED)
    bench.look()
    assert bench.jobs(low)["move"].prompt == "Move L1 to A2 (then scan the cell: `cellbench campaign confirm 1 L1`)"


def test_a_start_that_was_missed_waits_for_a_person(bench: Bench) -> None:
    number = bench.hand_in("time_zone: UTC\nstart: 2026-01-05 08:00\ngrace: 30 min\n" + SIMPLE)
    bench.look()
    assert bench.campaign(number) == ("waiting", "begins 2026-01-05 08:00 (UTC)")
    bench.now += 12 * 3600.0
    bench.look()
    state, reason = bench.campaign(number)
    assert state == "paused"
    assert reason is not None
    assert reason.startswith("the campaign was to begin 2026-01-05 08:00 (UTC) and did not")
    assert reason.endswith("; resume begins it now")
    assert reason in bench.alarms()
    bench.now += 12 * 3600.0
    bench.want(number, "run")
    bench.look()
    assert bench.jobs(number)["formation"].state == "running"


def test_a_rule_that_was_missed_is_said_and_the_next_time_counts(bench: Bench) -> None:
    number = bench.hand_in("time_zone: UTC\ncron: '0 8 * * *'\n" + SIMPLE)
    bench.look()
    bench.now += 12 * 3600.0
    bench.look()
    assert any("it begins at the next time of its rule" in one for one in bench.alarms())
    bench.now = NOW + 32 * 3600.0
    bench.look()
    assert bench.jobs(number)["formation"].state == "running"


def test_nothing_is_handed_in_that_would_be_refused_later(bench: Bench) -> None:
    number = bench.hand_in(SIMPLE)
    with pytest.raises(LaunchRefused) as caught:
        bench.hand_in(SIMPLE.replace("[L1]", "[L1, BARE]").replace("[A1]", "[A1, A2]"))
    found = "\n".join(caught.value.problems)
    assert f"cell L1 goes through campaign {number} (simple), which has not ended" in found
    assert "step formation, cell BARE: " in found
