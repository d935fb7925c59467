"""The Thermotron's line protocol, by PyVISA: commands are answered, too."""

from collections.abc import Iterator

import pytest
import pyvisa
from pyvisa.resources import MessageBasedResource

from simulators.lab.client import LabControl


@pytest.fixture(params=["\r", "\n", "\r\n"])
def visa(control: LabControl, request: pytest.FixtureRequest) -> Iterator[MessageBasedResource]:
    manager = pyvisa.ResourceManager("@py")
    name = f"TCPIP::127.0.0.1::{control.port('oven-2')}::SOCKET"
    session = manager.open_resource(name, read_termination="\r\n", write_termination=request.param, timeout=60_000)
    yield session
    session.close()
    manager.close()


def test_every_line_is_answered(visa: MessageBasedResource, control: LabControl) -> None:
    assert visa.query("IDEN?") == "8200"
    assert visa.query("SCOD?") == "0"
    assert [visa.query(line) for line in ("MRMP1,3", "SETP1,55", "RUNM")] == ["0", "0", "0"]
    assert visa.query("SETP1?") == "55.00"
    control.advance(300)
    assert float(visa.query("PVAR1?")) == pytest.approx(39.5, abs=1.0)
    assert float(visa.query("THTL1?")) > 20
    assert visa.query("SCOD?") == "1"
    assert [visa.query(line) for line in ("SETP1,999", "SETP1,warm", "MRMP1,-1", "FOO", "FOO?")] == ["1"] * 5
    assert visa.query("STOP") == "0"
    assert visa.query("SCOD?") == "5"


def test_alarms_and_stops_are_told(visa: MessageBasedResource, control: LabControl) -> None:
    visa.query("RUNM")
    assert visa.query("ALRM1?") == "0"
    control.chamber("oven-2", alarm=1, sensor="open")
    assert visa.query("ALRM1?") == str(1 << 5)
    assert visa.query("SCOD?") == "6"
    assert float(visa.query("PVAR1?")) == 999
    control.chamber("oven-2", limit="trip")
    assert visa.query("SCOD?") == "10"
