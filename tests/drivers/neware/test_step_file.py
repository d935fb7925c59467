"""Step files: what is written, read by a reader that knows nothing of the writer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given

from drivers.neware.numbering import step_map
from drivers.neware.step_file import step_file
from protocols.program import Loop, Program, Step
from tests.drivers.neware.programs import formation, programs

EXPECTED_STEPS = [  # Step_Type and what stands in Limit, in order
    ("4", [("Time", "600000")]),
    ("2", [("Curr", "0.55"), ("Stop_Volt", "100")]),
    ("7", [("Curr", "0.55"), ("Volt", "15000"), ("Time", "7200000"), ("Stop_Curr", "0.055")]),
    ("5", [("Start_Step", "2"), ("Cycle_Count", "3")]),
    ("19", [("Curr", "1"), ("Volt", "100"), ("Stop_Curr", "0.01")]),
    ("5", [("Start_Step", "2"), ("Cycle_Count", "2")]),
    ("1", [("Curr", "1"), ("Time", "250"), ("Cap", "3960")]),
    ("6", []),
]


def parsed(program: Program) -> ET.Element:
    config = ET.fromstring(step_file(program)).find("config")
    assert config is not None
    return config


def values(node: ET.Element | None) -> dict[str, str]:
    """Path below the node → Value."""
    found: dict[str, str] = {}
    for child in node if node is not None else ():
        if "Value" in child.attrib:
            found[child.tag] = child.attrib["Value"]
        found |= {f"{child.tag}/{path}": value for path, value in values(child).items()}
    return found


def test_steps_have_the_types_units_and_order_of_native_files() -> None:
    steps = parsed(formation()).find("Step_Info")
    assert steps is not None
    assert steps.get("Num") == "8"
    assert [step.tag for step in steps] == [f"Step{n}" for n in range(1, 9)]
    assert [step.get("Step_ID") for step in steps] == [str(n) for n in range(1, 9)]
    found = [(step.get("Step_Type"), [(n.tag, n.get("Value")) for n in step.findall("Limit/*/*")]) for step in steps]
    assert found == EXPECTED_STEPS


def test_protection_and_record_of_the_whole_program() -> None:
    assert values(parsed(formation()).find("Whole_Prt")) == {
        "Protect/Main/Volt/Upper": "20000",
        "Protect/Main/Volt/Lower": "-500",
        "Protect/Main/Curr/Upper": "16.5",
        "Protect/Main/Curr/Lower": "-16.5",
        "Protect/Main/Cap/Upper": "11880",
        "Protect/Aux/Temp/Upper": "405",
        "Protect/Aux/Temp/Lower": "150",
        "Record/Main/Time": "10000",
        "Record/Main/Volt": "50",
    }


def test_a_step_has_its_own_record_and_protection_only_where_it_says_so() -> None:
    config = parsed(formation())
    assert values(config.find("Step_Info/Step3/Record")) == {"Main/Curr": "0.001"}
    assert values(config.find("Step_Info/Step5/Protect"))["Main/Curr/Lower"] == "-10"
    assert [step.tag for step in config.findall("Step_Info/*[Record]")] == ["Step3"]
    assert [step.tag for step in config.findall("Step_Info/*[Protect]")] == ["Step5"]


def test_a_protection_delay_stands_in_every_protection() -> None:
    config = ET.fromstring(step_file(formation(), 0.5))
    assert [node.get("Value") for node in config.iter("Delay_Time")] == ["500", "500"]
    assert parsed(formation()).find(".//Delay_Time") is None


def test_the_head_is_escaped_declared_and_complete() -> None:
    content = step_file(formation())
    assert content.startswith(b'<?xml version="1.0" encoding="utf-8"?>\n<root>')
    config = parsed(formation())
    assert config.get("type") == "Step File"
    assert config.get("version") == "17"
    assert config.get("date") == "20261122165301"
    head = values(config.find("Head_Info"))
    assert head["Creator"] == "Zoë & <co>"
    assert head["PN"] == "formation"
    assert head["Remark"] == "cell: L1"
    assert (head["Scale"], head["RateType"], head["Start_Step"]) == ("1", "103", "1")
    smbus = config.find("SMBUS/SMBUS_Info")
    assert smbus is not None
    assert smbus.attrib == {"Num": "0", "AdjacentInterval": "0"}


def test_equal_programs_give_equal_bytes_and_others_another_guid() -> None:
    assert step_file(formation()) == step_file(formation())
    other = replace(formation(), record=replace(formation().record, interval_s=11.0))
    assert parsed(other).get("Guid") != parsed(formation()).get("Guid")


@pytest.mark.parametrize("created", ["yesterday", ""])
def test_free_text_in_metadata_never_breaks_the_file(created: str) -> None:
    program = replace(formation(), metadata={"created": created, "remark": "a\x00b\x1b]\ud800"})
    assert parsed(program).get("date") == "20000101000000"
    assert values(parsed(program).find("Head_Info"))["Remark"] == "remark: a b ] "


def test_the_step_map_names_line_label_and_loops() -> None:
    rows = step_map(formation())
    assert [(row.step, row.kind, row.origin.line, row.loops) for row in rows] == [
        (1, "rest", 5, ()),
        (2, "constant_current", 9, (6, 4)),
        (3, "constant_current_constant_voltage", 10, (6, 4)),
        (4, "loop", 8, (6,)),
        (5, "constant_voltage", 11, (6,)),
        (6, "loop", 7, ()),
        (7, "constant_current", 14, ()),
    ]
    assert rows[1].origin.label == "ladder 0.2 A/g"


@given(programs)
def test_every_number_reads_back_exactly(program: Program) -> None:
    """Rational arithmetic on the text: scaled back, it is the very float that the program holds."""
    nodes = parsed(program).findall("Step_Info/*")
    steps = list(_in_instrument_order(program.steps))
    assert nodes.pop().get("Step_Type") == "6"
    for node, step in zip(nodes, steps, strict=True):
        found = values(node.find("Limit/Main"))
        assert all("e" not in value.lower() for value in found.values())
        if isinstance(step, Loop):
            assert values(node.find("Limit/Other"))["Cycle_Count"] == str(step.count)
            continue
        current = getattr(step, "current_A", getattr(step, "current_max_A", None))
        assert found == {
            tag: found.get(tag, "absent") if same(found.get(tag), value, scale) else f"is not {value}"
            for tag, value, scale in (
                ("Time", step.until.duration_s, 1000),
                ("Stop_Volt", step.until.voltage_V, 10_000),
                ("Stop_Curr", step.until.current_A, 1000),
                ("Cap", step.until.capacity_Ah, 3_600_000),
                ("Curr", None if current is None else abs(current), 1000),
                ("Volt", getattr(step, "voltage_V", None), 10_000),
            )
            if value is not None
        }


@given(programs)
def test_a_loop_jumps_back_to_the_first_step_of_its_body(program: Program) -> None:
    rows = step_map(program)
    for node, row in zip(parsed(program).findall("Step_Info/*"), rows, strict=False):
        if row.kind == "loop":
            inside = [other.step for other in rows if row.step in other.loops]
            assert values(node.find("Limit/Other"))["Start_Step"] == str(min(inside))
            assert inside == list(range(min(inside), row.step))


def _in_instrument_order(steps: tuple[Step, ...]) -> Iterator[Step]:
    """Bodies before their loops: an ordering written anew, not the driver's."""
    for step in steps:
        if isinstance(step, Loop):
            yield from _in_instrument_order(step.body)
        yield step


def same(text: str | None, value: float, scale: int) -> bool:
    return text is not None and float(Fraction(text) / scale) == value
