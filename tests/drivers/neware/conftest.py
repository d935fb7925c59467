"""What NEWARE tests share: options of a lab file and a cycler that is closed at the end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest

from drivers.contracts import Surroundings
from drivers.neware import open_cycler
from drivers.neware.cycler import NewareCycler

OpenCycler = Callable[..., NewareCycler]


@pytest.fixture
def options(tmp_path: Path) -> dict[str, object]:
    return {
        "time_zone": "Europe/Zurich",
        "step_dir": str(tmp_path),
        "remote_step_dir": "D:\\steps",
        "login": False,
        "timeout": 30.0,
        "channel": {"voltage_min_V": -5.0, "voltage_max_V": 5.0, "current_max_A": 0.05},
    }


@pytest.fixture
def cycler(options: dict[str, object], tmp_path: Path) -> Iterator[OpenCycler]:
    opened: list[NewareCycler] = []
    surroundings = Surroundings(time.time, tmp_path / "state")

    def open_at(address: str, **more: object) -> NewareCycler:
        opened.append(cast("NewareCycler", open_cycler("bts-1", address, {**options, **more}, surroundings)))
        return opened[-1]

    yield open_at
    for one in opened:
        one.close()
