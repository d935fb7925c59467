"""A cell as it was weighed: what is computed, and what is said of what makes no sense."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.entered.value import name_problem, value_problem
from orchestrator.entered.written_cell import FIELDS, read_written_cell

WEIGHED = {
    "electrode_mass": "15.32 mg",
    "foil_mass": "11.88 mg",
    "active_fraction": "80 %",
    "diameter": "12 mm",
    "specific_capacity": "1217 mAh/g",
    "window_low": "10 mV",
    "window_high": "1.5 V",
}


def test_what_was_weighed_becomes_mass_area_loading_and_capacity() -> None:
    found = read_written_cell(WEIGHED)

    assert found.problems == {}
    assert found.properties == pytest.approx(
        {
            "active_mass_g": 2.752e-3,
            "area_cm2": 1.130973,
            "nominal_capacity_Ah": 3.349184e-3,
            "window_min_V": 0.01,
            "window_max_V": 1.5,
        }
    )
    assert found.steps == [
        "active mass = (15.32 mg − 11.88 mg) × 80 % = 2.752 mg",
        "area = π/4 × (12 mm)² = 1.131 cm²",
        "loading = 2.752 mg / 1.131 cm² = 2.433 mg/cm²",
        "nominal capacity = 2.752 mg × 1217 mAh/g = 3.349 mAh",
        "1C = 3.349 mA",
    ]


def test_what_was_weighed_can_be_kept_with_the_cell() -> None:
    kept = read_written_cell(WEIGHED).metadata

    assert kept == {
        "electrode_mass_mg": "15.32",
        "foil_mass_mg": "11.88",
        "active_fraction_pct": "80",
        "diameter_mm": "12",
        "specific_capacity_mAh_per_g": "1217",
    }
    assert [(name_problem(name), value_problem(name, text)) for name, text in kept.items()] == [(None, None)] * 5


def test_what_is_known_is_taken_as_it_is() -> None:
    found = read_written_cell({"active_mass": "2.75 mg", "area": "1.131 cm2", "capacity": "3.35 mAh"})

    assert found.properties == {"active_mass_g": 0.00275, "area_cm2": 1.131, "nominal_capacity_Ah": 0.00335}
    assert found.metadata == {}


@pytest.mark.parametrize(
    ("written", "field", "told"),
    [
        ({"active_mass": "2,75 mg"}, "active_mass", "has a decimal comma; write 2.75 mg"),
        ({"area": "1.131"}, "area", "has no unit; write an area such as 1.131 cm2"),
        ({"diameter": "12 mg"}, "diameter", "mg is a mass; write a length such as 12 mm"),
        ({"capacity": "50 %"}, "capacity", "50 % is not absolute; write a capacity such as 3.4 mAh"),
        ({"capacity": "600 mAh/g"}, "capacity", "is not absolute"),
        ({"active_mass": "1 mg", "electrode_mass": "2 mg"}, "electrode_mass", "give the active mass, or what"),
        ({"area": "1 cm2", "diameter": "1 cm"}, "diameter", "give the area, or the diameter"),
        ({"active_mass": "1 mg", "capacity": "1 mAh", "specific_capacity": "1 Ah/g"}, "specific_capacity", "capacity"),
        ({"electrode_mass": "15 mg"}, "foil_mass", "weigh this too"),
        ({"active_fraction": "80 %"}, "electrode_mass", "weigh this too"),
        ({"electrode_mass": "15 mg", "foil_mass": "15 mg"}, "foil_mass", "not lighter"),
        ({"electrode_mass": "15 mg", "foil_mass": "1 mg", "active_fraction": "120 %"}, "active_fraction", "more than"),
        ({"specific_capacity": "1 Ah/g"}, "specific_capacity", "takes the active mass"),
        ({"window_low": "1.5 V", "window_high": "0.01 V"}, "window_high", "is not above"),
    ],
)
def test_what_makes_no_sense_is_told_at_its_field(written: dict[str, str], field: str, told: str) -> None:
    assert told in read_written_cell(written).problems[field]


def test_a_fraction_that_cannot_be_read_is_not_taken_as_all_of_it() -> None:
    found = read_written_cell({**WEIGHED, "active_fraction": "0.8"})

    assert "active_fraction" in found.problems
    assert "active_mass_g" not in found.properties
    assert found.steps[0].startswith("area = ")


@given(st.fixed_dictionaries({}, optional={name: st.text(max_size=12) for name in FIELDS}))
def test_whatever_is_typed_is_read_or_refused(written: dict[str, str]) -> None:
    found = read_written_cell(written)

    assert set(found.problems) <= set(FIELDS)
    assert all(value > 0 for name, value in found.properties.items() if not name.startswith("window"))
