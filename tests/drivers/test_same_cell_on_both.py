"""One protocol on one cell, on a NEWARE channel and on a VSP-300: the same cycles, capacities and signs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from drivers import biologic, neware
from drivers.contracts import Cycler, StepKind, Surroundings, TestHandle
from protocols import library
from protocols.cell import Cell
from protocols.compile import compile_protocol
from protocols.plan import Segment
from protocols.program import Program
from protocols.reading import parse_protocol
from simulators.lab.client import LabControl
from simulators.lab.lab_file import parse_lab
from simulators.lab.thread import LabThread

Columns = dict[str, npt.NDArray[Any]]
Occurrences = list[tuple[int, StepKind, float]]

CELL = Cell("L1", 2.75e-3, 1.131, 3.35e-3, 0.01, 1.5, "SiO@C-l")
PLUGGED = "{material: sio_c_l, active_mass_g: 0.00275, area_cm2: 1.131, seed: 11}"
BTS, VSP = "27-21-1-1", "1"
LAB = f"""
virtual_lab: two makes
control: 127.0.0.1:0
start: 2026-01-05T08:00:00+08:00
speed_without_node: 0
instruments:
  bts-1:
    kind: neware
    listen: 127.0.0.1:0
    devices: [{{devtype: 27, devid: 21, subdevices: 1, channels: 1}}]
    paths: {{'D:\\steps': steps}}
    cells: {{{BTS}: {PLUGGED}}}
  vsp-1:
    kind: vsp300
    listen: 127.0.0.1:0
    channels: [0]
    cells: {{0: {PLUGGED}}}
"""
START_LAG_s = 6.0
"""A BTS tells what it does late."""


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[LabThread]:
    (tmp_path / "steps").mkdir()
    with LabThread(parse_lab(LAB, tmp_path)) as running:
        yield running


@pytest.fixture
def control(lab: LabThread) -> Iterator[LabControl]:
    with lab.control() as connection:
        yield connection


@pytest.fixture
def cyclers(lab: LabThread, control: LabControl, tmp_path: Path) -> Iterator[dict[str, Cycler]]:
    steps = {"time_zone": "UTC", "step_dir": str(tmp_path / "steps"), "remote_step_dir": "D:\\steps"}
    channel = {"voltage_min_V": -5.0, "voltage_max_V": 5.0, "current_max_A": 0.05}
    opened: dict[str, Cycler] = {
        BTS: neware.open_cycler(
            "bts-1",
            f"127.0.0.1:{lab.port('bts-1')}",
            {**steps, "login": False, "timeout": 20.0, "channel": channel},
            Surroundings(control.now, tmp_path / "bts"),
        ),
        VSP: biologic.open_cycler(
            "vsp-1",
            f"127.0.0.1:{lab.port('vsp-1')}",
            {"library": "simulators.biologic.eclib:VirtualEClib", "timeout": "30 s"},
            Surroundings(control.now, tmp_path / "vsp"),
        ),
    }
    yield opened
    for cycler in opened.values():
        cycler.close()


def formation(rate: str, every: str) -> Program:
    """Two cycles of the library's formation, with other records."""
    shipped = library.find("formation")
    assert shipped is not None
    content, found = re.subn(r"(?m)^record: .*$", f"record: {{every: {every}}}", shipped.content.decode())
    assert found == 1
    content = content.replace("current: 0.2 A/g", "current: 8 A/g")
    (segment,) = compile_protocol(
        parse_protocol(content), CELL, {"rate": rate, "cycles": "2", "wetting": "10 min"}
    ).items
    assert isinstance(segment, Segment)
    return segment.program


def run_on_both(cyclers: dict[str, Cycler], control: LabControl, program: Program) -> dict[str, Columns]:
    """Start at once, let time pass to the end of both, read everything."""
    handles = {}
    for channel, cycler in cyclers.items():
        handles[channel] = cycler.start(channel, cycler.translate(program, channel), "L1#1.1.1")
    control.advance(START_LAG_s)
    for _ in range(100):
        control.advance(1800.0)
        if all(cycler.observe()[channel].records_complete for channel, cycler in cyclers.items()):
            break
    found = {}
    for channel, cycler in cyclers.items():
        handle = TestHandle(channel, handles[channel].tag, cycler.observe()[channel].test_id)
        found[channel] = read(cycler, handle)
    return found


def read(cycler: Cycler, handle: TestHandle) -> Columns:
    cursor, parts = "", []
    while True:
        batch = cycler.read(handle, cursor)
        assert batch.problems == ()
        if not len(batch):
            return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        parts.append(batch.columns)
        cursor = batch.cursor


def occurrences(columns: Columns) -> Occurrences:
    """Cycle, kind and capacity of each occurrence of a step, in their order."""
    ends = np.flatnonzero(np.append((np.diff(columns["step"]) != 0) | (np.diff(columns["step_time_s"]) < 0), True))
    return [
        (int(columns["cycle"][end]), StepKind(int(columns["step_kind"][end])), float(columns["step_capacity_Ah"][end]))
        for end in ends
    ]


def test_formation_gives_the_same_capacities_within_a_fifth_of_a_percent(
    cyclers: dict[str, Cycler], control: LabControl
) -> None:
    found = run_on_both(cyclers, control, formation("0.5 A/g", "5 s"))
    on_bts, on_vsp = occurrences(found[BTS]), occurrences(found[VSP])
    assert [(cycle, kind) for cycle, kind, _ in on_vsp] == [(cycle, kind) for cycle, kind, _ in on_bts]
    assert [kind for _, kind, _ in on_vsp] == [
        StepKind.REST, StepKind.CC_DISCHARGE, StepKind.CC_CHARGE, StepKind.CC_DISCHARGE, StepKind.CC_CHARGE,
    ]  # fmt: skip
    for (_, kind, vsp_Ah), (_, _, bts_Ah) in zip(on_vsp[1:], on_bts[1:], strict=True):
        assert vsp_Ah == pytest.approx(bts_Ah, rel=2e-3), kind
    for columns in found.values():
        charging = columns["step_kind"] == StepKind.CC_CHARGE
        assert (columns["current_A"][charging] > 0).all()
        assert (columns["current_A"][columns["step_kind"] == StepKind.CC_DISCHARGE] < 0).all()
        assert columns["voltage_V"][charging].max() == pytest.approx(1.5, abs=5e-3)


def test_at_a_high_rate_what_a_vsp_300_does_not_see_is_less_than_one_interval(
    cyclers: dict[str, Cycler], control: LabControl
) -> None:
    """It writes no row where a step ends: the counter lacks up to current times interval, always the same way."""
    interval_s = 10.0
    found = run_on_both(cyclers, control, formation("2C", f"{interval_s:g} s"))
    most_Ah = 2 * 3.35e-3 * interval_s / 3600
    for (_, kind, vsp_Ah), (_, _, bts_Ah) in zip(occurrences(found[VSP])[1:], occurrences(found[BTS])[1:], strict=True):
        assert -most_Ah * 1.1 < vsp_Ah - bts_Ah < 1e-3 * bts_Ah, kind


def test_signs_and_charge_are_the_cells_own(cyclers: dict[str, Cycler], control: LabControl) -> None:
    """Compared with the cell on the control port: discharge lithiates it, by as much as the records say."""
    vsp = cyclers[VSP]
    handle = vsp.start(VSP, vsp.translate(formation("0.5 A/g", "5 s"), VSP), "L1#1.1.1")
    control.advance(600.0 + 1e-3)  # the rest
    before = control.cells()["vsp-1"]["0"]
    for _ in range(6):
        control.advance(600.0)
        vsp.observe()
    after = control.cells()["vsp-1"]["0"]
    columns = read(vsp, TestHandle(VSP, handle.tag, handle.test_id))
    assert after["current_A"] < 0
    assert columns["current_A"][-1] == pytest.approx(after["current_A"], rel=1e-5)
    assert columns["voltage_V"][-1] == pytest.approx(after["voltage_V"], abs=1e-3)
    assert after["voltage_V"] < before["voltage_V"]
    lithiated_mAh_g = after["state"]["lithiated_mAh_g"] - before["state"]["lithiated_mAh_g"]
    passed_Ah = columns["step_capacity_Ah"][-1]
    assert columns["step_kind"][-1] == StepKind.CC_DISCHARGE
    assert passed_Ah == pytest.approx(lithiated_mAh_g * 0.00275 / 1000, rel=2e-3)
