"""The interlocks of a lab file: every form is read, every mistake is one line with its line number and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.config import read_lab
from orchestrator.config.lab_file import LabFileError
from tests.orchestrator.interlocks.strict_lab import STRICT

RULES = [
    "chamber oven: temperature above 90 degC for 10 s → stop all cells in oven, critical",
    "chamber any: temperature below -40 degC → pause, critical",
    "chamber oven: sensor frozen for 1800 s → pause all cells in oven, critical",
    "chamber oven: sensor lost → stop, critical",
    "chamber any: alarm any → stop, critical",
    "chamber any: set point changed by someone else for 60 s → nothing, warning",
    "chamber any: silent for 30 s → nothing, warning",
    "cell A1: heating rate above 3 K/min relative to its chamber for 20 s → stop all cells in oven, critical",
    "cell A1: temperature above 90 degC → stop, critical",
    "cell A1: sensor frozen for 7200 s → stop, critical",
    "cell any: voltage above 9 V → stop, critical",
    "cell any in oven: voltage below -0.2 V for 5 s → pause, critical",
    "cell A1, A2: current above 0.06 A → stop, critical",
    "cell any: current against its step → pause, critical",
    "cell any: capacity above 1.2 x expected → nothing, warning",
    "cell any: step time above 3 x expected → stop, critical",
    "cell any: stop not confirmed for 60 s → stop all cells in oven, critical",
    "cell any: client foreign → nothing, critical",
    "cell any: limits read back wrong → stop, critical",
    "instrument any: silent for 60 s → nothing, warning",
]
ONE = "{when: {cell: any, voltage: above 9 V}, do: stop}"
WHEN = "{cell: any, voltage: above 9 V}"
LINE = STRICT.splitlines().index(f"  - {ONE}") + 1

MISTAKES = [
    (ONE, "{do: stop}", "interlock has no `when`; add"),
    (WHEN, "{voltage: above 9 V}", "about one of `cell`, `chamber`, `instrument`; write"),
    (WHEN, "{cell: any, chamber: any, voltage: above 9 V}", "about one of `cell`, `chamber`, `instrument`; write"),
    (WHEN, "{cell: any}", "a rule has one condition; of a cell: voltage, current, temperature"),
    (WHEN, "{cell: any, voltage: above 9 V, current: above 1 A}", "a rule has one condition"),
    (WHEN, "{cell: any, voltige: above 9 V}", "unknown key in when; did you mean `voltage`?"),
    (WHEN, "{chamber: any, voltage: above 9 V}", "unknown key in when"),
    (WHEN, "{cell: A9, voltage: above 9 V}", "there is no bench 'A9' in this file; write `any`, or one of: A1, A2"),
    (WHEN, "{cell: any in shed, voltage: above 9 V}", "chamber 'shed' is not in this file; known: oven"),
    (WHEN, "{instrument: oven, silent: 1 min}", "there is no instrument 'oven' in this file"),
    (WHEN, "{cell: any, voltage: 9 V}", "'9 V' is no bound; write e.g. `above 4.3 V`"),
    (WHEN, "{cell: any, voltage: above 9}", '"9" has no unit'),
    (WHEN, "{cell: any, voltage: above 9 A}", "A is a current; write a voltage"),
    (WHEN, "{cell: any, current: above 2C}", "2C is relative to a cell"),
    (WHEN, "{cell: any, current: below 1 mA}", "a current has no lowest value"),
    (WHEN, "{cell: any, capacity: above 4 mAh}", "'above 4 mAh' is no multiple; write e.g. `above 1.2 x expected`"),
    (WHEN, "{cell: any, step_time: above 0.5 x expected}", "0.5 x what is expected is passed in every step"),
    (WHEN, "{cell: A1, heating_rate: below 3 K/min}", "a heating rate has no lowest value"),
    (WHEN, "{cell: A1, heating_rate: above 3 K}", "write a heating rate"),
    (WHEN, "{cell: A1, sensor: broken}", "'broken' is no condition; write `lost` or `frozen`"),
    (WHEN, "{chamber: any, silent: 30 s, for: 10 s}", "`silent` says how long already; leave `for` out"),
    (
        WHEN,
        "{cell: any, temperature: above 60 degC}",
        "nobody tells the temperature of bench A2; add `",
    ),
    (WHEN, "{cell: A2, heating_rate: above 3 K/min}", "nobody tells the temperature of bench A2"),
    (WHEN, "{cell: A2, sensor: lost}", "nobody tells the temperature of bench A2"),
    ("do: stop}", "do: explode}", "'explode' is nothing that can be done; write `nothing`, `pause`, `stop`"),
    ("do: stop}", "do: stop all cells in shed}", "chamber 'shed' is not in this file; known: oven"),
    ("do: stop}", "do: stop, alarm: loud}", "'loud' is no severity; write `warning` or `critical`"),
    ("do: stop}", "do: stop, alrm: critical}", "unknown key in interlock; did you mean `alarm`?"),
]


def _read(tmp_path: Path, text: str):
    path = tmp_path / "lab.yaml"
    path.write_text(text, encoding="utf-8")
    return read_lab(path)


def test_every_form_is_read_and_reads_aloud_as_it_was_written(tmp_path):
    lab = _read(tmp_path, STRICT)
    assert [str(rule) for rule in lab.interlocks] == RULES
    assert lab.interlocks[10].origin == f"line {LINE} of lab.yaml"
    assert (lab.benches["A1"].temperature, lab.benches["A2"].temperature) == ("channel", None)


@pytest.mark.parametrize(("what", "by", "message"), MISTAKES, ids=[message for _, _, message in MISTAKES])
def test_a_mistake_is_one_line_with_its_place_and_remedy(tmp_path, what, by, message):
    wrong = f"  - {ONE}".replace(what, by)
    assert wrong != f"  - {ONE}"
    with pytest.raises(LabFileError) as raised:
        _read(tmp_path, STRICT.replace(f"  - {ONE}", wrong))
    told = str(raised.value)
    assert told.startswith(f"lab.yaml:{LINE}  ")
    assert message in told
    assert "\n" not in told


def test_a_rule_stands_once(tmp_path):
    with pytest.raises(LabFileError, match=f"the same rule stands in line {LINE} of lab.yaml; take one of them out"):
        _read(tmp_path, f"{STRICT}  - {ONE}\n")


def test_interlocks_are_a_list(tmp_path):
    with pytest.raises(LabFileError, match="interlocks is not a list; write `- "):
        _read(tmp_path, STRICT.partition("interlocks:")[0] + "interlocks: {when: 3}\n")


@pytest.mark.parametrize("source", ["chamber", "bts-1/2"])
def test_a_temperature_has_other_sources(tmp_path, source):
    plain = "\n".join(line for line in STRICT.splitlines() if "heating_rate" not in line)
    lab = _read(tmp_path, plain.replace("temperature: channel}", f"temperature: {source}}}"))
    assert lab.benches["A1"].temperature == source


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("thermocouple T1", "is no source of a temperature; write `channel`"),
        ("bts-9/1", "is no source of a temperature; write `channel`"),
        ("chamber", "the temperature of bench A1 is that of its chamber; give the cell a sensor of its own"),
    ],
)
def test_a_temperature_that_nobody_tells_is_refused(tmp_path, source, message):
    with pytest.raises(LabFileError, match=message):
        _read(tmp_path, STRICT.replace("temperature: channel}", f"temperature: {source}}}", 1))


def test_the_air_of_no_chamber_is_no_source(tmp_path):
    with pytest.raises(LabFileError, match="this bench is in no chamber; name its `chamber`"):
        _read(tmp_path, STRICT.replace("{channel: bts-1/2, chamber: oven}", "{channel: bts-1/2, temperature: chamber}"))
