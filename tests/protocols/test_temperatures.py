# ruff: noqa: E501 - a table is read by its columns
from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.compile import compile_protocol
from protocols.describe import SegmentDescription, TaskDescription, describe_plan
from protocols.errors import ProtocolErrors
from protocols.plan import Plan, PlanItem, Prompt, Segment, SetTemperature
from protocols.program import Impedance, Record
from protocols.reading import check, parse_protocol
from protocols.storage import dump_plan, load_plan
from tests.protocols.binding import CELL, HEAD, plan_of

SKETCH = """\
cellbench: 1
protocol: impedance-temperature
parameters: {temperatures: [0 degC, 10 degC, 25 degC, 40 degC, 55 degC]}
cell: {window: [0.01 V, 1.5 V]}
limits: {voltage: [-0.05 V, 2.0 V], current: 20 mA, temperature: [-5 degC, 60 degC]}
steps:
  - charge:    {current: 0.2 A/g, until: {voltage: 1.5 V}}
  - discharge: {current: 0.2 A/g, until: {capacity: 50 %}}        # of the cell's nominal capacity
  - for_each: {temperature: $temperatures}
    steps:
      - temperature: {to: $temperature, within: 0.5 K, soak: 2 h, ramp: 1 K/min, give_up_after: 8 h}
      - rest: {for: 1 h, record: {every: 60 s}}
      - impedance: {potentiostatic: 10 mV peak, from: 100 kHz, to: 0.1 Hz, per_decade: 10, average: 3}
        label: eis $temperature
  - temperature: {to: 25 degC, within: 1 K}
analyses: [impedance_fit, arrhenius]
"""


def kinds(items: tuple[PlanItem, ...]) -> list[object]:
    """Temperatures, prompts and the steps of each program, in order."""
    return [
        [step.kind for step in item.program.steps]
        if isinstance(item, Segment)
        else (item.target_degC if isinstance(item, SetTemperature) else item.text)
        for item in items
    ]


@pytest.fixture
def sketch() -> Plan:
    return compile_protocol(parse_protocol(SKETCH), CELL)


def test_impedance_at_stepped_temperatures(sketch: Plan) -> None:
    expected: list[object] = [["constant_current", "constant_current"]]
    for temperature_degC in (0, 10, 25, 40, 55):
        expected += [temperature_degC, ["rest", "impedance"]]
    assert kinds(sketch.items) == [*expected, 25]
    assert sketch.items[1] == SetTemperature(0.0, 0.5, 7200.0, pytest.approx(1.0), 28800.0, 11)
    assert sketch.warnings == ()
    spectra = [item.program.steps[-1] for item in sketch.items[2::2] if isinstance(item, Segment)]
    assert all(isinstance(spectrum, Impedance) for spectrum in spectra)
    assert [spectrum.origin.label for spectrum in spectra][::4] == ["eis 0 degC", "eis 55 degC"]


def test_without_a_record_of_its_own_a_protocol_records_as_most_do(sketch: Plan) -> None:
    assert {item.program.record for item in sketch.items if isinstance(item, Segment)} == {Record(10.0, 0.005)}


def test_the_estimate_includes_ramps_and_soaks(sketch: Plan) -> None:
    on_channel_s = sum(item.estimate.duration_s for item in sketch.items if isinstance(item, Segment))
    ramps_s = 60 * (25 + 10 + 15 + 15 + 15 + 30)
    assert sketch.estimate.duration_s == pytest.approx(on_channel_s + ramps_s + 5 * 7200)
    assert sketch.estimate.cycles == 1  # spectra are none


def test_it_survives_storage(sketch: Plan) -> None:
    assert load_plan(json.dumps(dump_plan(sketch))) == sketch


def test_it_is_described_in_order(sketch: Plan) -> None:
    first, chamber, second, *_, last = describe_plan(sketch)
    assert isinstance(first, SegmentDescription)
    detail = "0 degC within 0.5 K, ramp 1 K/min, soak 2 h, gives up after 8 h"
    assert chamber == TaskDescription(2, 11, "chamber", detail)
    assert isinstance(second, SegmentDescription)
    assert [row.line for row in second.rows] == [12, 13]
    assert last == TaskDescription(12, 15, "chamber", "25 degC within 1 K, gives up after 4 h")


DEFAULTS = [
    ("10 degC", SetTemperature(10.0, 0.5, 0.0, None, 4 * 3600.0, 8)),
    ("{to: 10 degC, soak: 30 min}", SetTemperature(10.0, 0.5, 1800.0, None, 4.5 * 3600, 8)),
    ("{to: 55 degC, ramp: 0.1 K/min}", SetTemperature(55.0, 0.5, 0.0, pytest.approx(0.1), 10 * 3600.0, 8)),
    ("{to: -4 °C, within: 200 mK}", SetTemperature(-4.0, 0.2, 0.0, None, 4 * 3600.0, 8)),
]  # fmt: skip


@pytest.mark.parametrize(("written", "item"), DEFAULTS)
def test_what_is_left_out_has_a_default(written: str, item: SetTemperature) -> None:
    assert plan_of(f"- temperature: {written}").items == (item,)


def test_it_gives_up_later_where_the_way_is_long() -> None:
    first, second = plan_of("- temperature: 0 degC\n- temperature: {to: 55 degC, ramp: 0.2 K/min, soak: 1 h}").items
    assert isinstance(first, SetTemperature)
    assert isinstance(second, SetTemperature)
    assert first.give_up_after_s == 4 * 3600
    assert second.give_up_after_s == pytest.approx(2 * (55 / 0.2 * 60 + 3600))


def test_a_loop_that_waits_is_written_out_and_all_others_stay() -> None:
    steps = """\
- repeat: 2
  label: outer
  steps:
    - rest: 1 min
    - prompt: Weigh cell $rate
    - repeat: 3
      steps: [rest: 1 s]
    - for_each: {t: [10 degC, 20 degC]}
      steps:
        - temperature: $t
        - rest: 2 min
- rest: 1 min
"""
    one_pass = [["rest"], "Weigh cell 0.1 mV/s", ["loop"], 10, ["rest"], 20, ["rest"]]
    items = plan_of(steps).items
    assert kinds(items) == [*one_pass, *one_pass, ["rest"]]
    assert items[1] == Prompt("Weigh cell 0.1 mV/s", 12)
    last_pass = items[11]
    assert isinstance(last_pass, Segment)
    origin = last_pass.program.steps[0].origin
    assert (origin.path, origin.label) == ("steps[0].repeat[pass=2].steps[3].for_each[t=10 degC].steps[1]", "outer")


def test_each_pass_is_a_program_of_its_own() -> None:
    steps = "- repeat: 2\n  steps: [rest: 1 s, prompt: look, rest: 2 s]"
    assert kinds(plan_of(steps).items) == [["rest"], "look", ["rest"], ["rest"], "look", ["rest"]]


def test_each_temperature_may_have_its_own_charge_and_discharge() -> None:
    pair = "[temperature: $t, discharge: {current: 1C, until: {voltage: 0.01 V}}, charge: {current: 1C, until: {voltage: 1.5 V}}]"
    plan = plan_of(f"- for_each: {{t: [10 degC, 20 degC, 30 degC]}}\n  steps: {pair}")
    assert plan.warnings == ()
    assert plan.estimate.cycles == 3


def test_a_hold_after_a_temperature_has_no_step_before() -> None:
    with pytest.raises(ProtocolErrors, match="no charge or discharge stands directly before the hold"):
        plan_of(
            "- charge: {current: 1C, until: {voltage: 1.5 V}}\n- temperature: 10 degC\n- hold: {voltage: 1.5 V, until: {duration: 1 h}}"
        )


LIMIT = ", temperature: [-5 degC, 60 degC]"
MISTAKES = [
    ("- temperature: 70 degC", "temperature", '"70 degC" is outside limits.temperature [-5 degC, 60 degC]', "between"),
    ("- temperature: {to: -40 degC}", "temperature.to", "is outside limits.temperature", "widen them if the cell"),
    ("- temperature: 25", "temperature", "has no unit", "25 degC"),
    ("- temperature: 25C", "temperature", "C alone is a C-rate", "25 degC"),
    ("- temperature: 300 K", "temperature", "K is a temperature difference", "25 degC"),
    ("- temperature: {to: 25 degC, within: 0.5 degC}", "temperature.within", "degC is a temperature", "0.5 K"),
    ("- temperature: {to: 25 degC, within: 0 K}", "temperature.within", "is zero", "above zero"),
    ("- temperature: {to: 25 degC, ramp: 1 degC/min}", "temperature.ramp", '"degC/min" is unknown', "1 K/min"),
    ("- temperature: {to: 25 degC, ramp: 1 K}", "temperature.ramp", "K is a temperature difference", "1 K/min"),
    ("- temperature: {to: 25 degC, soak: 2 h, give_up_after: 2 h}", "temperature.give_up_after", "over before the soak", "a longer time"),
    ("- temperature: {soak: 2 h}", "temperature", "has no to", "add to: 25 degC"),
    ("- temperature: {to: 25 degC, tolerance: 1 K}", "temperature.tolerance", "is unknown", "known here: to, within"),
    ("- prompt: ''", "prompt", "says nothing", "Close the lid"),
    ("- prompt: hello $nobody", "prompt", '"$nobody" is unknown', "known here"),
    ("- prompt: {text: hello}", "prompt", "is not a single value", "write text"),
    ("- repeat: 20000\n  steps: [temperature: 10 degC]", "repeat", "20000 passes that wait", "up to 1000"),
    ("- repeat: 5\n  stop_when: {capacity_retention: {below: 80 %}}\n  steps: [prompt: look]", "stop_when", "waits for a temperature or for somebody", "out of the loop"),
]  # fmt: skip


@pytest.mark.parametrize(("steps", "key", "message", "remedy"), MISTAKES)
def test_a_mistake_is_told_with_key_and_remedy(steps: str, key: str, message: str, remedy: str) -> None:
    errors = check(HEAD + steps, "my.yaml")
    matching = [e for e in errors if e.key.startswith(key) and message in e.message and remedy in e.remedy]
    assert matching, "\n".join(map(str, errors)) or "nothing was found wrong"


def test_a_temperature_needs_its_limits() -> None:
    (error,) = check(HEAD.replace(LIMIT, "") + "- temperature: 25 degC", "my.yaml")
    assert (error.line, error.key) == (8, "temperature")
    assert error.message == "the protocol changes the temperature and has no limits.temperature"
    assert error.remedy.startswith("add temperature: [-5 degC, 60 degC] to limits")


REMARKS = [
    ("60 degC", "reaches past limits.temperature [-5 degC, 60 degC]"),
    (
        "{to: 0 degC, soak: 2 h, give_up_after: 2.1 h, ramp: 1 K/min}",
        "less than ramp and soak are expected to take, 2.4 h",
    ),
]


@pytest.mark.parametrize(("written", "message"), REMARKS)
def test_what_is_possible_but_doubtful_is_remarked(written: str, message: str) -> None:
    (warning,) = plan_of(f"- temperature: {written}").warnings
    assert message in warning


@given(st.lists(st.integers(-5, 60), min_size=1, max_size=20), st.integers(1, 4))
def test_a_loop_over_temperatures_visits_each_in_order(temperatures_degC: list[int], times: int) -> None:
    written = ", ".join(f"{t} degC" for t in temperatures_degC)
    steps = f"- repeat: {times}\n  steps:\n  - for_each: {{t: [{written}]}}\n    steps: [temperature: $t, rest: 1 s]"
    items = plan_of(steps).items
    assert [item.target_degC for item in items if isinstance(item, SetTemperature)] == temperatures_degC * times
    assert [item.kind for item in items] == ["set_temperature", "segment"] * len(temperatures_degC) * times
