"""The F4T over SCPI, by PyVISA and its shell; and that both wires tell of one chamber."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import pyvisa
from pyvisa.resources import MessageBasedResource

from simulators.lab.client import LabControl
from simulators.lab.thread import LabThread
from tests.simulators.chamber.test_f4t_modbus import F4t


@pytest.fixture
def visa(control: LabControl) -> Iterator[MessageBasedResource]:
    manager = pyvisa.ResourceManager("@py")
    name = f"TCPIP::127.0.0.1::{control.port('oven-1', 'scpi')}::SOCKET"
    session = manager.open_resource(name, read_termination="\n", write_termination="\n", timeout=60_000)
    yield session
    session.close()
    manager.close()


def test_a_session_sets_a_ramp_and_watches_it(visa: MessageBasedResource, control: LabControl) -> None:
    assert visa.query("*IDN?").startswith('"Watlow Electric",F4T')
    assert visa.query(":UNIT:TEMPERATURE?") == "C"
    for command in ("RACTION SETPOINT", "RSCALE MINUTES", "RRATE 2", "SPOINT 45"):
        visa.write(f":SOURCE:CLOOP1:{command}")
    visa.write(":OUTPUT1:STATE ON")
    assert visa.query(":OUTPUT1:STATE?") == "ON"
    control.advance(300)
    assert float(visa.query(":SOURCE:CLOOP1:SPOINT?")) == pytest.approx(35.0, abs=0.1)  # the active one
    assert control.chamber("oven-1")["target_degC"] == 45.0
    assert float(visa.query(":SOURCE:CLOOP1:RRATE?")) == 2.0
    assert visa.query("source:cloop1:error?") == "NONE"


def test_both_wires_tell_the_same_process_value(
    visa: MessageBasedResource, lab: LabThread, control: LabControl
) -> None:
    f4t = F4t(lab.port("oven-1"))
    f4t.set_number(2782, 40.0)
    f4t.set_word(16594, 63)
    for unit in ("C", "F"):
        visa.write(f":UNIT:TEMPERATURE {unit}")
        for _ in range(30):
            control.advance(7)
            assert float(visa.query(":SOURCE:CLOOP1:PVALUE?")) == pytest.approx(f4t.number(2820), abs=1e-4)
    f4t.client.close()


def test_a_broken_sensor_is_an_error(visa: MessageBasedResource, control: LabControl) -> None:
    control.chamber("oven-1", sensor="shorted")
    assert visa.query(":SOURCE:CLOOP1:ERROR?") == "ERROR"
    assert visa.query(":SOURCE:CLOOP1:PVALUE?") == "NAN"


def test_what_it_does_not_understand_it_passes_over(visa: MessageBasedResource, control: LabControl) -> None:
    for line in (":NO:SUCH:THING?", ":SOURCE:CLOOP1:SPOINT 500", ":SOURCE:CLOOP1:SPOINT warm", ":PROGRAM:NUMBER x"):
        visa.write(line)
    assert visa.query(":UNIT:TEMPERATURE?") == "C"
    assert control.chamber("oven-1")["target_degC"] == 25.0


def test_a_program_is_started_and_stopped(visa: MessageBasedResource, control: LabControl) -> None:
    visa.write(":PROGRAM:NUMBER 1")
    states = []
    for act in ("START", "PAUSE", "RESUME", "STOP"):
        visa.write(f":PROGRAM:SELECTED:STATE {act}")
        assert visa.query(":UNIT:TEMPERATURE?") == "C"  # by then it is done
        states.append(control.chamber("oven-1")["profile"])
    assert states == ["running", "paused", "running", "terminated"]


def test_pyvisa_shell_gets_on_with_it(control: LabControl) -> None:
    lines = [
        f"open TCPIP::127.0.0.1::{control.port('oven-1', 'scpi')}::SOCKET",
        "termchar LF LF",
        "query *IDN?",
        "write :SOURCE:CLOOP1:SPOINT 41",
        "query :UNIT:TEMPERATURE?",
        "close",
        "exit",
    ]
    shell = Path(sys.executable).with_name("pyvisa-shell")
    done = subprocess.run(
        [shell, "-b", "@py"], input="\n".join(lines) + "\n", capture_output=True, text=True, timeout=300, check=True
    )
    assert 'Response: "Watlow Electric",F4T' in done.stdout
    assert "Response: C" in done.stdout
    assert control.chamber("oven-1")["target_degC"] == 41.0
