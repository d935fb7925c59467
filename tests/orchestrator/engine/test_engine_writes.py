"""What the engine reads and writes around ``decide``: one transaction, orders that stand, a look at the cell first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from drivers.contracts import RECORD_COLUMNS, Batch, Translation
from orchestrator.clock import SystemClock
from orchestrator.engine import run_changes
from orchestrator.engine.actions import Alarm, ClearAlarms, Desire, FinishSegment, Settle, Transition
from orchestrator.engine.known import ActiveRun, active_runs
from orchestrator.engine.lease import LeaseHeld, require_epoch, take_lease
from orchestrator.engine.perform import Performer
from orchestrator.engine.plan_cache import PlanCache
from orchestrator.engine.plan_facts import PlanFacts
from orchestrator.engine.stop_everything import StopEverything
from orchestrator.engine.stop_file import StopFile
from orchestrator.engine.writer import Writer
from orchestrator.run_state import RunState
from orchestrator.store.cells import insert_cell
from orchestrator.store.errors import StoreError, StoreUnavailable
from orchestrator.store.intents import open_intent
from orchestrator.store.nodes import claim_instrument
from orchestrator.store.protocol_files import put_protocol
from orchestrator.store.recorder import Recorder
from orchestrator.store.runs import insert_run, set_desired, set_state
from orchestrator.store.segments import insert_segment
from orchestrator.store.tables import runs
from orchestrator.store.transactions import reading, writing
from protocols.cell import Cell

S = RunState


class KnownPlans(PlanCache):
    """Plans of two segments without stop rules, so that no plan needs to be stored."""

    def of(self, connection: sa.Connection, run_id: int) -> PlanFacts:
        return PlanFacts(2, {}, ())


def launched(engine: sa.Engine, now: float, cell: str = "L1") -> int:
    """A queued run of two segments on the one channel."""
    with writing(engine) as connection:
        if connection.scalar(sa.text("SELECT count(*) FROM cells WHERE id = :id"), {"id": cell}) == 0:
            insert_cell(connection, Cell(cell), now=now)
        run_id = insert_run(
            connection,
            cell_id=cell,
            protocol_sha256=put_protocol(connection, name="p", source="p", now=now),
            protocol="p",
            instrument="bts-1",
            channel="1",
            plan={},
            actor="a technician",
            now=now,
        )
        for number in (0, 1):
            tag = f"{cell}#{run_id}.{number}.1"
            content = Translation(b"<x/>", "application/xml", ())
            insert_segment(connection, run_id=run_id, number=number, attempt=1, tag=tag, translation=content)
    return run_id


def become(engine: sa.Engine, run_id: int, *states: RunState, now: float = 0.0) -> None:
    with writing(engine) as connection:
        for state in states:
            set_state(connection, run_id, state, now=now)


def known(engine: sa.Engine, run_id: int) -> ActiveRun:
    with reading(engine) as connection:
        found = active_runs(connection, "bts-1", KnownPlans(), lambda _: 0.0)
    return next(run for run in found.runs if run.view.id == run_id)


@pytest.mark.parametrize("ended", [S.FAILED, S.STOPPED])
def test_a_queued_run_waits_for_a_person_when_the_one_before_it_did_not_complete(
    engine: sa.Engine, ended: RunState
) -> None:
    first, cancelled = launched(engine, 1.0), launched(engine, 2.0)
    become(engine, cancelled, S.STOPPED, now=3.0)  # taken out of the queue before the last was put in
    last = launched(engine, 4.0)
    become(engine, first, S.STARTING, S.RUNNING, S.STOPPING, ended, now=9.0)
    assert str(known(engine, last).view.look_first).startswith(f"run {first} before it {ended}; look at the cell")


def test_a_release_covers_what_came_before_it_only(engine: sa.Engine) -> None:
    first, last = launched(engine, 1.0), launched(engine, 2.0)
    release = runs.update().where(runs.c.id == last)
    with writing(engine) as connection:
        connection.execute(release.values(released_unix_s=5.0))  # `resume --all`, long before it was its turn
    become(engine, first, S.STARTING, S.FAILED, now=9.0)
    assert known(engine, last).view.look_first is not None
    with writing(engine) as connection:
        connection.execute(release.values(released_unix_s=10.0))
    assert known(engine, last).view.look_first is None


def test_another_cell_is_not_started_before_it_is_put_in(engine: sa.Engine) -> None:
    first, second = launched(engine, 1.0, "L1"), launched(engine, 2.0, "L2")
    become(engine, first, S.STARTING, S.RUNNING, S.COMPLETED, now=9.0)
    assert known(engine, second).view.look_first == (
        f"run {first} before it was of cell L1; put L2 in, then `cellbench resume {second}`"
    )


def test_a_stop_that_was_ordered_meanwhile_stands(engine: sa.Engine) -> None:
    run_id = launched(engine, 1.0)
    decided_on = known(engine, run_id)
    with writing(engine) as connection:
        set_desired(connection, run_id, "stop", actor="a technician", now=2.0)
    with writing(engine) as connection:
        run_changes.change_for(decided_on, Desire("pause"), "bts-1", 3.0)(connection)
        assert connection.scalar(sa.select(runs.c.desired)) == "stop"


class CountingWriter:
    """Commits every change at once, and counts."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine, self.commits = engine, 0

    async def write(self, change: Callable[[sa.Connection], Any]) -> Any:
        self.commits += 1
        with writing(self.engine) as connection:
            return change(connection)


def test_the_end_of_a_segment_and_what_follows_are_one_transaction(engine: sa.Engine) -> None:
    """Killed in between, the run would be at a segment without a test, and said to run, for ever."""
    run_id = launched(engine, 1.0)
    become(engine, run_id, S.STARTING, S.RUNNING)
    with writing(engine) as connection:
        claim_instrument(connection, "bts-1", "us", now=1.0)
        intent = open_intent(connection, run_id=run_id, action="end_at_cycle", epoch=1, now=1.0, detail="7")
    writer = CountingWriter(engine)
    performer = Performer("bts-1", None, None, writer, engine, SystemClock(), 1, lambda _: None)  # type: ignore[arg-type]
    actions = [Settle(intent, "ended"), FinishSegment("rule", go_on=True), ClearAlarms(), Transition(S.STARTING)]
    run = known(engine, run_id)
    assert [(opened.action, opened.cycle) for opened in run.view.intents] == [("end_at_cycle", 7)]
    asyncio.run(performer.carry_out(run, actions))
    assert writer.commits == 1
    after = known(engine, run_id)
    assert (after.item, after.view.state, after.view.intents) == (1, S.STARTING, ())


def batch(first: int, last: int, voltage_V: float = 1.0) -> Batch:
    columns = {name: np.ones(last - first + 1, dtype) for name, dtype in RECORD_COLUMNS.items()}
    columns |= {"seq": np.arange(first, last + 1), "voltage_V": np.full(last - first + 1, voltage_V)}
    return Batch(columns, str(last))


def test_records_that_are_refused_concern_their_own_run_alone(engine: sa.Engine) -> None:
    one, two = launched(engine, 1.0), launched(engine, 2.0)

    def segment(run_id: int) -> int:
        return known(engine, run_id).view.segment.id

    first, second = (one, segment(one)), (two, segment(two))

    async def look(*batches: tuple[int, int, Batch]) -> list[StoreError | None]:
        return await Writer(recorder).record_all(batches)

    with Recorder(engine) as recorder:
        assert asyncio.run(look((*first, batch(1, 9)), (*second, batch(1, 5)))) == [None, None]
        told = asyncio.run(look((*first, batch(1, 9, 2.0)), (*first, batch(10, 12)), (*second, batch(6, 8))))
    assert "came again with another voltage_V" in str(told[0])
    assert isinstance(told[1], StoreError)
    assert told[2] is None
    assert [known(engine, run_id).view.segment.stored for run_id in (one, two)] == [9, 8]


def test_a_broken_off_cycle_is_not_complete(engine: sa.Engine) -> None:
    for outcome, complete in (("finished", [True]), ("rule", [True]), ("stopped", [False]), ("tripped", [False])):
        run_id = launched(engine, 1.0, f"L-{outcome}")
        become(engine, run_id, S.STARTING, S.RUNNING)
        run = known(engine, run_id)
        with Recorder(engine) as recorder:
            recorder.record(run_id, run.view.segment.id, batch(1, 9)).result()
            recorder.write(run_changes.segment_finished(run, FinishSegment(outcome, go_on=False), 9.0)).result()  # type: ignore[arg-type]
        with reading(engine) as connection:
            found = connection.execute(sa.text("SELECT complete FROM cycles WHERE run_id = :run"), {"run": run_id})
            assert [bool(value) for value in found.scalars()] == complete, outcome


def test_a_claim_by_somebody_else_ends_ours(engine: sa.Engine) -> None:
    lease = take_lease(engine, "bts-1", "192.0.2.10:502", 1.0)
    try:
        with pytest.raises(LeaseHeld, match="is driven by process"):
            take_lease(engine, "bts-1", "192.0.2.10:502", 2.0)
        with reading(engine) as connection:
            require_epoch(connection, "bts-1", lease.epoch)
            with pytest.raises(LeaseHeld, match="lets go of it"):
                require_epoch(connection, "bts-1", lease.epoch - 1)
    finally:
        lease.release()


class Bench:
    """Stands for an instrument's loop before the STOP file."""

    def __init__(self, answers: asyncio.Event | None = None) -> None:
        self.said: list[str] = []
        self._answers = answers

    def halt(self) -> None:
        self.said.append("halt")

    def unhalt(self) -> None:
        self.said.append("unhalt")

    def wake(self) -> None:
        self.said.append("wake")

    async def stop_all(self) -> bool:
        self.said.append("stop")
        if self._answers is not None:
            await self._answers.wait()
        return True


class Refusing:
    """A database that is away the first times."""

    def __init__(self, times: int) -> None:
        self.left = times

    async def write(self, change: object) -> None:
        self.left -= 1
        if self.left >= 0:
            raise StoreUnavailable("the database is away")


def test_the_stop_file_reaches_every_instrument_though_one_hangs_and_the_database_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestrator.engine.stop_everything._AGAIN_S", 0.0)
    file = StopFile(tmp_path / "not there yet")
    file.request("a technician")

    async def story() -> tuple[Bench, Bench]:
        answers = asyncio.Event()
        hangs, well = Bench(answers), Bench()
        stop = StopEverything(file, (hangs, well), Refusing(2), SystemClock())  # type: ignore[arg-type]
        task = asyncio.create_task(stop.run())
        while "stop" not in well.said or "stop" not in hangs.said:  # noqa: ASYNC110 - as a person would watch
            await asyncio.sleep(0.001)
        assert file.requested_by() == "a technician", "obeyed before the database has it"
        answers.set()
        while file.requested_by() is not None or "unhalt" not in well.said:  # noqa: ASYNC110
            await asyncio.sleep(0.001)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return hangs, well

    hangs, well = asyncio.run(story())
    assert well.said == ["halt", "stop", "unhalt", "wake"], "told once, though the database was tried three times"
    assert hangs.said == well.said


def test_a_stop_file_that_cannot_be_read_is_a_stop(tmp_path: Path) -> None:
    file = StopFile(tmp_path)
    assert file.requested_by() is None
    assert file.obeyed() is None
    file.path.mkdir()  # whatever it is: somebody wants everything to stop
    assert str(file.requested_by()).startswith("unknown")
    assert file.obeyed() is None
    assert file.requested_by() is None


def test_an_alarm_of_a_run_is_one_alarm(engine: sa.Engine) -> None:
    run = known(engine, launched(engine, 1.0))
    with writing(engine) as connection:
        for _ in range(2):
            run_changes.change_for(run, Alarm("warning", "look"), "bts-1", 2.0)(connection)
        assert connection.scalar(sa.text("SELECT count(*) FROM alarms")) == 1
        run_changes.change_for(run, ClearAlarms(), "bts-1", 3.0)(connection)
        assert connection.scalar(sa.text("SELECT count(*) FROM alarms WHERE cleared_unix_s IS NULL")) == 0
