"""What a NEWARE's auxiliary sensor tells of a cell in a chamber, in inquire, download and ledger."""

from pathlib import Path

import numpy as np
import pytest
from aurora_unicycler import CyclingProtocol, OpenCircuitVoltage, RecordParams, SafetyParams

from simulators.lab.client import LabControl
from simulators.lab.thread import LabThread
from tests.simulators.bts_wire import BtsWire, at, parse


@pytest.fixture
def started(lab: LabThread, tmp_path: Path):
    protocol = CyclingProtocol(
        record=RecordParams(time_s=10),
        safety=SafetyParams(max_voltage_V=2, min_voltage_V=-0.1, max_current_mA=20, min_current_mA=-20),
        method=[OpenCircuitVoltage(until_time_s=7200)],
    )
    protocol.to_neware_xml(tmp_path / "steps" / "rest.xml", sample_name="any", capacity_mAh=3)
    with BtsWire(lab.port("bts-1")) as wire:
        yield wire


ADDRESS = at("27-21-1-1")


def test_the_cells_temperature_is_told_and_recorded(started: BtsWire, control: LabControl) -> None:
    (answer,) = started.ask_list("start", f'<start {ADDRESS} barcode="c1">D:\\steps\\rest.xml</start>')
    assert answer.text == "ok"
    control.chamber("oven-1", mode="auto", set_point_degC=45.0)
    control.advance(3600)
    (point,) = started.ask_list("inquire", f'<inquire {ADDRESS} aux="1" barcode="1">true</inquire>')
    truth_degC = control.cells()["bts-1"]["27-21-1-1"]["temperature_degC"]
    assert float(point.attrib["T1"]) == pytest.approx(truth_degC, abs=0.1)
    (plain,) = started.ask_list("inquire", f'<inquire {ADDRESS} aux="0" barcode="1">true</inquire>')
    assert "T1" not in plain.attrib
    body = f'<cmd>download</cmd><download {ADDRESS} auxid="0" testid="0" startpos="1" count="1000"/>'
    rows = parse(started.ask(body)).find("list")
    assert rows is not None
    recorded = np.array([float(row.attrib["T1"]) for row in rows])
    ledger = control.ledger("bts-1", "27-21-1-1", 1)
    np.testing.assert_array_equal(recorded, ledger["T1"][: len(recorded)])
    assert len(recorded) >= 355
    assert recorded[0] == 25.0
    assert (np.diff(recorded) >= -0.1).all()
    assert 43 < recorded[-1] < 45
