from collections.abc import Iterator
from pathlib import Path

import pytest
from aurora_unicycler import ConstantCurrent, CyclingProtocol, Loop, OpenCircuitVoltage, RecordParams, SafetyParams, Tag

from simulators.lab.client import LabControl
from simulators.lab.lab_file import parse_lab
from simulators.lab.thread import LabThread
from tests.simulators.bts_wire import BtsWire

CELL = "{material: sio_c_l, active_mass_g: 0.00275, area_cm2: 1.131, seed: 11}"

LAB = f"""
virtual_lab: two units
control: 127.0.0.1:0
start: 2026-01-05T08:00:00+08:00
speed_without_node: 0
instruments:
  bts-1:
    kind: neware
    listen: 127.0.0.1:0
    devices: [{{devtype: 27, devid: 21, subdevices: 2, channels: 8}}]
    time_zone: Asia/Shanghai
    paths: {{'D:\\steps': steps}}
    cells:
      27-21-1-1: {CELL}
      27-21-1-2: {CELL}
"""


@pytest.fixture
def lab_text() -> str:
    return LAB


@pytest.fixture
def lab(tmp_path: Path, lab_text: str) -> Iterator[LabThread]:
    """A running lab of two units of eight channels; its PC's ``D:\\steps`` is ``tmp_path / "steps"``."""
    (tmp_path / "steps").mkdir()
    # aurora-neware resolves every path on the machine it runs on, so this folder has its own name there too.
    text = lab_text.replace("paths: {", f"paths: {{'{tmp_path}': {tmp_path}, ", 1)
    with LabThread(parse_lab(text, tmp_path)) as running:
        yield running


@pytest.fixture
def wire(lab: LabThread) -> Iterator[BtsWire]:
    with BtsWire(lab.port("bts-1")) as connection:
        yield connection


@pytest.fixture
def control(lab: LabThread) -> Iterator[LabControl]:
    with lab.control() as connection:
        yield connection


@pytest.fixture
def steps(tmp_path: Path, lab: LabThread) -> Path:
    """Where the instrument's PC keeps its step files; ``short.xml`` is one of some five hours."""
    protocol = CyclingProtocol(
        record=RecordParams(time_s=10),
        safety=SafetyParams(max_voltage_V=2, min_voltage_V=-0.1, max_current_mA=20, min_current_mA=-20),
        method=[
            Tag(tag="cycle"),
            OpenCircuitVoltage(until_time_s=60),
            ConstantCurrent(current_mA=-2, until_voltage_V=0.01, until_time_s=36000),
            ConstantCurrent(current_mA=2, until_voltage_V=1.5, until_time_s=36000),
            Loop(loop_to="cycle", cycle_count=2),
        ],
    )
    protocol.to_neware_xml(tmp_path / "steps" / "short.xml", sample_name="any", capacity_mAh=3)
    return tmp_path / "steps"
