"""What the chambers' tests share: drivers that are closed at the end, on a clock of the test's own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from drivers.chamber import open_binder_mb2, open_thermotron_8200, open_watlow_f4t
from drivers.contracts import Chamber, Surroundings

OpenChamber = Callable[..., Chamber]
_OPEN = {"watlow-f4t": open_watlow_f4t, "thermotron-8200": open_thermotron_8200, "binder-mb2": open_binder_mb2}
LAB_LIMITS = ["-30 degC", "120 degC"]


@dataclass
class SetClock:
    now_s: float = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def chamber(tmp_path: Path, clock: SetClock) -> Iterator[OpenChamber]:
    """Open a chamber at an address; a time-out of five seconds unless given."""
    opened: list[Chamber] = []

    def open_at(address: str, family: str = "watlow-f4t", **options: object) -> Chamber:
        given = {"timeout": 5.0, **options}
        opened.append(_OPEN[family]("oven-1", address, given, Surroundings(clock, tmp_path / "state")))
        return opened[-1]

    yield open_at
    for one in opened:
        one.close()


@dataclass
class Stopwatch:
    """Wall and processor seconds between ``__enter__`` and ``__exit__``."""

    wall_s: float = 0.0
    processor_s: float = 0.0

    def __enter__(self) -> Stopwatch:
        self._began = (time.monotonic(), time.thread_time())
        return self

    def __exit__(self, *_: object) -> None:
        self.wall_s, self.processor_s = time.monotonic() - self._began[0], time.thread_time() - self._began[1]
