"""A CSV of values measured elsewhere: read whole, or refused with every line that is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.entered.table import EnteredTableError, read_entered_table
from orchestrator.entered.value import name_problem, names_a_unit, value_problem

NAMES = ("alkali_solubility_pct", "raman_shift_per_cm", "thickness_swelling_pct")


def test_a_table_is_read_with_its_lines() -> None:
    text = "cell,alkali_solubility_pct,raman_shift_per_cm\n\nL1,4.8,15.6\n M1 , 21.7 ,\n"
    rows = read_entered_table(text, "exsitu.csv")

    assert [(row.line, row.cell, row.values) for row in rows] == [
        (3, "L1", {"alkali_solubility_pct": "4.8", "raman_shift_per_cm": "15.6"}),
        (4, "M1", {"alkali_solubility_pct": "21.7"}),
    ]


@pytest.mark.parametrize("text", ["\ufeffcell;a_pct\r\nL1;4.8\r\n", "cell\ta_pct\nL1\t4.8", 'a_pct,cell\n"4.8","L1"\n'])
def test_what_spreadsheets_write_is_read(text: str) -> None:
    (row,) = read_entered_table(text, "x.csv")
    assert (row.cell, row.values) == ("L1", {"a_pct": "4.8"})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ['x.csv:1  the header has no column "cell"; write cell,alkali_solubility_pct, …']),
        ("cell\nL1\n", ["x.csv:1  the header names no value; write cell,alkali_solubility_pct, …"]),
        ("cell,alpha\nL1,4.8\n", ["x.csv:1  alpha does not say its unit; write alpha_pct, alpha_um, …, or alpha_1 "]),
        ("cell,α / %\nL1,4.8\n", ['x.csv:1  "α / %" is no name; use letters, digits and _']),
        ("cell,active_mass_g\nL1,1\n", ["x.csv:1  active_mass_g belongs to the cell itself; say `cellbench cell chan"]),
        ("cell,a_pct,a_pct\nL1,1,2\n", ["x.csv:1  the column a_pct stands there twice"]),
        ("cell,a_pct\n", ["x.csv  holds no cells"]),
        ("cell,a_pct\nL1,4,8\n", ["x.csv:2  3 fields where the header has 2; is a decimal comma in it?"]),
        ("cell;a_pct\nL1;4,8\n", ['x.csv:2  a_pct: "4,8" is no plain number; enter a number with a decimal point']),
        (
            "cell,a_pct\nL1,4.8 %\n,3\nL2,nan\nL2,1\n",
            [
                'x.csv:2  a_pct: "4.8 %"',
                "x.csv:3  no cell is named",
                'x.csv:4  a_pct: "nan"',
                "x.csv:5  cell L2 stands",
            ],
        ),
    ],
)
def test_every_problem_is_a_line_with_its_place(text: str, told: list[str]) -> None:
    with pytest.raises(EnteredTableError) as refused:
        read_entered_table(text, "x.csv")

    assert len(refused.value.problems) == len(told)
    assert all(problem.startswith(start) for problem, start in zip(refused.value.problems, told, strict=True))


@given(st.dictionaries(st.sampled_from(NAMES), st.floats(-1e6, 1e6).map(lambda x: f"{x:.6g}"), min_size=1))
def test_what_is_written_is_what_is_read(values: dict[str, str]) -> None:
    text = f"cell,{','.join(values)}\nL1,{','.join(values.values())}\n"
    assert read_entered_table(text, "x.csv")[0].values == values


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        told: tuple[object, ...] = read_entered_table(text, "x.csv")
    except EnteredTableError as error:
        told = error.problems
    assert told


def test_names_tell_their_units() -> None:
    assert all(names_a_unit(name) for name in (*NAMES, "surface_m2_per_g", "ratio_1", "density_g_per_cm3"))
    assert not any(names_a_unit(name) for name in ("batch", "alpha", "pct", "note_text"))
    assert name_problem("alkali_solubility_pct") is None
    assert value_problem("batch", "seven") is None


def test_the_temperatures_that_a_cell_bears_are_written_with_their_unit() -> None:
    for name in ("temperature_min", "temperature_max"):
        assert name_problem(name) is None
        assert value_problem(name, "-10 degC") is None
        assert "degC" in str(value_problem(name, "-10"))
        assert "temperature" in str(value_problem(name, "5 mV"))
