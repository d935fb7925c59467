"""A campaign file says what it means, or everything that is wrong with it, with file, line and remedy."""

from __future__ import annotations

import pytest

from orchestrator.campaigns.definition import Condition, dump_campaign, load_campaign
from orchestrator.campaigns.read_campaign import Overrides, protocol_files, read_campaign
from protocols.errors import ProtocolErrors
from protocols.library.campaigns import find, names

HEAD = """\
cellbench_campaign: 1
campaign: study
cells: {low: [L1, L2], high: [H1]}
benches: {neware: [A1, A2, A3], vsp: [P1, P2]}
time_zone: Asia/Shanghai
"""
STEPS = """\
steps:
  - {name: formation, protocol: formation, on: neware}
  - name: ladder
    protocol: rate-ladder
    on: neware
    cells: low
    when: {result: cycles.initial_coulombic_efficiency, above: 70 %}
    set: {cycles_per_rate: 2}
  - {name: move, prompt: "Move {cell} to {bench}", to: vsp, cells: low}
  - {name: eis, protocol: impedance-temperature, on: vsp, cells: low, together: true}
"""


def problems(text: str, **more: object) -> list[str]:
    with pytest.raises(ProtocolErrors) as caught:
        read_campaign(text, "c.yaml", **more)  # type: ignore[arg-type]
    return [str(error) for error in caught.value.errors]


def test_a_campaign_is_read_stored_and_read_again() -> None:
    made = read_campaign(HEAD + STEPS, "c.yaml")
    assert load_campaign(dump_campaign(made)) == made
    assert made.cells == ("L1", "L2", "H1")
    assert made.placed == {"L1": "A1", "L2": "A2", "H1": "A3"}
    ladder = made.step("ladder")
    assert (ladder.cells, ladder.after) == (("L1", "L2"), ("formation",))
    assert ladder.when == Condition("cycles", "initial coulombic efficiency", "formation", "%", above=70.0)
    assert [step.name for step in made.steps_of("H1")] == ["formation"]


def test_cells_and_benches_can_be_given_beside_the_file() -> None:
    given = Overrides({"low": ("X1", "X2")}, {"neware": ("B1", "B2", "B3")})
    made = read_campaign(HEAD + STEPS, "c.yaml", overrides=given)
    assert made.placed == {"X1": "B1", "X2": "B2", "H1": "B3"}


def test_fixed_places_are_kept() -> None:
    text = HEAD.replace("[A1, A2, A3]", "{H1: A7, L2: A9, L1: A8}") + STEPS
    assert read_campaign(text, "c.yaml").placed == {"L1": "A8", "L2": "A9", "H1": "A7"}


def test_steps_are_in_the_order_in_which_they_depend_on_each_other() -> None:
    text = HEAD + (
        "steps:\n"
        "  - {name: second, protocol: rate-ladder, on: neware, after: first}\n"
        "  - {name: first, protocol: formation, on: neware, after: []}\n"
    )
    assert [step.name for step in read_campaign(text, "c.yaml").steps] == ["first", "second"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("cellbench_campaign: 1", "cellbench_campaign: 2", 'c.yaml:1  cellbench_campaign: "2" is no version'),
        ("campaign: study", "campaign: a study", 'c.yaml:2  campaign: "a study" is no name; use letters'),
        ("[H1]", "[L1]", 'c.yaml:1  cells: cell "L1" stands twice; name each cell once'),
        ("[P1, P2]", "[A1]", "c.yaml:4  benches.vsp: bench A1 stands twice; name each bench once"),
        ("Asia/Shanghai", "Shanghai", 'c.yaml:5  time_zone: "Shanghai" is no time zone; write Asia/Shanghai'),
        ("on: neware}", "on: newar}", 'c.yaml:7  on: "newar" is unknown; did you mean neware?'),
        ("protocol: formation", "protocol: formtion", "formtion"),
        ("70 %", "seventy", 'above: "seventy" is no number with a unit; write 70 %'),
        ("70 %", "70", 'when.above: "70" has no unit; write 70 %, or 70 1 where the result is a plain number'),
        ("cycles.initial", "gitt.initial", "step formation is not analysed by gitt; add analyses: [gitt]"),
        ("cycles_per_rate", "cycles_per_rat", "did you mean cycles_per_rate?"),
        ("{bench}", "{benches}", "prompt: {benches} stands for nothing; known here: {cell}, {bench}"),
        ("cells: low\n    when", "cells: lo\n    when", 'cells: "lo" is unknown; did you mean low?'),
        ("together: true", "together: maybe", 'together: "maybe" is neither true nor false; write true or false'),
        ("together: true", "chamber: 3, to: vsp", "to does not go with a protocol; take it out"),
        ("name: eis,", "name: move,", 'another step is called "move" too; give each its own name'),
        ("name: ladder", "name: ladder\n    after: eis", "goes round in a circle: "),
        ("name: ladder", "name: ladder\n    start: 8:00", 'start: "8:00" is no date with a time of day'),
        ("name: ladder", "name: ladder\n    cron: '99 * * * *'", 'cron: "99 * * * *" is no cron rule'),
        ("name: ladder", "name: ladder\n    cron: '0 0 30 2 *'", "it never comes due; look at day and month"),
        ("name: ladder", "name: ladder\n    priority: urgent", 'priority: "urgent" is unknown'),
        ("to: vsp", "to: neware", "cell L1 is on neware then, and nobody has moved it to vsp; add before it: - {name:"),
        ("[A1, A2, A3]", "[A1, A2]", "benches.neware: no bench is left for cell H1, which is there from the start"),
        ("[P1, P2]", "[P1]", "2 cells together, and vsp has 1 benches; name fewer cells, or add benches"),
    ],
)
def test_what_is_wrong_is_said_with_its_remedy(old: str, new: str, said: str) -> None:
    text = HEAD + STEPS
    assert old in text
    found = problems(text.replace(old, new, 1))
    assert any(said in line for line in found), found


def test_an_empty_file_says_how_a_campaign_begins() -> None:
    (line,) = problems("")
    assert line.startswith("c.yaml  is empty; write cellbench_campaign: 1")


def test_a_time_without_a_zone_is_refused() -> None:
    text = HEAD.replace("time_zone: Asia/Shanghai\n", "start: 2026-12-01 08:00\n") + STEPS
    assert problems(text) == ["c.yaml:5  start: in which time zone?; add time_zone: Asia/Shanghai to the campaign"]


def test_protocol_files_are_named_and_must_be_there() -> None:
    text = (HEAD + STEPS).replace("protocol: formation", "protocol: ./mine.yaml")
    assert protocol_files(text, "c.yaml") == ["./mine.yaml"]
    assert any('protocol file "./mine.yaml" was not found' in line for line in problems(text))


def test_the_shipped_campaign_is_the_whole_study_on_nine_cells() -> None:
    shipped = find("sio_fast_charging")
    assert names() == ["sio-fast-charging"]
    assert shipped is not None
    made = read_campaign(shipped.content, shipped.file)
    assert len(made.cells) == 9
    measured = {step.protocol for step in made.steps if step.protocol}
    assert measured == {
        "formation", "rate-ladder", "cycling-2c-500", "gitt", "cv-scan-rates", "impedance-temperature"
    }  # fmt: skip
