# ruff: noqa: E501 - a table is read by its columns
"""Every mistake that people make: the line, the key and the remedy that they are told."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols import library
from protocols.cell import Cell
from protocols.compile import compile_protocol
from protocols.errors import ProtocolErrors
from protocols.plan import Plan
from protocols.reading import check, parse_protocol

HEAD = """\
cellbench: 1
protocol: example
parameters: {rate: 1C, rates: [0.2 A/g, 1 A/g], n: 3, low: 0.01 V}
cell: {window: [0.01 V, 1.5 V]}
limits: {voltage: [-0.05 V, 2.0 V], current: 6 A/g}
record: {every: 10 s, voltage_change: 5 mV}
steps:
"""  # steps begin in line 8
CELL = Cell("L1", 2.753e-3, 1.131, 3.35e-3, 0.01, 1.5)
CC = "until: {voltage: 1.5 V}"

IN_STEPS = [
    # the words of the language
    ("- charge: {curent: 1C, " + CC + "}", 8, "charge.curent", "is unknown", "did you mean current?"),
    ("- charge: {" + CC + "}", 8, "charge", "has no current", "add current: 0.2 A/g"),
    ("- rest: 1 s\n- dischrage: {current: 1C}", 9, "steps[1]", '"dischrage" is no step', "did you mean discharge?"),
    ("- sleep: {to: 5 degC}", 8, "steps[0]", "is no step", "rest, charge, discharge, hold, pulse, gitt, sweep"),
    ("- rest: 1 s\n  charge: {current: 1C}", 9, "steps[0]", "names two steps", "a line of its own with a dash"),
    ("- label: x", 8, "steps[0]", "names no step", "rest, charge"),
    ("- 5", 8, "steps[0]", "is not a step", "- rest: 10 min"),
    ("  charge: 1C", 7, "steps", "is not a list of steps", "begin each step with a dash"),
    ("- charge: 1C", 8, "charge", "is not a mapping", "write {current: 0.2 A/g"),
    ("- charge: {current: [1C], " + CC + "}", 8, "charge.current", "is not a single value", "0.2 A/g"),
    ("- charge: {current: , " + CC + "}", 8, "charge.current", "nothing is written here", "0.2 A/g"),
    ("- hold: {voltage: 1 V, direction: up, until: {duration: 1 h}}", 8, "hold.direction", '"up"', "charge or discharge"),
    # quantities
    ("- rest: 1 s\n- discharge: {current: 0,2 A/g, " + CC + "}", 9, "discharge.current", '"0,2 A/g" has a decimal comma', "write 0.2 A/g"),
    ('- discharge: {current: "0,2 A/g", ' + CC + "}", 8, "discharge.current", "has a decimal comma", "write 0.2 A/g"),
    ("- charge: {current: 5 mAh, " + CC + "}", 8, "charge.current", "mAh is a capacity", "write a current such as"),
    ("- rest: 10", 8, "rest", '"10" has no unit', "10 min"),
    ("- rest: {for: 1 h, record: {voltage_change: 5 mV}}", 8, "rest.record", "has no every", "add every: 10 s"),
    ("- rest: {for: 1 h, record: {every: 1 s, voltage_change: -5 mV}}", 8, "rest.record.voltage_change", "above zero", "5 mV"),
    # steps that never end, or end at once
    ("- charge: {current: 1C}", 8, "charge", "has no until", "add until: {voltage: 1.5 V}"),
    ("- charge: {current: 1C, until: {}}", 8, "charge.until", "the step never ends", "until: {voltage: 1.5 V}"),
    ("- charge: {current: 1C, until: {current: 0.1C}}", 8, "charge.until.current", "stays constant", "add hold_at"),
    ("- charge: {current: 1C, hold_at: 1.5 V, " + CC + "}", 8, "charge.until.voltage", "voltage is held", "0.05C"),
    ("- charge: {current: 1C, hold_at: 1.5 V, until: {current: 2C}}", 8, "charge.until.current", "not below", "0.05C"),
    ("- charge: {current: 1C, hold_at: 1.5 V, until: {capacity: 50 %}}", 8, "charge.until.capacity", "may never end", "add a current or a duration"),
    ("- charge: {current: 1C, until: {voltage: 0.01 V}}", 8, "charge.until.voltage", "never charges down", "write discharge"),
    ("- discharge: {current: 1C, until: {voltage: 1.5 V}}", 8, "discharge.until.voltage", "never discharges up", "write charge"),
    ("- hold: {voltage: 1.5 V, direction: charge, max_current: 1C, until: {}}", 8, "hold.until", "never ends", "duration"),
    ("- hold: {voltage: 1.5 V, direction: charge, until: {duration: 1 h}}", 8, "hold", "largest current is open", "max_current"),
    ("- hold: {voltage: 1.5 V, max_current: 1C, until: {duration: 1 h}}", 8, "hold", "direction is open", "add direction"),
    ("- hold: {voltage: 1.5 V, until: {duration: 1 h, voltage: 1 V}, max_current: 1C, direction: charge}", 8, "hold.until.voltage", "held", "duration"),
    # limits
    ("- charge: {current: 7 A/g, " + CC + "}", 8, "charge.current", '"7 A/g" is above limits.current (6 A/g)', "lower"),
    ("- charge: {current: 1C, until: {voltage: 2.5 V}}", 8, "charge.until.voltage", "outside limits.voltage", "between"),
    ("- charge: {current: 1C, hold_at: 2.5 V, until: {duration: 1 h}}", 8, "charge.hold_at", "outside limits.voltage", "between"),
    ("- rest: {for: 1 h, limits: {voltage: [-1 V, 1 V]}}", 8, "rest.limits.voltage[0]", "outside limits.voltage", "between"),
    ("- rest: {for: 1 h, limits: {current: 7 A/g}}", 8, "rest.limits.current", "above limits.current", "lower"),
    ("- rest: {for: 1 h, limits: {voltage: [1 V, 0 V]}}", 8, "rest.limits.voltage[0]", "is not below", "write [0 V, 1 V]"),
    ("- rest: {for: 1 h, limits: {voltage: 1 V}}", 8, "rest.limits.voltage", "lowest and a highest", "[lowest, highest]"),
    # loops and parameters
    ("- repeat: 0\n  steps: [rest: 1 s]", 8, "repeat", "0 is not possible", "a whole number from 1"),
    ("- repeat: 2.5\n  steps: [rest: 1 s]", 8, "repeat", "is not a whole number", "such as 5"),
    ("- repeat: 5\n  steps: []", 9, "steps", "holds no steps", "at least one step"),
    ("- repeat: 5", 8, "steps[0]", "has no steps", "add steps"),
    ("- repeat: $rate\n  steps: [rest: 1 s]", 8, "repeat", '"1C" is not a whole number', "such as 5"),
    ("- for_each: {r: $rats}\n  steps: [rest: 1 s]", 8, "for_each.r", '"$rats" is unknown', "did you mean $rates?"),
    ("- for_each: {r: $rate}\n  steps: [rest: 1 s]", 8, "for_each.r", "$rate is a single value", "write a list"),
    ("- for_each: {r: 1C}\n  steps: [rest: 1 s]", 8, "for_each.r", "is not a list", "$name_of_a_list"),
    ("- for_each: $rates\n  steps: [rest: 1 s]", 8, "for_each", "needs one name and its list", "{rate: $rates}"),
    ("- for_each: {rate: $rates}\n  steps: [rest: 1 s]", 8, "for_each.rate", "already has a meaning", "another name"),
    ("- charge: {current: $rates, " + CC + "}", 8, "charge.current", "$rates is a list", "for_each: {one: $rates}"),
    ("- charge: {current: $n, " + CC + "}", 8, "charge.current", '$n: "3" has no unit', "0.2 A/g"),
    ("- rest: 1 s\n  label: at $rats", 9, "label", '"$rats" is unknown', "did you mean $rates?"),
    ("- repeat: 5\n  stop_when: {capacity_retention: {below: 0.8}}\n  steps: [rest: 1 s]", 9, "stop_when.capacity_retention.below", "has no unit", "80 %"),
    ("- repeat: 5\n  stop_when: {capacity_retention: {below: 80 %}}\n  steps: [rest: 1 s]", 9, "stop_when", "does not both charge and discharge", "leave out stop_when"),
    ("- repeat: 2\n  stop_when: {capacity_retention: {below: 80 %, for_cycles: 3}}\n  steps: [rest: 1 s]", 9, "stop_when.capacity_retention", "ends before the rule", "repeat more often"),
    ("- repeat: 5\n  stop_when: {capacity_retention: {below: 120 %}}\n  steps: [rest: 1 s]", 9, "stop_when.capacity_retention.below", "always fulfilled", "100 %"),
    # YAML
    ("- rest: &a 10 min\n- rest: *a", 8, "", "anchors and aliases", "use parameters"),
    ("- rest: !!python/object:os.system x", 8, "", "is not allowed", "remove the !"),
    ("- rest: {for: 1 s, for: 2 s}", 8, "rest.for", "stands here twice", "remove one"),
    ("- {[a]: 1}", 8, "steps[0]", "a key must be a word", "key: value"),
    ("\t- rest: 1 s", 8, "", "indented with a tab", "spaces"),
    ("-\trest: 1 s", 8, "", "indented with a tab", "spaces"),
    ("- rest: [1 s", 9, "", "is not YAML", "brackets"),
    ("- rest: 1 s\n---\na: 1", 9, "", "a second document", "remove the ---"),
]  # fmt: skip


@pytest.mark.parametrize(("steps", "line", "key", "message", "remedy"), IN_STEPS)
def test_a_mistake_in_the_steps(steps: str, line: int, key: str, message: str, remedy: str) -> None:
    errors = check(HEAD + steps, "my.yaml")
    matching = [e for e in errors if (e.line, e.key) == (line, key) and message in e.message and remedy in e.remedy]
    assert matching, "\n".join(map(str, errors)) or "nothing was found wrong"


WHOLE_FILES = [
    ("", None, "is empty", "write cellbench: 1"),
    ("# nothing", None, "is empty", "write cellbench: 1"),
    ("- 1", 1, "is not a mapping", "cellbench: 1"),
    ("cellbench: 2\nnews: 1", 1, "written in version 2 of the language, this cellbench reads 1", "upgrade"),
    ("cellbench: one", 1, '"one" is no version', "write cellbench: 1"),
    (HEAD.removeprefix("cellbench: 1\n") + "- rest: 1 s", 1, "has no cellbench", "add cellbench: 1"),
    (HEAD.replace("limits:", "limit:") + "- rest: 1 s", 5, '"limit" is unknown', "did you mean limits?"),
    (HEAD.replace("limits:", "limit:") + "- rest: 1 s", 1, "has no limits", "add limits: {voltage:"),
    (HEAD.replace("every: 10 s, ", "") + "- rest: 1 s", 6, "has no every", "add every: 10 s"),
    (HEAD.replace(", current: 6 A/g", "") + "- rest: 1 s", 5, "has no current", "add current: 6 mA"),
    (HEAD.replace("-0.05 V, 2.0 V", "2.0 V, -0.05 V") + "- rest: 1 s", 5, "is not below", "write [-0.05 V, 2.0 V]"),
    (HEAD.replace("0.01 V, 1.5 V", "0,01 V, 1,5 V") + "- rest: 1 s", 4, '"1,5 V" has a decimal comma', "write 1.5 V"),
    (HEAD.replace("0.01 V, 1.5 V", "0.01 V, 2.5 V") + "- rest: 1 s", 4, "outside limits.voltage", "between"),
    (HEAD.replace("rate: 1C", "rate: ") + "- rest: 1 s", 3, "has no default", "write a value"),
    (HEAD.replace("rate: 1C", "ra-te: 1C") + "- rest: 1 s", 3, '"ra-te" is no name', "letters, digits"),
    (HEAD.replace("rate: 1C", "rate: $n") + "- rest: 1 s", 3, "refers to another", "the value itself"),
    (HEAD.replace("rate: 1C", "rate: {a: 1}") + "- rest: 1 s", 3, "is not a list of values", "0.5 A/g"),
    (HEAD.replace("example", "a b") + "- rest: 1 s", 2, '"a b" is no name', "rate-ladder"),
    (HEAD + "- rest: 1 s\nanalyses: cycles", 9, "is not a list of analyses", "write analyses: ["),
    (HEAD + "- rest: 1 s\nanalyses: [{retention: 1}]", 9, "is no analysis", "write analyses: ["),
    (HEAD + "- rest: 1 s\nanalyses: [{retention: {of: $nn}}]", 9, '"$nn" is unknown', "did you mean $n?"),
    (b"\xff\xfec\x00", 1, "is not UTF-8", "save it as UTF-8"),
    (b"cellbench: 1\nprotocol: \x00", 2, "U+0000", "remove it"),
    ("cellbench: \ud800", 1, "U+D800", "remove it"),
]


@pytest.mark.parametrize(("content", "line", "message", "remedy"), WHOLE_FILES)
def test_a_mistake_in_the_file(content: str | bytes, line: int | None, message: str, remedy: str) -> None:
    errors = check(content, "my.yaml")
    matching = [e for e in errors if e.line == line and message in e.message and remedy in e.remedy]
    assert matching, "\n".join(map(str, errors)) or "nothing was found wrong"


def test_the_line_that_people_read() -> None:
    steps = "- discharge: {current: 0,2 A/g, until: {voltage: 0.01 V}}"
    (error,) = check(HEAD + steps, "my.yaml")
    assert str(error) == 'my.yaml:8  discharge.current: "0,2 A/g" has a decimal comma; write 0.2 A/g'


def test_all_mistakes_are_found_at_once_in_file_order() -> None:
    text = HEAD.replace("every: 10 s", "evry: 10 s") + "- rest: 10\n- chrage: {}\n- charge: {current: 5 mAh, until: {}}"
    errors = check(text, "my.yaml")
    assert [error.line for error in errors] == [6, 6, 8, 9, 10]


def test_mistakes_that_need_no_cell_are_found_in_every_step_and_told_once() -> None:
    loop = "- for_each: {r: $rates}\n  steps:\n    - charge: {current: $r, until: {voltage: 3 V}}\n    - hold: {voltage: 3 V, until: {duration: 1 h}}"
    assert [(error.line, error.key) for error in check(HEAD + loop)] == [
        (10, "charge.until.voltage"),
        (11, "hold.voltage"),
    ]


def test_a_hold_is_not_blamed_for_the_step_before_it() -> None:
    steps = "- charge: {current: 7 A/g, until: {voltage: 1.5 V}}\n- hold: {voltage: 1.5 V, until: {duration: 1 h}}"
    assert [error.key for error in check(HEAD + steps)] == ["charge.current"]


WITHOUT = {"1C": "nominal capacity", "1 A/g": "active mass", "1 mA/cm2": "area"}
OPTIONS = {"1C": "--capacity", "1 A/g": "--active-mass", "1 mA/cm2": "--area"}


@pytest.mark.parametrize("current", WITHOUT)
def test_what_the_cell_lacks_is_told_with_the_command_that_adds_it(current: str) -> None:
    text = HEAD.replace("6 A/g", "20 mA") + f"- charge: {{current: {current}, {CC}}}"
    assert check(text) == []
    with pytest.raises(ProtocolErrors) as caught:
        compile_protocol(parse_protocol(text, "my.yaml"), Cell("L1"))
    (error,) = caught.value.errors
    assert (error.line, error.key) == (8, "charge.current")
    assert f"needs the {WITHOUT[current]} of cell L1" in error.message
    assert error.remedy.startswith(f"cellbench cell change L1 {OPTIONS[current]}")


@pytest.mark.parametrize("mass_g", [0.0, -1.0, float("nan"), float("inf")])
def test_a_cell_that_cannot_be_is_refused(mass_g: float) -> None:
    with pytest.raises(
        ProtocolErrors, match=r"my.yaml  cell L1: the active mass is (0|-1|nan|inf); cellbench cell change L1"
    ):
        compile_protocol(parse_protocol(HEAD + "- rest: 1 s", "my.yaml"), Cell("L1", mass_g))


def test_a_cell_of_another_kind_is_refused() -> None:
    full_cell = Cell("F1", 2.7e-3, 1.1, 3e-3, 2.5, 4.2)
    with pytest.raises(ProtocolErrors, match=r"my.yaml:4  cell.window: .*cell F1 has \[2.5 V, 4.2 V\]; choose another"):
        compile_protocol(parse_protocol(HEAD + "- rest: 1 s", "my.yaml"), full_cell)


def test_a_rate_in_other_units_than_the_limit_is_checked_with_the_cell() -> None:
    text = HEAD + "- charge: {current: 5C, until: {voltage: 1.5 V}}"  # 16.75 mA; the limit is 16.518 mA
    assert check(text) == []
    with pytest.raises(ProtocolErrors, match=r"is above limits.current"):
        compile_protocol(parse_protocol(text), CELL)


def test_more_charge_than_the_limit_is_refused_with_the_cell() -> None:
    text = HEAD.replace("6 A/g}", "6 A/g, capacity: 3 mAh}") + "- charge: {current: 1C, until: {capacity: 90 %}}"
    with pytest.raises(ProtocolErrors, match=r"charge.until.capacity: 3.015 mAh is above limits.capacity \(3 mAh\)"):
        compile_protocol(parse_protocol(text), CELL)


def test_cycles_outside_a_repeat_are_allowed_but_remarked() -> None:
    pair = "- discharge: {current: 1C, until: {voltage: 0.01 V}}\n- charge: {current: 1C, until: {voltage: 1.5 V}}\n"
    assert compile_protocol(parse_protocol(HEAD + pair), CELL).warnings == ()
    (warning,) = compile_protocol(parse_protocol(HEAD + pair * 2, "my.yaml"), CELL).warnings
    assert warning.startswith("my.yaml:11  steps: more than one charge and discharge stand outside a repeat")


@pytest.mark.parametrize(
    ("voltage", "message"), [("2.0 V", "is the very limit"), ("1.8 V", "is outside the cell's window")]
)
def test_a_cut_off_that_is_possible_but_doubtful_is_remarked(voltage: str, message: str) -> None:
    plan = compile_protocol(parse_protocol(HEAD + f"- charge: {{current: 1C, until: {{voltage: {voltage}}}}}"), CELL)
    assert any(message in warning for warning in plan.warnings)


def test_a_cell_without_window_or_capacity_is_remarked() -> None:
    text = HEAD + "- charge: {current: 1 A/g, until: {voltage: 1.5 V}}"
    first, second = compile_protocol(parse_protocol(text), Cell("L1", 2.7e-3)).warnings
    assert "cell L1 has no window" in first
    assert "the duration is a guess" in second


HOSTILE: dict[str, str | bytes] = {
    "deep lists": "[" * 100_000,
    "deep mappings": "a: {" * 100_000,
    "deep blocks": "\n".join(" " * i + "a:" for i in range(1000)),
    "ten megabytes": "x" * 10_000_000,
    "ten binary megabytes": b"\x00" * 10_000_000,
    "billion laughs": "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n",
    "many keys": "\n".join(f"k{i}: 1" for i in range(60_000)),
    "many steps": HEAD + "- rest: 1 s\n" * 50_000,
    "wide loops": HEAD
    + "- for_each: {a: [" + ", ".join("1" * 900) + "]}\n  steps:\n  - for_each: {b: [" + ", ".join("1" * 900) + "]}\n"
    + "    steps:\n    - for_each: {c: [" + ", ".join("1" * 900) + "]}\n      steps: [rest: 1 s]",
    "loops that refuse": HEAD
    + "- for_each: {a: [" + ", ".join("1" * 900) + "]}\n  steps:\n  - for_each: {b: [" + ", ".join("1" * 900) + "]}\n"
    + "    steps:\n    - for_each: {a: [" + ", ".join("1" * 900) + "]}\n      steps: [rest: 1 s]",
    "loops that wait": HEAD.replace("6 A/g}", "6 A/g, temperature: [0 degC, 50 degC]}")
    + "".join("  " * i + "- repeat: 1000\n" + "  " * i + "  steps:\n" for i in range(8)) + " " * 16 + "- temperature: 25 degC",
    "deep loops": HEAD
    + "".join("  " * i + "- repeat: 1000000\n" + "  " * i + "  steps:\n" for i in range(15)) + " " * 30 + "- rest: 1 s",
    "long label": HEAD + "- rest: 1 s\n  label: " + "$n" * 100_000,
    "long value": HEAD.replace("1C", "1" * 5000) + "- rest: 1 s",
    "huge count": HEAD + "- repeat: " + "9" * 10_000 + "\n  steps: [rest: 1 s]",
    "regular expression bait": HEAD + "- rest: " + "1 000" * 2000 + "!",
    "control characters": HEAD + '- rest: "\\e[31m\\n\\u202e"',
    "merge keys": HEAD + "- <<: {rest: 1 s}",
    "null": HEAD + "- rest: null\n- null\n- charge: ~",
    "directives": "%YAML 9.9\n---\n" + HEAD,
}  # fmt: skip


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_told_in_short_printable_lines(name: str) -> None:
    errors = check(HOSTILE[name], "my.yaml")
    assert errors
    for error in errors:
        assert len(str(error)) < 500
        assert str(error).isprintable()


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_a_damaged_file_is_a_plan_or_a_list_of_mistakes(data: st.DataObject) -> None:
    shipped = library.find(data.draw(st.sampled_from(library.names())))
    assert shipped is not None
    text = shipped.content.decode()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(start + 12, len(text))))
    patch = data.draw(
        st.text(max_size=6) | st.sampled_from(["0", "-", "$", ": ", "\n", "{", "]", "&a", "1e9", "0,5 V"])
    )
    damaged = text[:start] + patch + text[end:]
    try:
        plan = compile_protocol(parse_protocol(damaged), CELL)
    except ProtocolErrors as errors:
        found = errors.errors
    else:
        found = ()
        assert isinstance(plan, Plan)
        assert check(damaged) == []
    assert all(error.message and str(error).isprintable() for error in found)


@settings(deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200))
def test_no_content_makes_check_raise(content: str | bytes) -> None:
    assert check(content)
