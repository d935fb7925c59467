"""A process dies at the named point, at the time that is named, and nowhere else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from drivers.crash_point import VARIABLE

ROOT = Path(__file__).parents[2]
PASSES_BY = """
from enum import StrEnum
from drivers.crash_point import reached

class Point(StrEnum):
    HERE = "here"
    THERE = "there"

for turn in range(1, 4):
    reached(Point.THERE)
    print(turn, flush=True)
    reached(Point.HERE)
"""


def passing_by(armed: str | None, program: str = PASSES_BY) -> tuple[int, list[str]]:
    """Exit code and what was printed, of a process in a session of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop(VARIABLE, None)
    environment |= {VARIABLE: armed} if armed else {}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        stdout=subprocess.PIPE,
        start_new_session=True,
        text=True,
        timeout=300,
        check=False,
    )
    return done.returncode, done.stdout.split()


@pytest.mark.parametrize(
    ("armed", "status", "printed"),
    [
        (None, 0, ["1", "2", "3"]),
        ("elsewhere", 0, ["1", "2", "3"]),
        ("here:4", 0, ["1", "2", "3"]),
        ("here", -signal.SIGKILL, ["1"]),
        ("here:2", -signal.SIGKILL, ["1", "2"]),
        ("there:3", -signal.SIGKILL, ["1", "2"]),
        ("here:3:all", -signal.SIGKILL, ["1", "2", "3"]),
        ("elsewhere,there:2,here:2", -signal.SIGKILL, ["1"]),
    ],
)
def test_it_dies_there_and_nowhere_else(armed: str | None, status: int, printed: list[str]) -> None:
    assert passing_by(armed) == (status, printed)


def test_all_takes_the_whole_group_along() -> None:
    parent = f"""
import subprocess, sys
print(subprocess.run([sys.executable, "-c", {PASSES_BY!r}]).returncode, flush=True)
"""
    status, printed = passing_by("here:2:all", parent)
    assert (status, printed) == (-signal.SIGKILL, ["1", "2"]), "the parent died before it could tell of its child"
    status, printed = passing_by("here:2", parent)
    assert (status, printed) == (0, ["1", "2", "-9"])
