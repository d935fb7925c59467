"""A faults file: what it may say, and how a mistake is told."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.cli.lab import lab as lab_command
from simulators.faults.fault_file import FaultFileError, load_faults, parse_faults
from simulators.lab.client import LabControl
from simulators.lab.lab import VirtualLab
from simulators.lab.lab_file import parse_lab
from simulators.lab.refusal import LabRefusal
from tests.simulators.faults.conftest import HEAD, LAB

MISTAKES = [
    ("instrument: bts-1, do: garble, tims: 3", "line 4: faults.1.tims: there is no such key"),
    ("instrument: bts-1", "line 4: faults.1.do: Field required"),
    ("instrument: bts-9, do: garble", "line 4: faults.1.instrument: there is no instrument 'bts-9'; there are bts-1"),
    ("instrument: bts-1, do: explode", "line 4: faults.1.do: do must be one of drop_request"),
    ("instrument: bts-1, do: {delay_s: -1}", "line 4: faults.1.do: do must be one of"),
    ("instrument: bts-1, do: {split: 0}", "line 4: faults.1.do: do must be one of"),
    ("instrument: bts-1, at: 2 hours, do: garble", "line 4: faults.1.at: '2 hours' is no duration; write one such as"),
    ("instrument: bts-1, at: 2 h, on: {command: start}, do: garble", "line 4: faults.1: at and on both say"),
    ("instrument: bts-1, on: {record: 3}, do: garble", "line 4: faults.1.on: start, step_change and record are events"),
    ("instrument: bts-1, on: {command: inqire}, do: garble", "line 4: faults.1.on: there is no command 'inqire'"),
    ("instrument: bts-1, on: {record: 3, channel: 1}, do: garble", "faults.1.on.channel: there is no channel '1'"),
    ("instrument: bts-1, random: 0.05, do: garble", "faults.1.random: 0.05 is no share; write one such as 5 %"),
    ("instrument: bts-1, every: 0 exchanges, do: garble", "faults.1.every: '0 exchanges' does not say how often"),
    ("instrument: bts-1, random: 5 %, every: 2 h, do: garble", "faults.1: random and every both say how often"),
    ("instrument: bts-1, commands: inqire, do: garble", "line 4: faults.1.commands: there is no command 'inqire'"),
    ("instrument: bts-1, do: unplug", "line 4: faults.1.do: unplug happens to a channel: add channel:, such as 27-21-"),
    ("instrument: bts-1, channel: 27-21-9-9, do: unplug", "faults.1.do: there is no channel '27-21-9-9'"),
    ("instrument: bts-1, channel: 27-21-1-1, do: foreign_stop, for: 2 h", "faults.1.for: this cannot be undone"),
    ("instrument: bts-1, at: 2 h, do: reboot, times: 3", "faults.1.times: this happens at one instant; add every:"),
    (
        "instrument: bts-1, channel: 27-21-1-1, do: {voltage: {offset: 1}}",
        "a wrong reading is written nan, open, froze",
    ),
    ("instrument: bts-1, channel: 27-21-1-1, do: {voltage: {scale: -1}}", "scale must be positive"),
    ("instrument: bts-1, channel: 27-21-1-1, do: {plug: {material: gold}}", "faults.1.do: cell.material"),
    ("instrument: bts-1, do: {clock_jump: far}", "faults.1.do: clock_jump: 'far' is no duration"),
    ("instrument: vsp-1, do: {error: 5}", "faults.1.do: do must be one of …, {error: a code of EClib"),
    ("instrument: vsp-1, channel: 7, do: memory_full", "faults.1.do: there is no channel '7'"),
    ("instrument: vsp-1, commands: GetDate, do: garble", "faults.1.commands: there is no function 'GetDate'"),
    ("instrument: oven-1, do: {door: open}", "faults.1.do: no such setting: 'door'; there are door_open"),
    ("instrument: oven-1, do: {door_open: wide}", "faults.1.do: door_open must be true or false"),
    ("instrument: oven-1, do: {sensor: wet}", "sensor must be ok, frozen, open, shorted or nan, not wet"),
    ("instrument: oven-1, commands: read, do: garble", "faults.1.commands: command must be a wire and a command"),
    ("instrument: oven-1, commands: modbus peek, do: garble", "modbus has no command 'peek'; there are read, write"),
    ("instrument: oven-2, do: {unit: F}", "faults.1.do: no such setting: 'unit'"),
    ("instrument: oven-1, on: {record: 1, channel: 1}, do: garble", "a chamber has no channels, and so no events"),
    ("instrument: '*', do: explode", "faults.1.do: no instrument of this lab knows it"),
]


@pytest.mark.parametrize(("fault", "complaint"), MISTAKES)
def test_a_mistake_is_one_line_with_line_key_and_remedy(tmp_path: Path, fault: str, complaint: str) -> None:
    with pytest.raises(FaultFileError) as told:
        VirtualLab(parse_lab(LAB, tmp_path), parse_faults(f"{HEAD}  - {{{fault}}}\n"))
    assert complaint in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "faults: line 1: begin with 'cellbench_faults: 1'"),
        ("cellbench_faults: 2\nfaults: [{instrument: a, do: b}]", "line 1: cellbench_faults: Input should be 1"),
        ("cellbench_faults: 1\nfaults: []", "line 2: faults: "),
        ("cellbench_faults: 1\nfaults:\n- do: a\n  do: b", "line 4: key 'do' is given twice"),
        ("cellbench_faults: 1\nfaults: [{", "line 2: "),
        ("cellbench_faults: 1\nseed: -1\nfaults: [{instrument: a, do: b}]", "line 2: seed: "),
        ("[" * 5000, "faults: "),
    ],
)
def test_what_is_no_faults_file_is_told_too(text: str, complaint: str) -> None:
    with pytest.raises(FaultFileError) as told:
        parse_faults(text)
    assert str(told.value).startswith("faults: ")
    assert complaint in str(told.value)
    assert "\n" not in str(told.value)


@given(st.text(max_size=200))
def test_what_is_not_meant_as_a_faults_file_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(FaultFileError, match=r"\Afaults: [^\n]+\Z"):
        parse_faults(text)


def test_the_line_is_that_of_the_fault_which_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "faults.yaml"
    path.write_text(f"{HEAD}  - instrument: bts-1\n    do: garble\n  - instrument: bts-1\n    do:\n      - split: 0\n")
    with pytest.raises(FaultFileError, match=r"faults\.yaml: line 7: faults\.2\.do: "):
        VirtualLab(parse_lab(LAB, tmp_path), load_faults(path))


def test_the_commands_refuse_it_before_a_port_is_open(tmp_path: Path) -> None:
    (tmp_path / "lab.yaml").write_text(LAB)
    (tmp_path / "faults.yaml").write_text(f"{HEAD}  - {{instrument: bts-9, do: garble}}\n")
    arguments = [str(tmp_path / "lab.yaml"), "--faults", str(tmp_path / "faults.yaml")]
    ended = subprocess.run(
        [sys.executable, "-m", "simulators.lab", *arguments], capture_output=True, text=True, timeout=300, check=False
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.count("\n") == 1
    assert "faults.yaml: line 4: faults.1.instrument: there is no instrument 'bts-9'" in ended.stderr
    told = CliRunner().invoke(lab_command, arguments)
    assert isinstance(told.exception, FaultFileError)


def test_the_control_port_refuses_it_in_the_same_words(faulty) -> None:
    control: LabControl = faulty("{instrument: bts-1, do: garble}").control
    with pytest.raises(LabRefusal, match=r"line 4: faults\.1\.instrument: there is no instrument 'bts-9'"):
        control.faults(f"{HEAD}  - {{instrument: bts-9, do: garble}}\n")
