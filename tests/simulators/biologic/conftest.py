from collections.abc import Iterator
from pathlib import Path

import pytest

from simulators.lab.client import LabControl
from simulators.lab.lab_file import parse_lab
from simulators.lab.thread import LabThread
from tests.simulators.biologic.eclib_client import EclibClient

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
    board: {{voltage_noise_V: 0, current_noise_A: 0}}
    cells: {{0: {CELL}, 1: {CELL}}}
"""


@pytest.fixture
def lab_text() -> str:
    return LAB


@pytest.fixture
def lab(lab_text: str, tmp_path: Path) -> Iterator[LabThread]:
    """A lab with one VSP-300: channels 0 and 1 with cells, 3 with open leads, 2 and up not plugged."""
    with LabThread(parse_lab(lab_text, tmp_path)) as running:
        yield running


@pytest.fixture
def control(lab: LabThread) -> Iterator[LabControl]:
    with lab.control() as connection:
        yield connection


@pytest.fixture
def bare(lab: LabThread) -> Iterator[EclibClient]:
    """Connected, no firmware loaded."""
    with EclibClient(lab.port("vsp-1")) as client:
        yield client


@pytest.fixture
def eclib(bare: EclibClient) -> EclibClient:
    """Connected, with firmware on all channels."""
    assert bare.load_firmware([0, 1, 3]) == (0, {0: 0, 1: 0, 3: 0})
    return bare
