"""Since when a member of a batch is held up: by the steady clock, and by stored times after a restart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.engine.chambers.delays import LOOKS_FIRST_S, Delays
from orchestrator.engine.chambers.member import Member
from orchestrator.launch import LaunchRequest, launch_together
from orchestrator.run_state import RunState
from orchestrator.store.tables import runs
from orchestrator.store.transactions import writing
from tests.orchestrator.engine.chambers.chamber_bench import PROTOCOL, ChamberBench
from tests.orchestrator.fake_cycler import FakeCycler

NOW, UNIX = 1000.0, 1.8e9
PATIENCE_S = 7200.0
PAUSED = Member(8, RunState.PAUSED, "pause", 2, 2, 1, batch_id=1)
RUNNING = replace(PAUSED, state=RunState.RUNNING, desired="run")


def stored(unix_s: float | None, member: Member = PAUSED) -> Member:
    return replace(member, held_up_unix_s=unix_s)


def since(delays: Delays, member: Member, now_s: float = NOW, now_unix_s: float = UNIX) -> float | None:
    [found] = delays.follow([member], now_s, now_unix_s)
    return found.held_up_since_s


def test_who_is_seen_held_up_for_the_first_time_is_noted_once() -> None:
    delays = Delays(PATIENCE_S)
    assert since(delays, stored(None)) == NOW
    assert delays.news == {8: UNIX}
    assert since(delays, stored(UNIX), NOW + 50, UNIX + 50) == NOW
    assert delays.news == {}


def test_who_goes_on_is_forgotten_and_begins_anew_the_next_time() -> None:
    delays = Delays(PATIENCE_S)
    since(delays, stored(None))
    assert since(delays, stored(UNIX, RUNNING), NOW + 50, UNIX + 50) is None
    assert delays.news == {8: None}
    assert since(delays, stored(None), NOW + 90, UNIX + 90) == NOW + 90


def test_another_process_goes_on_counting_from_what_is_stored() -> None:
    delays = Delays(PATIENCE_S)
    assert since(delays, stored(UNIX - 3000.0)) == NOW - 3000.0
    assert delays.news == {}


def test_a_step_of_the_wall_clock_changes_nothing_while_the_process_lives() -> None:
    delays = Delays(PATIENCE_S)
    since(delays, stored(UNIX - 3000.0))
    assert since(delays, stored(UNIX - 3000.0), NOW + 10, UNIX + 3610.0) == NOW - 3000.0


@pytest.mark.parametrize(
    ("ago_s", "left_s"),
    [(PATIENCE_S + 1e6, LOOKS_FIRST_S), (PATIENCE_S - 10.0, LOOKS_FIRST_S), (0.0, PATIENCE_S), (-60.0, PATIENCE_S)],
    ids=["over long ago", "almost over", "just now", "the clock was set back"],
)
def test_after_a_restart_the_channels_are_looked_at_before_anybody_is_left_behind(ago_s: float, left_s: float) -> None:
    """Who was lost as the process died may answer by now."""
    found = since(Delays(PATIENCE_S), stored(UNIX - ago_s))
    assert found is not None
    assert found + PATIENCE_S - NOW == left_s


@pytest.fixture
def oven(tmp_path: Path) -> Iterator[ChamberBench]:
    bench = ChamberBench(tmp_path)
    bench.node()
    yield bench
    bench.close()


def launch_both(oven: ChamberBench) -> None:
    places = (("L1", "A1"), ("BARE", "A2"))
    requests = [LaunchRequest("at-forty", cell, bench, source=PROTOCOL) for cell, bench in places]
    with writing(oven.database) as connection:
        launch_together(connection, oven.lab, lambda _: FakeCycler(), requests, oven.clock.now(), "anna")


def test_a_restart_does_not_begin_the_waiting_for_a_member_anew(oven: ChamberBench) -> None:
    launch_both(oven)
    oven.write(runs.update().where(runs.c.id == 2).values(state="paused", desired="pause"))
    oven.tick()
    assert oven.run(1)["reason"] == "in oven-1, waits for run 2 (paused)"
    oven.tick(6000.0)
    oven.node()
    oven.tick(1000.0)
    assert (oven.run(2)["batch_id"], oven.run(1)["reason"]) == (1, "in oven-1, waits for run 2 (paused)")
    oven.node()
    oven.tick(100.0)
    oven.tick(LOOKS_FIRST_S)
    assert oven.run(2)["batch_id"] == 1
    oven.tick(1.0)
    assert oven.run(2)["batch_id"] is None, "two hours after it was held up, not after the last start of the node"
    assert oven.alarms() == ["paused for more than 120 min: the others in oven-1 go on without it"]


def test_who_goes_on_in_between_is_waited_for_as_long_again(oven: ChamberBench) -> None:
    launch_both(oven)
    oven.write(runs.update().where(runs.c.id == 2).values(state="paused", desired="pause"))
    oven.tick()
    oven.tick(6000.0)
    oven.write(runs.update().where(runs.c.id == 2).values(state="running", desired="run"))
    oven.tick()
    assert oven.run(2)["held_up_unix_s"] is None
    oven.write(runs.update().where(runs.c.id == 2).values(state="paused", desired="pause"))
    oven.tick()
    oven.node()
    oven.tick(7000.0)
    assert oven.run(2)["batch_id"] == 1
