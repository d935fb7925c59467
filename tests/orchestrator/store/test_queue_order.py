"""The order of the queue: whoever is moved, what has begun and what belongs together stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from orchestrator.run_state import RunState
from orchestrator.store.batches import insert_batch
from orchestrator.store.cells import insert_cell
from orchestrator.store.errors import StoreError
from orchestrator.store.intents import open_intent
from orchestrator.store.move_run import Move, move_run
from orchestrator.store.protocol_files import put_protocol
from orchestrator.store.queue_order import queue_position
from orchestrator.store.runs import insert_run, set_state
from orchestrator.store.tables import events, metadata, runs
from orchestrator.store.transactions import reading, writing
from protocols.cell import Cell

S = RunState


@dataclass
class Queue:
    """Runs by number, from 1 on, on channels of one letter."""

    engine: sa.Engine

    def put(self, channels: str, *, batch: bool = False) -> list[int]:
        with writing(self.engine) as connection:
            if connection.scalar(sa.text("SELECT count(*) FROM cells")) == 0:
                insert_cell(connection, Cell("L1"), now=1.0)
            sha256 = put_protocol(connection, name="p", source="p", now=1.0)
            ids = [
                insert_run(
                    connection,
                    cell_id="L1",
                    protocol_sha256=sha256,
                    protocol="p",
                    instrument="bts-1",
                    channel=channel,
                    plan={},
                    actor="anna",
                    now=1.0,
                    chamber="oven-1",
                )
                for channel in channels
            ]
            if batch:
                insert_batch(connection, "oven-1", ids, now=1.0)
        return ids

    def become(self, run_id: int, *states: RunState) -> None:
        with writing(self.engine) as connection:
            for state in states:
                set_state(connection, run_id, state, now=2.0)

    def move(self, run_id: int, move: Move) -> str:
        with writing(self.engine) as connection:
            return move_run(connection, run_id, move, actor="anna", now=3.0)

    def order(self, channel: str) -> list[int]:
        active = runs.c.state.not_in(["completed", "stopped", "failed"])
        query = sa.select(runs.c.id).where(active, runs.c.channel == channel).order_by(*queue_position())
        with reading(self.engine) as connection:
            return list(connection.scalars(query))


@pytest.fixture
def queue(tmp_path: Path, open_engine: Callable[..., sa.Engine]) -> Queue:
    """On SQLite."""
    engine = open_engine(f"sqlite:///{tmp_path / 'lab.sqlite'}")
    metadata.create_all(engine)
    return Queue(engine)


@pytest.fixture
def queue_on_both(engine: sa.Engine) -> Queue:
    """On SQLite and on PostgreSQL."""
    return Queue(engine)


def test_runs_wait_in_the_order_in_which_they_were_launched(queue: Queue) -> None:
    queue.put("aba")
    assert (queue.order("a"), queue.order("b")) == ([1, 3], [2])


@pytest.mark.parametrize(
    ("run_id", "move", "order"),
    [
        (3, "earlier", [1, 3, 2, 4]),
        (4, "first", [4, 1, 2, 3]),
        (1, "later", [2, 1, 3, 4]),
        (1, "last", [2, 3, 4, 1]),
    ],
)
def test_one_is_moved_past_its_neighbour_or_to_an_end(queue: Queue, run_id: int, move: Move, order: list[int]) -> None:
    queue.put("aaaa")
    queue.move(run_id, move)
    assert queue.order("a") == order
    assert queue.put("a") == [5]
    assert queue.order("a") == [*order, 5]


def test_other_channels_keep_their_order(queue: Queue) -> None:
    queue.put("ababab")
    queue.move(5, "first")
    assert (queue.order("a"), queue.order("b")) == ([5, 1, 3], [2, 4, 6])


def test_what_was_done_stands_in_the_event_log(queue: Queue) -> None:
    queue.put("aa")
    assert queue.move(2, "earlier") == "run 2 now comes before run 1"
    with reading(queue.engine) as connection:
        found = connection.execute(sa.select(events.c["run_id", "actor", "message"]).order_by(events.c.id.desc()))
        assert found.first() == (2, "anna", "moved in the queue: run 2 now comes before run 1")


def test_a_run_that_has_begun_cannot_be_moved_and_cannot_be_passed(queue: Queue) -> None:
    queue.put("aa")
    queue.become(1, S.STARTING, S.RUNNING)
    with pytest.raises(StoreError, match=r"run 1 has begun \(running\) and keeps its place"):
        queue.move(1, "later")
    with pytest.raises(StoreError, match=r"run 2 is the next already: run 1 before it is running and cannot be passed"):
        queue.move(2, "earlier")
    assert queue.order("a") == [1, 2]


def test_one_that_was_moved_away_just_as_it_began_has_its_channel_all_the_same(queue: Queue) -> None:
    queue.put("aa")
    queue.move(2, "earlier")
    queue.become(1, S.STARTING)
    assert queue.order("a") == [1, 2]


def test_so_has_one_for_which_a_temperature_was_asked_meanwhile(queue: Queue) -> None:
    queue.put("aa")
    queue.move(2, "earlier")
    with writing(queue.engine) as connection:
        open_intent(connection, run_id=1, action="set_temperature", epoch=1, now=4.0, detail="0")
    assert queue.order("a") == [1, 2]
    with pytest.raises(StoreError, match="its chamber has been asked for a temperature"):
        queue.move(1, "later")


def test_a_batch_moves_as_a_whole(queue_on_both: Queue) -> None:
    queue = queue_on_both
    queue.put("ab", batch=True)
    queue.put("ab", batch=True)
    assert queue.move(4, "earlier") == "batch 2 (runs 3, 4) now comes before batch 1 (runs 1, 2)"
    assert (queue.order("a"), queue.order("b")) == ([3, 1], [4, 2])


def test_nothing_comes_between_what_a_batch_has_begun_and_the_rest_of_it(queue: Queue) -> None:
    queue.put("ab", batch=True)
    queue.put("b")
    queue.become(1, S.STARTING, S.RUNNING)
    with pytest.raises(StoreError, match="run 3 is the next already: batch 1"):
        queue.move(3, "earlier")
    with pytest.raises(StoreError, match=r"run 2 belongs to batch 1 \(runs 1, 2\), of which run 1 is running"):
        queue.move(2, "later")


def test_one_that_is_moved_just_then_waits_for_the_rest_of_the_batch(queue: Queue) -> None:
    queue.put("ab", batch=True)
    queue.put("b")
    queue.move(3, "earlier")
    queue.become(1, S.STARTING)
    assert queue.order("b") == [2, 3]


@pytest.mark.parametrize(
    ("run_id", "move", "why"),
    [
        (1, "earlier", "run 1 is the next on its channel already"),
        (2, "last", "run 2 is the last on its channel already"),
        (3, "first", "run 3 is stopped: it is in no queue any more"),
        (4, "earlier", "run 4 does not exist"),
    ],
)
def test_why_it_is_refused_is_said(queue: Queue, run_id: int, move: Move, why: str) -> None:
    queue.put("aaa")
    queue.become(3, S.STOPPED)
    with pytest.raises(StoreError, match=why):
        queue.move(run_id, move)


def test_one_that_waits_for_a_person_is_seen_to_first(queue: Queue) -> None:
    queue.put("aa")
    queue.become(1, S.WAITING)
    with pytest.raises(StoreError, match="run 1 waits for a person; see to that first"):
        queue.move(1, "later")
