"""``cellbench discover`` against virtual instruments, and where there are none."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from drivers.errors import Refused
from orchestrator.cli import cellbench
from orchestrator.config import read_lab
from orchestrator.instruments import open_cycler
from simulators.lab.lab_file import parse_lab
from simulators.lab.thread import LabThread
from tests.orchestrator.cli import virtual_finder

VIRTUAL = """
virtual_lab: two units
control: 127.0.0.1:0
speed_without_node: 0
instruments:
  one: {kind: neware, listen: '127.0.0.1:0', devices: [{devtype: 27, devid: 21, subdevices: 1, channels: 8}], paths: {}}
  two: {kind: neware, listen: '127.0.0.1:0', devices: [{devtype: 24, devid: 5, subdevices: 1, channels: 1}], paths: {}}
  vsp: {kind: vsp300, listen: '127.0.0.1:0'}
"""
LAB = """
lab: bench
instruments:
  {lines}
limits: {{voltage: [-0.5 V, 5 V], current: 100 mA}}
"""
CHANNEL = "channel: {voltage: [0 V, 5 V], current: 1 A}"
KNOWN = "cellar: {{driver: neware, address: '127.0.0.1:{port}', time_zone: UTC, {channel}}}"


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[LabThread]:
    with LabThread(parse_lab(VIRTUAL, tmp_path)) as running:
        yield running


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder without lab.yaml."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CELLBENCH_LAB", raising=False)


def discover(*arguments: object) -> Result:
    return CliRunner().invoke(cellbench, ["discover", *map(str, arguments)])


def lab_file(folder: Path, *lines: str) -> Path:
    path = folder / "some_lab.yaml"
    path.write_text(LAB.format(lines="\n  ".join(lines)), encoding="utf-8")
    return path


def test_what_is_found_can_be_pasted_into_a_lab_file(lab: LabThread, tmp_path: Path) -> None:
    ports = lab.port("one"), lab.port("two")
    result = discover(*(word for port in ports for word in ("--neware", f"127.0.0.1:{port}")))
    assert result.exit_code == 0, result.output
    table = result.stdout.splitlines()[1:3]
    assert "BTS 8, devtype 27" in table[0]
    assert f"127.0.0.1:{ports[0]}" in table[0]
    assert "8: 27-21-1-1 … 27-21-1-8" in table[0]
    assert "1: 24-5-1-1" in table[1]
    lines = [line.strip() for line in result.stdout.splitlines() if line.startswith("  bts-")]
    assert [line.split(":")[0] for line in lines] == ["bts-1", "bts-2"]

    pasted = read_lab(lab_file(tmp_path, *lines))
    with pytest.raises(Refused, match="time_zone 'FILL-IN' is unknown; write the zone of the BTS PC's clock"):
        open_cycler(pasted, "bts-1")
    pasted = read_lab(lab_file(tmp_path, *(line.replace("FILL-IN", "Asia/Shanghai") for line in lines)))
    cycler = open_cycler(pasted, "bts-1")
    try:
        assert len(cycler.channels()) == 8
    finally:
        cycler.close()


def test_an_instrument_of_the_lab_file_keeps_its_name_and_needs_no_line(lab: LabThread, tmp_path: Path) -> None:
    path = lab_file(tmp_path, KNOWN.format(channel=CHANNEL, port=lab.port("one")))
    result = discover("--lab", path, "--neware", f"127.0.0.1:{lab.port('one')}")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[1].startswith("cellar ")
    assert "FILL-IN" not in result.stdout


def test_json_has_all_of_it(lab: LabThread, tmp_path: Path, free_port: int) -> None:
    path = lab_file(tmp_path, KNOWN.format(channel=CHANNEL, port=lab.port("one")))
    arguments = ("--neware", f"127.0.0.1:{lab.port('two')}", "--neware", f"127.0.0.1:{free_port}")
    told = json.loads(discover("--json", "--lab", path, *arguments).stdout)
    assert [(one["name"], one["in_lab_file"], one["driver"]) for one in told["found"]] == [
        ("cellar", True, "neware"),
        ("bts-1", False, "neware"),
    ]
    assert told["found"][1]["channels"] == ["24-5-1-1"]
    assert told["found"][1]["lab_line"].startswith("bts-1: {driver: neware, address: '127.0.0.1:")
    assert [one["asked"] for one in told["no_answer"]] == [f"NEWARE 127.0.0.1:{free_port}", "EClib"]


def test_what_eclib_sees_stands_beside_it(lab: LabThread, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"127.0.0.1:{lab.port('vsp')}"
    monkeypatch.setattr(virtual_finder, "ADDRESSES", [address])
    finder = "tests.orchestrator.cli.virtual_finder:finder"
    result = discover("--eclib", finder)
    assert result.exit_code == 0, result.output
    assert f"  vsp-1: {{driver: biologic, address: '{address}', library: '{finder}'}}" in result.stdout.splitlines()
    assert "BioLogic" in result.stdout.splitlines()[1]

    path = lab_file(tmp_path, f"vsp-1: {{driver: biologic, address: '{address}'}}")
    told = json.loads(discover("--json", "--lab", path, "--eclib", finder).stdout)
    assert [(one["name"], one["in_lab_file"], one["address"]) for one in told["found"]] == [("vsp-1", True, address)]


def test_a_stand_in_of_the_lab_file_is_not_taken_for_a_finder(tmp_path: Path) -> None:
    stand_in = "simulators.biologic.eclib:VirtualEClib"
    path = lab_file(tmp_path, f"v: {{driver: biologic, address: 192.0.2.20, library: '{stand_in}'}}")
    assert f"EClib {stand_in}: a stand-in sees only the instruments that the lab file names" in (
        discover("--lab", path).stderr.splitlines()
    )


def test_nothing_found_says_what_was_tried(free_port: int) -> None:
    result = discover("--neware", f"127.0.0.1:{free_port}")
    assert result.exit_code == 1
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert lines[0] == "nothing answers; tried:"
    assert lines[1].startswith(f"NEWARE 127.0.0.1:{free_port}: 127.0.0.1:{free_port}: getdevinfo: cannot connect:") or (
        lines[1].startswith(f"NEWARE 127.0.0.1:{free_port}: 127.0.0.1:{free_port}: cannot connect:")
    )
    assert lines[2].startswith("EClib: ")
    assert "install `cellbench[biologic]` on Windows" in lines[2]


def test_without_any_address_it_says_what_to_name() -> None:
    lines = discover().stderr.splitlines()
    assert lines[1].startswith("NEWARE: no address: name hosts or a small network with --neware")


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("192.0.2.0/8", "is no network"),
        ("10.0.0.0/16", "has 65536 addresses; name at most 256"),
        ("192.0.2.0/33", "is no network"),
        ("192.0.2.1:99999", "is not host:port"),
        ("192.0.2.0/28:x", "is not host:port"),
    ],
)
def test_a_wrong_address_is_wrong_usage(written: str, says: str) -> None:
    result = discover("--neware", written)
    assert result.exit_code == 2
    assert says in result.stderr
    assert len(result.stderr.splitlines()) == 1
