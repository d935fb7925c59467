"""A blocked event loop is named while it is blocked, and told of once when it turns again."""

from __future__ import annotations

import asyncio
import logging
import threading

import pytest

from orchestrator.engine.watchdog import stall_watch
from orchestrator.engine.watchdog.stall_watch import StallWatch

_AFTER_S = 2.0
_PATIENCE_S = 120.0


class _Logged(logging.Handler):
    """Says when the watch has said something."""

    def __init__(self) -> None:
        super().__init__()
        self.said = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.said.set()


def _blocks_the_loop() -> None:
    """Until it is named, and a moment longer than counts as a stall."""
    logged, log = _Logged(), logging.getLogger()
    logged.addFilter(logging.Filter(stall_watch.__name__))
    log.addHandler(logged)  # behind the one of caplog, which then has it
    try:
        assert logged.said.wait(_PATIENCE_S)
    finally:
        log.removeHandler(logged)


async def _watched() -> tuple[StallWatch, list[str]]:
    watch, told = StallWatch(after_s=_AFTER_S), list[str]()
    over = asyncio.Event()

    def take(line: str) -> None:
        told.append(line)
        over.set()

    task = asyncio.create_task(watch.run(take))
    await asyncio.sleep(_AFTER_S / 10)
    _blocks_the_loop()
    await asyncio.wait_for(over.wait(), _PATIENCE_S)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return watch, told


def test_the_culprit_is_named_with_its_stack(caplog: pytest.LogCaptureFixture) -> None:
    watch, told = asyncio.run(_watched())

    (logged,) = caplog.messages
    assert "in _blocks_the_loop" in logged
    assert logged.startswith("the event loop has not turned for ")
    (line,) = told
    assert line.startswith("the event loop stood still for ")
    assert "threading.py" in line
    assert watch.stalls == 1


def test_a_loop_that_turns_is_left_in_peace(caplog: pytest.LogCaptureFixture) -> None:
    now_s = [1000.0]
    watch = StallWatch(after_s=5.0, real=lambda: now_s[0])
    for _ in range(100):
        now_s[0] += 1.0  # late, for a beat every quarter of a second, and far from a stall
        watch._look(now_s[0] - watch._beat_s - watch._every_s)
        assert watch._beat() is None

    assert (watch.stalls, caplog.messages) == (0, [])


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
