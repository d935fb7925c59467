"""A plan that asks a person to act: it waits, tells what for, and goes on when somebody has confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from drivers.contracts import ChannelState
from orchestrator.store.prompts import answer_prompt, find_prompt
from orchestrator.store.tables import runs
from orchestrator.store.transactions import reading, writing
from tests.orchestrator.engine.engine_bench import PROTOCOL, EngineBench
from tests.orchestrator.fake_cycler import FakeCycler

PROMPT = "Move the cell to the glove box"
ASKS_FIRST = PROTOCOL.replace("steps:\n", f"steps:\n  - prompt: {PROMPT}\n")
ASKS_BETWEEN = f"{PROTOCOL}  - prompt: {PROMPT}\n  - rest: 1 h\n"
ASKS_LAST = f"{PROTOCOL}  - prompt: {PROMPT}\n"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[EngineBench]:
    made = EngineBench(tmp_path, FakeCycler())
    made.node()
    yield made
    made.close()


def confirm(bench: EngineBench) -> bool:
    with writing(bench.database) as connection:
        return answer_prompt(connection, 1, bench.run()["item"], by="anna", now=bench.clock.now())


def through_the_segment(bench: EngineBench) -> None:
    bench.tick()
    bench.tick()
    assert bench.run()["state"] == "running"
    bench.cycler.run_on(5)
    bench.cycler.end(ChannelState.FINISHED)
    for _ in range(3):
        bench.tick()


def test_a_prompt_waits_and_tells_what_for(bench: EngineBench) -> None:
    bench.launch(ASKS_FIRST)
    bench.tick()
    run = bench.run()
    assert (run["state"], run["reason"]) == ("waiting", f"{PROMPT} (when it is done: `cellbench confirm 1`)")
    with reading(bench.database) as connection:
        asked = find_prompt(connection, 1, 0)
    assert asked is not None
    assert (asked.text, asked.answered_unix_s) == (PROMPT, None)
    bench.tick(86_400.0)
    assert bench.cycler.orders == []


def test_confirmed_it_goes_on(bench: EngineBench) -> None:
    bench.launch(ASKS_FIRST)
    bench.tick()
    assert confirm(bench)
    assert not confirm(bench), "the first answer stands"
    bench.tick()
    assert bench.cycler.orders == ["start L1#1.1.1"]
    assert bench.run()["item"] == 1


def test_between_two_segments_it_holds_the_channel(bench: EngineBench) -> None:
    first = bench.launch(ASKS_BETWEEN)
    second = bench.launch(PROTOCOL)
    through_the_segment(bench)
    assert (bench.run(first)["state"], bench.run(first)["item"]) == ("waiting", 1)
    bench.tick()
    assert bench.run(second)["reason"] == f"run {first} has the channel first"
    assert bench.cycler.orders == ["start L1#1.0.1"]
    confirm(bench)
    bench.tick()
    assert bench.cycler.orders == ["start L1#1.0.1", "start L1#1.2.1"]
    assert bench.segment(2)["time_offset_s"] == 5.0, "what comes behind the prompt is counted on"


def test_a_plan_that_ends_with_a_prompt_completes_there(bench: EngineBench) -> None:
    bench.launch(ASKS_LAST)
    through_the_segment(bench)
    assert bench.run()["state"] == "waiting"
    confirm(bench)
    bench.tick()
    assert bench.run()["state"] == "completed"


def test_a_stop_ends_it_at_once(bench: EngineBench) -> None:
    bench.launch(ASKS_FIRST)
    bench.tick()
    bench.change(runs.update().values(desired="stop"))
    bench.tick()
    assert (bench.run()["state"], bench.cycler.orders) == ("stopped", [])


def test_paused_it_stays_though_confirmed_until_it_is_resumed(bench: EngineBench) -> None:
    bench.launch(ASKS_FIRST)
    bench.tick()
    confirm(bench)
    bench.change(runs.update().values(desired="pause"))
    bench.tick()
    assert (bench.run()["state"], bench.run()["reason"]) == ("waiting", "paused; resume lets it go on")
    bench.change(runs.update().values(desired="run"))
    bench.tick()
    assert bench.cycler.orders == ["start L1#1.1.1"]


def test_a_new_process_neither_asks_again_nor_forgets_the_answer(bench: EngineBench) -> None:
    bench.launch(ASKS_FIRST)
    bench.tick()
    confirm(bench)
    bench.kill()
    bench.node()
    bench.tick()
    assert bench.cycler.orders == ["start L1#1.1.1"]


def test_behind_a_run_that_failed_a_person_must_look_before_anything_is_asked(bench: EngineBench) -> None:
    bench.launch(PROTOCOL)
    bench.launch(ASKS_FIRST)
    bench.tick()
    bench.change(runs.update().where(runs.c.id == 1).values(state="failed", finished_unix_s=bench.clock.now()))
    bench.tick()
    bench.tick()
    run = bench.run(2)
    assert run["state"] == "waiting"
    assert run["reason"].startswith("run 1 before it failed; look at the cell")
    with reading(bench.database) as connection:
        assert find_prompt(connection, 2, 0) is None
    bench.change(sa.update(runs).where(runs.c.id == 2).values(state="queued", released_unix_s=bench.clock.now() + 1))
    bench.tick()
    assert bench.run(2)["reason"].startswith("the channel is busy with L1#1.0.1"), (
        "what runs on is told, not started over"
    )
