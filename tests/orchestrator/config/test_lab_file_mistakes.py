"""A mistake in the lab file is one line: file, line, key, what is wrong and the remedy. Nothing is guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.config import read_lab
from orchestrator.config.lab_file import LabFileError
from orchestrator.instruments import open_chamber

LAB = """\
lab: bench
instruments:
  bts-1: {driver: neware, address: '192.0.2.10:502'}
benches:
  A1: {channel: bts-1/27-21-1-1}
limits: {voltage: [-0.5 V, 5 V], current: 100 mA}
"""
INSTRUMENT = "bts-1: {driver"
OVEN = "oven: {driver: watlow-f4t, address: 192.0.2.20"
BENCH = "A1: {channel: bts-1/27-21-1-1}"

MISTAKES = [
    # what is replaced, by what, line, key, words of the message and its remedy
    ("lab: bench\n", "", 1, "", "the lab file has no `lab`; add"),
    ("lab: bench", "lab: [1]", 1, "lab", "is not a text; write one value"),
    ("lab: bench", "lab: bench\nlimmits: 3", 2, "limmits", "unknown key in the lab file; did you mean `limits`?"),
    ("lab: bench", "lab: {", 3, "", "is not YAML"),
    (INSTRUMENT, "bts-1: {poll: 0 s, driver", 3, "instruments.bts-1.poll", '"0 s" is zero; write a duration'),
    (INSTRUMENT, "bts-1: {poll: -5 s, driver", 3, "instruments.bts-1.poll", '"-5 s" is negative; write a duration'),
    (INSTRUMENT, "bts-1: {poll: 5, driver", 3, "instruments.bts-1.poll", '"5" has no unit; write a duration such as'),
    (INSTRUMENT, "bts-1: {lost_after: 5 V, driver", 3, "instruments.bts-1.lost_after", "V is a voltage; write a dura"),
    (INSTRUMENT, "bts-1: {timeout: 3 min, driver", 3, "instruments.bts-1.timeout", '"3 min" is so long that nobody'),
    (
        INSTRUMENT,
        "bts-1: {connect_timeout: 121 s, driver",
        3,
        "instruments.bts-1.connect_timeout",
        "write 120 s or less",
    ),
    (INSTRUMENT, f"{OVEN}, timeout: 1 h}}\n  {INSTRUMENT}", 3, "instruments.oven.timeout", '"1 h" is so long'),
    ("driver: neware, ", "", 3, "instruments.bts-1", "has no `driver`; add `driver: neware`"),
    (", address: '192.0.2.10:502'", "", 3, "instruments.bts-1", "has no `address`; add"),
    (
        "benches:",
        "  bts-2: {driver: neware, address: '192.0.2.10:502'}\nbenches:",
        4,
        "instruments.bts-2",
        "instrument bts-1 has this address already; name every one once",
    ),
    ("bts-1: {", "../x: {", 3, "instruments.../x", "is no name of an instrument; write letters, digits"),
    ("bts-1: {", "/etc/x: {", 3, "instruments./etc/x", "is no name of an instrument"),
    ("bts-1: {", "'oven: set point': {", 3, "instruments.oven: set point", "is no name of an instrument"),
    ("bts-1: {", "any: {", 3, "instruments.any", "is no name of an instrument"),
    ("benches:", "  bts-1: {driver: neware}\nbenches:", 4, "instruments.bts-1", "stands here twice (first in line 3)"),
    ("bts-1/27", "27", 5, "benches.A1", "names no channel; write INSTRUMENT/CHANNEL"),
    ("bts-1/27", "bts-2/27", 5, "benches.A1", "'bts-2' is not in this file; known: bts-1"),
    (BENCH, f"{BENCH}\n  A2: {{channel: bts-1/27-21-1-1}}", 6, "benches.A2", "bench A1 has this channel already"),
    (
        BENCH,
        BENCH.replace("}", ", chamber: oven}"),
        5,
        "benches.A1",
        "chamber 'oven' is not in this file; known: none; name its driver",
    ),
    (BENCH, BENCH.replace("}", ", chamber: bts-1}"), 5, "benches.A1", "bts-1 is no chamber; chambers: none"),
    ("[-0.5 V, 5 V]", "[5 V, -0.5 V]", 6, "limits.voltage", "not below the second; write `[lowest, highest]`"),
    ("[-0.5 V, 5 V]", "5 V", 6, "limits.voltage", "is not a pair of voltages; write"),
    ("100 mA", "-100 mA", 6, "limits.current", '"-100 mA" is negative; write a current above zero'),
    ("100 mA", "2C", 6, "limits.current", '"2C" is relative to a cell; write an absolute value'),
    ("100 mA", "100 mAh", 6, "limits.current", "mAh is a capacity; write a current"),
    ("100 mA", "0,1 A", 6, "limits.current", ""),
    ("100 mA", "nan A", 6, "limits.current", "is not a finite number"),
    ("lab: bench", "lab: bench\nclock: sun", 2, "clock", "'sun' is no clock; write `system`, or `lab://"),
    ("lab: bench", "lab: bench\nclock: lab://h", 2, "clock", "is no clock"),
    ("lab: bench", "lab: bench\nweb: {port: 70000}", 2, "web.port", "is no port; write a number"),
    ("lab: bench", "lab: bench\nweb: {prot: 7}", 2, "prot", "unknown key in web; did you mean `port`?"),
    ("limits:", "limit:", 1, "", "the lab file has no `limits`; add"),
    (
        "benches:",
        f"  {OVEN}}}\nbenches:\n  B1: {{channel: oven/1}}",
        6,
        "benches.B1",
        "oven is a chamber and has no channels",
    ),
    (
        "benches:",
        f"  {OVEN}, temperature: 5 degC}}\nbenches:",
        4,
        "instruments.oven.temperature",
        "is not a pair of temp",
    ),
    (
        "benches:",
        f"  {OVEN}, park: 25}}\nbenches:",
        4,
        "instruments.oven.park",
        '"25" has no unit; write a temperature',
    ),
    (
        "benches:",
        f"  {OVEN}, temperature: [0 degC, 60 degC], park: -10 degC}}\nbenches:",
        4,
        "instruments.oven.park",
        "-10 degC is outside the chamber's own `temperature: [0 degC, 60 degC]`; park it between them",
    ),
]


@pytest.mark.parametrize(("old", "new", "line", "key", "said"), MISTAKES)
def test_a_mistake_names_file_line_key_and_remedy(
    tmp_path: Path, old: str, new: str, line: int, key: str, said: str
) -> None:
    assert old in LAB
    file = tmp_path / "lab.yaml"
    file.write_text(LAB.replace(old, new, 1))
    with pytest.raises(LabFileError) as refusal:
        read_lab(file)
    message = str(refusal.value)
    assert "\n" not in message
    assert message.startswith(f"lab.yaml:{line} ")
    assert key in message
    assert said in message
    assert ";" in message, "no remedy"


def test_a_missing_file_names_the_option(tmp_path: Path) -> None:
    with pytest.raises(LabFileError, match=r"there is no lab file .*; name it with --lab"):
        read_lab(tmp_path / "lab.yaml")


def test_paths_stand_beside_the_file_and_defaults_are_the_documented_ones(tmp_path: Path) -> None:
    file = tmp_path / "lab.yaml"
    file.write_text(LAB)
    lab = read_lab(file)
    place = lab.instruments["bts-1"]
    assert (place.poll_s, place.lost_after_s, lab.clock, lab.simulated) == (10.0, 60.0, "system", False)
    assert lab.database_url == f"sqlite:///{tmp_path / 'cellbench.db'}"
    assert lab.state_dir == tmp_path
    assert lab.web.url == "http://127.0.0.1:8321"


def test_a_chamber_stands_among_the_instruments_and_is_none_of_the_cyclers(tmp_path: Path) -> None:
    oven = f"  {OVEN}, temperature: [-20 degC, 80 degC], park: 25 degC, patience: 1 h, transport: scpi}}\n"
    path = tmp_path / "lab.yaml"
    inside = BENCH.replace("}", ", chamber: oven}")
    path.write_text(LAB.replace("benches:\n", f"{oven}benches:\n").replace(BENCH, inside), encoding="utf-8")
    lab = read_lab(path)
    assert list(lab.instruments) == ["bts-1"]
    chamber = lab.chambers["oven"]
    assert (chamber.temperature_degC, chamber.park_degC, chamber.patience_s) == ((-20.0, 80.0), 25.0, 3600.0)
    assert chamber.options == {"transport": "scpi", "temperature": [-20.0, 80.0]}
    assert [bench.name for bench in lab.benches_in("oven")] == ["A1"]
    assert open_chamber(lab, "oven").__class__.__name__ == "TableChamber"


def test_an_empty_file_says_how_a_lab_file_begins(tmp_path: Path) -> None:
    file = tmp_path / "lab.yaml"
    file.write_text("")
    with pytest.raises(LabFileError, match=r"^lab\.yaml  is empty; write lab: and its name, then instruments"):
        read_lab(file)
