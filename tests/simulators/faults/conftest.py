from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from simulators.faults.fault_file import parse_faults
from simulators.lab.client import LabControl
from simulators.lab.lab_file import parse_lab
from simulators.lab.thread import LabThread
from tests.simulators.bts_wire import BtsWire

CELL = "{material: sio_c_l, active_mass_g: 0.00275, area_cm2: 1.131, seed: 11}"
LAB = f"""
virtual_lab: one of each
control: 127.0.0.1:0
start: 2026-01-05T08:00:00+08:00
speed_without_node: 0
instruments:
  bts-1:
    kind: neware
    listen: 127.0.0.1:0
    devices: [{{devtype: 27, devid: 21, channels: 2}}]
    status_lag_s: 0
    time_zone: Asia/Shanghai
    temperature_aux: T1
    paths: {{'D:\\steps': steps}}
    cells: {{27-21-1-1: {CELL}}}
  vsp-1:
    kind: vsp300
    listen: 127.0.0.1:0
    channels: [0, 1]
    firmware: kernel
    board: {{voltage_noise_V: 0, current_noise_A: 0}}
    cells: {{0: {CELL}}}
  oven-1: {{kind: watlow_f4t, listen: '127.0.0.1:0', scpi: '127.0.0.1:0', chamber: {{noise_K: 0}}}}
  oven-2: {{kind: thermotron_8200, listen: '127.0.0.1:0'}}
"""
HEAD = "cellbench_faults: 1\nseed: 7\nfaults:\n"


@dataclass
class Faulty:
    """A running lab with faults in it."""

    lab: LabThread
    control: LabControl

    def fired(self) -> list[tuple[str, str]]:
        """Instrument and name of every fault that happened."""
        return [(one["instrument"], one["name"]) for one in self.control.fired()]


@pytest.fixture
def faulty(tmp_path: Path) -> Iterator[Callable[[str], Faulty]]:
    """Start a lab with these faults: lines of a list, each one fault."""
    (tmp_path / "steps").mkdir()
    with ExitStack() as stack:

        def start(faults: str) -> Faulty:
            text = HEAD + "".join(f"  - {line.strip()}\n" for line in faults.strip().splitlines())
            lab = stack.enter_context(LabThread(parse_lab(LAB, tmp_path), parse_faults(text)))
            return Faulty(lab, stack.enter_context(lab.control()))

        yield start


@pytest.fixture
def short_step_file(tmp_path: Path) -> str:
    """A rest of a minute, then 2 mA until 1.5 V or ten hours, with records every ten seconds; returns its PC path."""
    from aurora_unicycler import ConstantCurrent, CyclingProtocol, OpenCircuitVoltage, RecordParams, SafetyParams

    protocol = CyclingProtocol(
        record=RecordParams(time_s=10),
        safety=SafetyParams(max_voltage_V=2, min_voltage_V=-0.1, max_current_mA=20, min_current_mA=-20),
        method=[
            OpenCircuitVoltage(until_time_s=60),
            ConstantCurrent(current_mA=-0.5, until_time_s=3600),
            ConstantCurrent(current_mA=0.5, until_voltage_V=1.5, until_time_s=36000),
        ],
    )
    (tmp_path / "steps").mkdir(exist_ok=True)
    protocol.to_neware_xml(tmp_path / "steps" / "short.xml", sample_name="any", capacity_mAh=3)
    return "D:\\steps\\short.xml"


@pytest.fixture
def start_test(short_step_file: str) -> Callable[[Faulty, str], str]:
    """Start the short step file on channel 1; returns what was answered."""

    def start(faulty: Faulty, barcode: str = "L1") -> str:
        with BtsWire(faulty.lab.port("bts-1")) as wire:
            where = 'ip="127.0.0.1" devtype="27" devid="21" subdevid="1" chlid="1"'
            (item,) = wire.ask_list("start", f'<start {where} barcode="{barcode}">{short_step_file}</start>')
            return item.text or ""

    return start
