"""Stress from an entered shift, and lines of results over entered properties."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.analysis.correlation import correlation
from orchestrator.analysis.dataset import Dataset
from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.raman_stress import raman_stress
from orchestrator.analysis.registry import find_analysis
from protocols.cell import Cell
from tests.orchestrator.analysis.stored_run import cycle_row, half_cell

ALPHA_pct = (4.8, 21.7, 47.5)
SHIFT_per_cm = (15.55, 45.26, 62.06)
"""The paper's 3.25, 9.46 and 12.97 GPa, divided by 0.209."""


def run_of(run_id: int, metadata: Mapping[str, str], efficiency: float = 0.75) -> Dataset:
    cell = Cell(f"L{run_id}", active_mass_g=0.00275, metadata=dict(metadata))
    rows = [cycle_row(cycle, efficiency * 4e-3, 4e-3) for cycle in (1, 2)]
    return half_cell(rows, cell=cell, run_id=run_id)


def joined(*datasets: Dataset) -> Dataset:
    return Dataset(tuple(run for one in datasets for run in one.runs))


def study() -> Dataset:
    return joined(
        *(
            run_of(n, {"alkali_solubility_pct": str(alpha), "raman_shift_per_cm": str(shift)}, 0.8 - alpha / 100)
            for n, (alpha, shift) in enumerate(zip(ALPHA_pct, SHIFT_per_cm, strict=True), start=1)
        )
    )


def test_the_papers_stresses() -> None:
    result = raman_stress(study())
    found = [result.value(f"run {n}: residual stress").value for n in (1, 2, 3)]
    assert found == pytest.approx([3.25, 9.46, 12.97], abs=0.005)
    assert "up: compression" in (result.value("run 1: residual stress").note or "")


def test_a_shift_may_be_entered_as_two_positions_with_an_error() -> None:
    entered = {"raman_peak_per_cm": "515.5", "raman_reference_per_cm": "520.5", "raman_shift_error_per_cm": "0.4"}
    value = raman_stress(run_of(1, entered)).value("residual stress")
    assert (value.value, value.uncertainty) == pytest.approx((5 * 0.209, 0.4 * 0.209))
    assert "-5 cm-1 (down: tension)" in (value.note or "")


@given(shift=st.floats(-80, 80), factor=st.floats(0.01, 10))
def test_stress_is_proportional_and_never_negative(shift: float, factor: float) -> None:
    result = raman_stress(run_of(1, {"raman_shift_per_cm": f"{shift:.6f}"}), stress_per_shift_GPa_cm=factor)
    assert result.value("residual stress").value == pytest.approx(factor * abs(float(f"{shift:.6f}")))


def test_a_position_entered_as_a_shift_is_doubted() -> None:
    result = raman_stress(run_of(1, {"raman_shift_per_cm": "515.5"}))
    assert "is the entry a shift, and not a line's position?" in result.warnings[0]


@pytest.mark.parametrize(
    ("entered", "told"),
    [
        ({}, "cell L1 has no Raman shift; enter raman_shift_per_cm, .* entered so far: active_mass_g"),
        ({"raman_peak_per_cm": "515"}, "or raman_peak_per_cm and raman_reference_per_cm"),
        ({"raman_shift_per_cm": "15,5"}, "raman_shift_per_cm is '15,5'; enter a number with a decimal point"),
        ({"raman_shift_per_cm": "15 cm-1"}, "without a unit"),
        ({"raman_shift_per_cm": "nan"}, "is 'nan'"),
        ({"raman_shift_per_cm": "1e999"}, "is '1e999'"),
        ({"raman_shift_per_cm": "15", "raman_shift_error_per_cm": "-1"}, "a standard deviation is not negative"),
    ],
)
def test_entries_that_cannot_be_used_are_refused_with_the_remedy(entered: dict[str, str], told: str) -> None:
    with pytest.raises(AnalysisError, match=told):
        raman_stress(run_of(1, entered))


def test_a_result_is_laid_over_a_property() -> None:
    result = correlation(
        study(), property_name="alkali_solubility_pct", analysis="cycles", value="initial coulombic efficiency"
    )
    assert result.value("slope").value == pytest.approx(-1.0)
    assert result.value("slope").unit == "% per 1 of alkali_solubility_pct"
    assert result.value("intercept").value == pytest.approx(80.0)
    assert result.value("R squared").value == pytest.approx(1.0)
    assert result.value("Spearman rank correlation").value == pytest.approx(-1.0)
    assert result.value("n").value == 3
    assert result.warnings[0].startswith("3 different values of alkali_solubility_pct: a line through so few")
    assert result.table("points").column("cell") == ("L1", "L2", "L3")
    assert [used.run_id for used in result.provenance] == [1, 2, 3]


def test_three_points_have_one_degree_of_freedom_and_a_wide_interval() -> None:
    """SCIENCE: stress = 0.220 alpha + 3.13, R squared 0.924, of the paper's three points."""
    result = correlation(
        study(), property_name="alkali_solubility_pct", analysis="raman_stress", value="residual stress"
    )
    slope = result.value("slope")
    assert slope.value == pytest.approx(0.220, abs=0.001)
    assert result.value("intercept").value == pytest.approx(3.13, abs=0.01)
    assert result.value("R squared").value == pytest.approx(0.924, abs=0.002)
    half_width = float((slope.note or "").rpartition("± ")[2])
    assert half_width == pytest.approx(12.706 * (slope.uncertainty or 0), rel=0.05)
    assert half_width > abs(slope.value or 0)


def test_two_entered_values_can_be_laid_over_each_other_and_many_points_are_not_warned_of() -> None:
    rng = np.random.default_rng(1)
    runs = [
        run_of(n, {"alpha": f"{x:.3f}", "swelling_pct": f"{5.72 + 0.211 * x + rng.normal(0, 0.1):.4f}"})
        for n, x in enumerate(np.linspace(5, 50, 12), start=1)
    ]
    result = correlation(joined(*runs), property_name="alpha", value="swelling_pct")
    slope = result.value("slope")
    assert abs((slope.value or 0) - 0.211) < 3 * (slope.uncertainty or 0)
    assert result.warnings == ()


def test_replicates_do_not_make_more_different_properties() -> None:
    runs = [run_of(n, {"alpha": str(x)}, 0.7 + 0.001 * n) for n, x in enumerate([4.8, 4.8, 21.7, 21.7, 47.5, 47.5], 1)]
    result = correlation(joined(*runs), property_name="alpha", analysis="cycles", value="initial coulombic efficiency")
    assert (result.value("n").value, result.value("different property values").value) == (6, 3)
    assert result.warnings[0].startswith("3 different values of alpha")


def test_options_reach_the_analysis_and_runs_without_the_property_are_named() -> None:
    runs = joined(study(), run_of(9, {}))
    result = correlation(
        runs,
        property_name="alkali_solubility_pct",
        analysis="cycles",
        value="mean coulombic efficiency of the first 2 cycles",
        options={"first_cycles": 2},
    )
    assert result.value("n").value == 3
    assert "run 9 (cell L9) left out: no alkali_solubility_pct is entered" in result.warnings


def test_a_value_that_does_not_vary_has_no_correlation() -> None:
    runs = [run_of(n, {"alpha": str(n), "same": "7"}) for n in range(1, 6)]
    result = correlation(joined(*runs), property_name="alpha", value="same")
    assert result.value("slope").value == pytest.approx(0.0)
    assert result.value("R squared").value is None
    assert result.value("Spearman rank correlation").note == "the value does not vary"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"property_name": "beta", "value": "alkali_solubility_pct"}, "two different values of beta, here 0 .*L1 has:"),
        ({"property_name": "alkali_solubility_pct", "value": "swelling"}, "here 0 .*swelling: not entered"),
        (
            {"property_name": "alkali_solubility_pct", "value": "ICE", "analysis": "cycles"},
            "analysis cycles gives no 'ICE' for run 1; it gives: initial coulombic efficiency,",
        ),
        (
            {"property_name": "alkali_solubility_pct", "value": "x", "analysis": "cycles", "options": {"o": 1}},
            "has no option 'o'",
        ),
        ({"property_name": "alkali_solubility_pct", "value": "x", "analysis": "cylces"}, "no analysis is called"),
    ],
)
def test_what_cannot_be_correlated_is_refused(asked: dict[str, object], told: str) -> None:
    with pytest.raises(AnalysisError, match=told):
        correlation(study(), **asked)  # type: ignore[arg-type]


def test_both_are_installed() -> None:
    assert find_analysis("raman_stress").function is raman_stress
    assert find_analysis("correlation").function is correlation
