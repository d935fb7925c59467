from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from simulators.chamber.build import ChamberBuild
from simulators.chamber.chamber import VirtualChamber
from simulators.lab.client import LabControl
from simulators.lab.lab_file import parse_lab
from simulators.lab.thread import LabThread

CELL = "{material: sio_c_l, active_mass_g: 0.00275, area_cm2: 1.131, chamber: oven-1}"
LAB = f"""
virtual_lab: two chambers
control: 127.0.0.1:0
start: 2026-01-05T08:00:00+08:00
speed_without_node: 0
instruments:
  bts-1:
    kind: neware
    listen: 127.0.0.1:0
    devices: [{{devtype: 27, devid: 21, channels: 2}}]
    temperature_aux: T1
    paths: {{'D:\\steps': steps}}
    cells:
      27-21-1-1: {CELL}
  oven-1:
    kind: watlow_f4t
    listen: 127.0.0.1:0
    scpi: 127.0.0.1:0
    chamber: {{seed: 3}}
  oven-2:
    kind: thermotron_8200
    listen: 127.0.0.1:0
"""


@dataclass
class Bench:
    """A chamber under a clock that a test sets."""

    chamber: VirtualChamber
    clock: list[float]

    def run(self, seconds: float) -> None:
        self.clock[0] += seconds

    def air_degC(self) -> float:
        return self.chamber.state.air_degC


def bench(build: ChamberBuild | None = None, begin_unix_s: float = 1_767_571_200.0) -> Bench:
    clock = [begin_unix_s]
    return Bench(VirtualChamber(build or ChamberBuild(), lambda: clock[0]), clock)


@pytest.fixture
def chamber_bench() -> Bench:
    return bench()


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[LabThread]:
    (tmp_path / "steps").mkdir()
    with LabThread(parse_lab(LAB, tmp_path)) as running:
        yield running


@pytest.fixture
def control(lab: LabThread) -> Iterator[LabControl]:
    with lab.control() as connection:
        yield connection
