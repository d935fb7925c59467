"""A blocked event loop is named while it is blocked, and told of once when it turns again."""

from __future__ import annotations

import asyncio
import threading

import pytest

from orchestrator.engine.watchdog.stall_watch import StallWatch

_AFTER_S = 0.5


def _blocks_the_loop() -> None:
    threading.Event().wait(4 * _AFTER_S)


async def _watched(*, block: bool) -> tuple[StallWatch, list[str]]:
    watch, told = StallWatch(after_s=_AFTER_S), list[str]()
    over = asyncio.Event()

    def take(line: str) -> None:
        told.append(line)
        over.set()

    task = asyncio.create_task(watch.run(take))
    await asyncio.sleep(_AFTER_S / 4)
    if block:
        _blocks_the_loop()
        await asyncio.wait_for(over.wait(), 5.0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return watch, told


def test_the_culprit_is_named_with_its_stack(caplog: pytest.LogCaptureFixture) -> None:
    watch, told = asyncio.run(_watched(block=True))

    (logged,) = caplog.messages
    assert "in _blocks_the_loop" in logged
    assert logged.startswith("the event loop has not turned for ")
    (line,) = told
    assert line.startswith("the event loop stood still for ")
    assert "threading.py" in line
    assert watch.stalls == 1


def test_a_loop_that_turns_is_left_in_peace(caplog: pytest.LogCaptureFixture) -> None:
    watch, told = asyncio.run(_watched(block=False))

    assert (watch.stalls, told, caplog.messages) == (0, [], [])


def test_a_process_that_stood_still_as_a_whole_blames_no_line() -> None:
    """Suspended for minutes: the thread that looks stood still, too, so the loop comes first."""
    now_s = [1000.0]
    watch = StallWatch(after_s=5.0, real=lambda: now_s[0])
    now_s[0] += 300.0

    line = watch._beat()

    assert line is not None
    assert line.startswith("the whole process stood still for 299.8 s")
    assert watch._beat() is None
    assert watch.stalls == 1
