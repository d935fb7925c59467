"""The engine takes a channel's runs, and a chamber's, in the order that a technician has given them."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from orchestrator.engine.chambers.holds import find_holds
from orchestrator.run_state import RunState
from orchestrator.store.move_run import Move, move_run
from orchestrator.store.transactions import writing
from tests.orchestrator.engine.chambers.chamber_world import at_step
from tests.orchestrator.engine.test_engine_writes import become, known, launched

S = RunState


def move(engine: sa.Engine, run_id: int, where: Move) -> None:
    with writing(engine) as connection:
        move_run(connection, run_id, where, actor="a technician", now=5.0)


def test_the_one_that_was_moved_to_the_front_has_the_channel(engine: sa.Engine) -> None:
    first, second = launched(engine, 1.0), launched(engine, 2.0)
    assert known(engine, second).view.blocked_by == f"run {first} has the channel first"
    move(engine, second, "earlier")
    assert known(engine, second).view.blocked_by is None
    assert known(engine, first).view.blocked_by == f"run {second} has the channel first"


def test_one_that_has_begun_meanwhile_keeps_it(engine: sa.Engine) -> None:
    first, second = launched(engine, 1.0), launched(engine, 2.0)
    move(engine, second, "earlier")
    become(engine, first, S.STARTING, now=6.0)
    assert known(engine, first).view.blocked_by is None
    assert known(engine, second).view.blocked_by == f"run {first} has the channel first"


@pytest.mark.parametrize("ended", [S.FAILED, S.STOPPED])
def test_when_one_that_was_moved_ahead_fails_the_next_waits_for_a_person(engine: sa.Engine, ended: RunState) -> None:
    first, second = launched(engine, 1.0), launched(engine, 2.0)
    move(engine, second, "earlier")
    become(engine, second, S.STARTING, S.RUNNING, S.STOPPING, ended, now=9.0)
    assert str(known(engine, first).view.look_first).startswith(f"run {second} before it {ended}; look at the cell")


def test_one_that_was_taken_out_of_the_queue_holds_nobody_up(engine: sa.Engine) -> None:
    first, second = launched(engine, 1.0), launched(engine, 2.0)
    become(engine, first, S.STOPPED, now=3.0)
    assert known(engine, second).view.look_first is None
    assert known(engine, second).view.blocked_by is None


def test_a_chamber_is_given_in_the_same_order() -> None:
    older, moved = at_step(5, state=S.QUEUED, item=0), at_step(6, state=S.QUEUED, item=0, queue_order=4)
    assert [str(group) for group in find_holds([older, moved]).granted] == ["run 6"]


def test_and_a_batch_by_the_foremost_of_its_places() -> None:
    batch = [at_step(7, 1, state=S.QUEUED, item=0, queue_order=9), at_step(8, 1, state=S.QUEUED, item=0, queue_order=3)]
    holds = find_holds([at_step(5, state=S.QUEUED, item=0), *batch])
    assert [str(group) for group in holds.granted] == ["batch 1 (runs 7, 8)"]
    assert holds.waits_for == {5: "batch 1 (runs 7, 8)"}
