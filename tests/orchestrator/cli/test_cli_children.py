"""``cellbench serve`` starts again what has ended, after pauses that grow; what cannot start ends the service."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from orchestrator.cli.children import Child
from orchestrator.exit_codes import CANNOT_START, STOOD_STILL

Ends = Callable[[int], Child]
_STARTED_S = 10.0
"""By then a child has started."""


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    """What ends a child: the exit code, written here."""
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


@pytest.fixture
def child(pipe: Path) -> Iterator[Child]:
    """A process that lives until it is told with which exit code to end."""
    made = Child("node", ["/bin/sh", "-c", f'read code < "{pipe}"; exit $code'])
    made.start(0.0)
    yield made
    if made.process is not None:
        made.process.kill()
        made.process.wait()


def ends(child: Child, pipe: Path, code: int) -> None:
    pipe.write_text(f"{code}\n")
    assert child.process is not None
    child.process.wait(300.0)


def test_one_that_stood_still_is_started_again_after_pauses_that_grow(child: Child, pipe: Path) -> None:
    now_s, told = 0.0, []
    for _ in range(8):
        assert child.look(now_s + _STARTED_S) is None
        ends(child, pipe, STOOD_STILL)
        now_s += 200.0  # longer than a node takes to see that it stands still
        told.append(child.look(now_s))
        now_s = child.restart_at_s
        assert child.look(now_s - 0.1) is None
        assert child.process is None
        assert child.look(now_s) is None
        assert child.process is not None
    pauses = ("1", "2", "5", "10", "30", "60", "60", "60")
    assert told == [f"node stood still and ended itself; starting it again in {pause} s" for pause in pauses]


def test_one_that_cannot_start_is_not_started_again(child: Child, pipe: Path) -> None:
    child.look(_STARTED_S)
    ends(child, pipe, CANNOT_START)
    assert child.look(20.0) == f"node ended with exit code {CANNOT_START}"
    assert not child.may_restart
