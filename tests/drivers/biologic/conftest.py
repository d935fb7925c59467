"""What tests of the VSP-300's driver share: a virtual instrument, and cyclers on it that are closed at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest

from drivers.biologic import open_cycler
from drivers.biologic.cycler import BiologicCycler
from drivers.contracts import Surroundings
from simulators.lab.client import LabControl
from simulators.lab.lab_file import parse_lab
from simulators.lab.thread import LabThread

OpenCycler = Callable[..., BiologicCycler]

CELL = "{material: sio_c_l, active_mass_g: 0.00275, area_cm2: 1.131, seed: 11}"
LAB = f"""
virtual_lab: a potentiostat
control: 127.0.0.1:0
start: 2026-01-05T08:00:00+08:00
speed_without_node: 0
instruments:
  vsp-1:
    kind: vsp300
    listen: 127.0.0.1:0
    channels: [0, 1, 3]
    cells: {{0: {CELL}, 1: {CELL}}}
"""


@pytest.fixture
def lab_text() -> str:
    return LAB


@pytest.fixture
def lab(lab_text: str, tmp_path: Path) -> Iterator[LabThread]:
    with LabThread(parse_lab(lab_text, tmp_path)) as running:
        yield running


@pytest.fixture
def control(lab: LabThread) -> Iterator[LabControl]:
    with lab.control() as connection:
        connection.now()
        yield connection


@pytest.fixture
def state_dir(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def open_vsp(lab: LabThread, control: LabControl, state_dir: Path) -> Iterator[OpenCycler]:
    """Opens a cycler as another process of the service would; all share one folder of spools.

    Its time limit is long: a virtual channel on a busy machine computes for a while before it tells.
    """
    opened: list[BiologicCycler] = []

    def open_at(**options: object) -> BiologicCycler:
        given = {"library": "simulators.biologic.eclib:VirtualEClib", "timeout": "60 s", **options}
        surroundings = Surroundings(control.now, state_dir)
        address = str(given.pop("address", f"127.0.0.1:{lab.port('vsp-1')}"))
        opened.append(cast("BiologicCycler", open_cycler("vsp-1", address, given, surroundings)))
        return opened[-1]

    yield open_at
    for one in opened:
        one.close()


@pytest.fixture
def vsp(open_vsp: OpenCycler) -> BiologicCycler:
    return open_vsp()
