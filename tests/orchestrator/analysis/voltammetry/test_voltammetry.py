"""Currents of known parts give their parts back."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.registry import find_analysis
from orchestrator.analysis.result import AnalysisResult
from orchestrator.analysis.voltammetry.randles_sevcik import RandlesSevcik
from orchestrator.analysis.voltammetry.voltammetry import voltammetry
from protocols.cell import Cell
from protocols.plan import Estimate, Plan, Segment
from protocols.program import Limits, Origin, Program, Record, VoltagePoint, VoltageScan
from simulators.cell import CellState, VirtualCell, load_material
from tests.orchestrator.analysis.stored_run import AREA_CM2, CELL, MASS_G
from tests.orchestrator.analysis.voltammetry.made_sweeps import (
    LOWER_V,
    UPPER_V,
    MadeSweep,
    Part,
    RATES_V_s,
    cycle_of,
    dataset_of,
    sweep_records,
    two_parts,
)

SURFACE = (Part(2.0, 0.48, 0.09), Part(2.0, 0.25, 0.09))
DIFFUSION = (Part(0.03, 0.48, 0.13), Part(0.03, 0.25, 0.13))
HOST = 0.024  # mol/cm3


def records_of(rates_V_s: tuple[float, ...] = RATES_V_s, **how: float) -> pd.DataFrame:
    current = two_parts(SURFACE, DIFFUSION)
    sweeps = [s for n, rate in enumerate(rates_V_s, start=1) for s in cycle_of(current, rate, n)]
    return sweep_records(sweeps, **how)  # type: ignore[arg-type]


def evaluated(records: pd.DataFrame, **options: object) -> AnalysisResult:
    return voltammetry(dataset_of(records), **options)  # type: ignore[arg-type]


def true_share(rate_V_s: float) -> float:
    voltage_V = np.arange(LOWER_V, UPPER_V, 1e-4)
    surface = sum(part(voltage_V).sum() for part in SURFACE) * rate_V_s
    diffusion = sum(part(voltage_V).sum() for part in DIFFUSION) * math.sqrt(rate_V_s)
    return 100 * surface / (surface + diffusion)


def test_surface_and_diffusion_part_come_out_as_they_were_put_in() -> None:
    result = evaluated(records_of())

    for rate_V_s in RATES_V_s:
        share = result.value(f"surface share at {1e3 * rate_V_s:.3g} mV/s")
        assert share.value == pytest.approx(true_share(rate_V_s), abs=0.05)
    split = result.table("split")
    up = [row for row in split.rows if row[0] == "anodic"]
    at = min(up, key=lambda row: abs(float(row[1]) - 0.48))  # type: ignore[arg-type]
    assert at[2] == pytest.approx(2.0 * 1.02 / MASS_G, rel=1e-3)
    assert at[3] == pytest.approx(0.03 * 1.02 / MASS_G, rel=1e-3)
    curves = result.table("curves")
    assert sorted({float(row[0]) for row in curves.rows}) == pytest.approx([1e3 * rate for rate in RATES_V_s])  # type: ignore[arg-type]
    assert result.warnings == ()


@pytest.mark.parametrize("exponent", [0.5, 0.6, 0.77, 0.86, 1.0])
def test_the_b_value_is_the_exponent_of_the_peaks(exponent: float) -> None:
    def current_A(voltage_V: np.ndarray, rate_V_s: float) -> np.ndarray:
        shape = Part(1.0, 0.45, 0.08)(voltage_V)
        return math.copysign(abs(rate_V_s) ** exponent, rate_V_s) * shape

    sweeps = [s for n, rate in enumerate(RATES_V_s, start=1) for s in cycle_of(current_A, rate, n)]
    result = evaluated(sweep_records(sweeps))
    for direction in ("anodic", "cathodic"):
        value = result.value(f"b value, {direction}")
        assert value.value == pytest.approx(exponent, abs=1e-3)
        assert value.uncertainty == pytest.approx(0.0, abs=1e-3)
        assert "baseline zero" in (value.note or "")


def test_noise_moves_nothing_far_and_the_stated_errors_cover_it() -> None:
    current = two_parts(SURFACE, DIFFUSION)
    largest_A = float(np.abs(current(np.array([0.48]), 5e-4)).max())
    exact = evaluated(records_of())
    noisy = evaluated(records_of(noise_A=5e-3 * largest_A, noise_V=1e-4, seed=3))

    assert noisy.value("b value, anodic").value == pytest.approx(exact.value("b value, anodic").value, abs=0.01)
    share = noisy.value("surface share at 0.5 mV/s")
    assert share.value == pytest.approx(true_share(5e-4), abs=max(1.0, 3 * (share.uncertainty or 0)))


def test_randles_sevcik_has_the_constant_of_the_textbook() -> None:
    equation = RandlesSevcik(1.0, 1.0, 25.0)
    assert equation.slope_per_root_D == pytest.approx(2.69e5, rel=2e-3)
    assert RandlesSevcik(1.0, 1.0, 25.0, electrons=2).slope_per_root_D == pytest.approx(2**1.5 * 2.69e5, rel=2e-3)
    hot = RandlesSevcik(1.0, 1.0, 100.0).slope_per_root_D
    assert hot == pytest.approx(2.69e5 * math.sqrt(298.15 / 373.15), rel=2e-3)


def test_diffusion_alone_gives_the_same_D_from_peak_and_part() -> None:
    D_cm2_s = 4.12e-9
    height_A = 2.69e5 * AREA_CM2 * HOST * math.sqrt(D_cm2_s) / 1.02
    nothing = (Part(0.0, 0.5, 0.1), Part(0.0, 0.3, 0.1))
    current = two_parts(nothing, (Part(height_A, 0.5, 0.1), Part(height_A, 0.3, 0.1)))
    sweeps = [s for n, rate in enumerate(RATES_V_s, start=1) for s in cycle_of(current, rate, n)]
    result = evaluated(sweep_records(sweeps), concentration_mol_cm3=HOST)

    for direction in ("anodic", "cathodic"):
        for part in ("peak", "diffusion part"):
            found = result.value(f"diffusion coefficient, {direction} {part}")
            assert found.value == pytest.approx(D_cm2_s, rel=5e-3)
            assert "C = 0.024 mol/cm3, A = 1.131 cm2" in (found.note or "")
    assert result.value("b value, anodic").value == pytest.approx(0.5, abs=1e-3)
    assert not any("b is above" in line for line in result.warnings)


def test_without_concentration_or_area_there_is_no_D() -> None:
    result = evaluated(records_of())
    assert result.value("diffusion coefficient, anodic peak").value is None
    assert "give concentration_mol_cm3" in (result.value("diffusion coefficient, anodic peak").note or "")
    bare = voltammetry(dataset_of(records_of(), cell=Cell("L9")), concentration_mol_cm3=HOST)
    assert bare.value("diffusion coefficient, cathodic peak").note == "give area_cm2"
    given_area = voltammetry(dataset_of(records_of(), cell=Cell("L9")), concentration_mol_cm3=HOST, area_cm2=2.0)
    assert given_area.value("diffusion coefficient, cathodic peak").value is not None
    assert given_area.table("peaks").columns[5].unit == "mA"


def test_peaks_of_surface_currents_make_D_doubtful() -> None:
    result = evaluated(records_of(), concentration_mol_cm3=HOST)
    assert any(line.startswith("b is above 0.6") for line in result.warnings)
    whole = result.value("diffusion coefficient, anodic peak").value
    part = result.value("diffusion coefficient, anodic diffusion part").value
    assert whole > 1.5 * part  # type: ignore[operator]


TARGETS = {"sio_c_l": (0.86, 72.4, 4.12e-9), "sio_c_m": (0.77, 56.0, 8.15e-10), "sio_c_h": (0.60, 24.7, 2.04e-10)}
"""b, share at 0.5 mV/s in %, D in cm2/s: what the material files are calibrated to."""


def virtual_records(material: str, *, repeats: int, ages: bool) -> pd.DataFrame:
    cell = VirtualCell(load_material(material), MASS_G, AREA_CM2)
    begin = state = CellState(lithium_mAh_g=0.0, hysteresis=1.0, lithiated_mAh_g=5000.0, cycle=3)
    made: list[MadeSweep] = []
    for number, rate_V_s in enumerate([rate for rate in RATES_V_s for _ in range(repeats)]):
        before_A = 0.0
        for begin_V, end_V in ((UPPER_V, LOWER_V), (LOWER_V, UPPER_V)):
            signed = math.copysign(rate_V_s, end_V - begin_V)
            sweep = cell.voltammetry(state, begin_V, signed, before_A)
            duration_s = abs(end_V - begin_V) / rate_V_s
            before_A = float(sweep.response(np.array([duration_s])).current_A[0])

            def answer(voltage_V: np.ndarray, _: float, sweep=sweep, begin_V=begin_V, signed=signed) -> np.ndarray:  # type: ignore[no-untyped-def]
                return np.asarray(sweep.response((voltage_V - begin_V) / signed).current_A)

            made.append(MadeSweep(begin_V, end_V, rate_V_s, answer, number + 1))
            state = sweep.state_at(duration_s)
        state = state if ages else begin
    return sweep_records(made, noise_A=1e-7, noise_V=2e-5)


@pytest.mark.parametrize("material", list(TARGETS))
def test_the_virtual_cell_gives_the_papers_figures(material: str) -> None:
    result = evaluated(virtual_records(material, repeats=1, ages=False), concentration_mol_cm3=HOST)

    b_value, share_pct, diffusion_cm2_s = TARGETS[material]
    assert result.value("b value, anodic").value == pytest.approx(b_value, abs=0.005)
    assert result.value("surface share at 0.5 mV/s").value == pytest.approx(share_pct, abs=0.5)
    assert result.value("diffusion coefficient, anodic peak").value == pytest.approx(diffusion_cm2_s, rel=0.03)


def test_a_cell_that_fades_between_the_rates_is_corrected_by_its_repeats() -> None:
    records = virtual_records("sio_c_h", repeats=3, ages=True)
    b_value, share_pct, _ = TARGETS["sio_c_h"]
    as_measured = evaluated(records)
    assert as_measured.value("surface share at 0.5 mV/s").value < share_pct - 3  # type: ignore[operator]
    assert any("while the scan rates were measured, which lowers b" in line for line in as_measured.warnings)

    corrected = evaluated(records, correct_fade=True)
    assert corrected.value("surface share at 0.5 mV/s").value == pytest.approx(share_pct, abs=1.0)
    assert corrected.value("b value, anodic").value == pytest.approx(b_value, abs=0.01)
    assert any("this was taken off" in line for line in corrected.warnings)
    once = evaluated(records_of(), correct_fade=True)
    assert once.warnings == ("no scan rate was repeated: fade between scan rates cannot be taken off",)


def test_an_ohmic_drop_can_be_taken_off() -> None:
    """The peak of a cell behind 30 Ohm lies higher by 30 Ohm times its current, and comes back."""
    current = two_parts(SURFACE, DIFFUSION)

    def behind(voltage_V: np.ndarray, rate_V_s: float) -> np.ndarray:
        at_electrode = np.linspace(-0.5, 2.0, 25001)
        applied = at_electrode + 30.0 * current(at_electrode, rate_V_s)
        return np.interp(voltage_V, applied, current(at_electrode, rate_V_s))

    sweeps = [s for n, rate in enumerate(RATES_V_s, start=1) for s in cycle_of(behind, rate, n)]
    as_measured = evaluated(sweep_records(sweeps)).table("peaks").column("peak potential")
    corrected = evaluated(sweep_records(sweeps), series_resistance_Ohm=30.0)
    assert as_measured[4] == pytest.approx(0.48 + 30.0 * 1.02 * (2.0 * 5e-4 + 0.03 * math.sqrt(5e-4)), abs=3e-3)
    assert corrected.table("peaks").column("peak potential")[4] == pytest.approx(0.48, abs=2e-3)
    assert corrected.value("surface share at 0.5 mV/s").value == pytest.approx(true_share(5e-4), abs=0.5)


def test_a_linear_baseline_takes_the_current_below_the_peak_off() -> None:
    raised = (replace(SURFACE[0], base=0.5), replace(SURFACE[1], base=0.5))
    nothing = (Part(0.0, 0.5, 0.1), Part(0.0, 0.3, 0.1))
    sweeps = [s for n, r in enumerate(RATES_V_s, start=1) for s in cycle_of(two_parts(raised, nothing), r, n)]
    above_zero = evaluated(sweep_records(sweeps)).table("peaks")
    above_feet = evaluated(sweep_records(sweeps), baseline="linear").table("peaks")

    assert above_zero.column("peak current")[0] == pytest.approx(2.0 * 1.5 * 1e-4 / MASS_G, rel=1e-3)
    assert above_feet.column("peak current")[0] == pytest.approx(2.0 * 1e-4 / MASS_G, rel=5e-3)
    assert above_feet.column("baseline")[0] == pytest.approx(2.0 * 0.5 * 1e-4 / MASS_G, rel=1e-2)


def test_the_last_whole_cycle_of_each_rate_counts_unless_another_is_asked_for() -> None:
    current = two_parts(SURFACE, DIFFUSION)
    worn = two_parts((Part(1.0, 0.48, 0.09), Part(1.0, 0.25, 0.09)), DIFFUSION)
    sweeps, cycle = [MadeSweep(0.9, UPPER_V, 1e-4, current, 1)], 0  # from open circuit to the first vertex
    for rate_V_s in (1e-4, 5e-4, 2e-4):
        for model in (worn, current):
            cycle += 1
            sweeps += cycle_of(model, rate_V_s, cycle)
    result = evaluated(sweep_records(sweeps))
    assert result.table("shares").column("scan rate") == pytest.approx((0.1, 0.2, 0.5))
    assert result.table("shares").column("cycle used") == (2, 2, 2)
    assert result.table("peaks").column("cycle") == (2, 6, 4) * 2
    assert result.table("peaks").column("label")[0] == "cv 2"
    assert result.value("surface share at 0.5 mV/s").value == pytest.approx(true_share(5e-4), abs=0.1)
    assert "sweeps narrower than 1.49 V left out, in cycle 1" in result.warnings
    first = evaluated(sweep_records(sweeps), cycle=1)
    assert first.value("surface share at 0.5 mV/s").value < true_share(5e-4) - 5  # type: ignore[operator]
    with pytest.raises(AnalysisError, match=r"here: none \(.*0.1 mV/s left out: its whole cycles are 2"):
        evaluated(sweep_records(sweeps), cycle=3)


@given(scale=st.floats(1e-3, 1e3))
@settings(max_examples=10)
def test_a_larger_cell_has_the_same_b_and_share(scale: float) -> None:
    records = records_of((1e-4, 2e-4, 5e-4))
    larger = records.assign(current_A=scale * records["current_A"])
    here, there = evaluated(records), evaluated(larger)
    for name in ("b value, anodic", "b value, cathodic", "surface share at 0.5 mV/s"):
        assert there.value(name).value == pytest.approx(here.value(name).value, rel=1e-5)


def test_a_faster_scan_that_is_no_part_of_the_series_can_be_left_out() -> None:
    records = records_of((*RATES_V_s, 1e-3))
    assert len(evaluated(records).table("shares").rows) == 6
    series = evaluated(records, max_scan_rate_mV_s=0.5)
    assert series.table("shares").column("scan rate") == pytest.approx((0.1, 0.2, 0.3, 0.4, 0.5))
    assert series.warnings == ()
    with pytest.raises(AnalysisError, match="two scan rates are needed, here: none"):
        evaluated(records, max_scan_rate_mV_s=0.05)


def test_too_few_scan_rates_are_refused_or_warned_of() -> None:
    with pytest.raises(AnalysisError, match=r"run 5: two scan rates are needed, here: 0.1 mV/s"):
        evaluated(records_of((1e-4,)))
    two = evaluated(records_of((1e-4, 2e-4)))
    assert two.value("b value, anodic").uncertainty is None
    assert "no interval: two points make any line" in (two.value("b value, anodic").note or "")
    assert two.value("surface share at 0.2 mV/s").uncertainty is None
    assert two.warnings[0].startswith("2 scan rates")
    assert two.warnings[1] == "the scan rates span a factor of 2 only"


def test_a_scan_rate_that_nobody_ordered_is_named() -> None:
    origin = Origin(9, "steps[0]", "cv")
    turns = (VoltagePoint(LOWER_V), VoltagePoint(UPPER_V))
    steps = tuple(VoltageScan(VoltagePoint(UPPER_V), turns, rate, origin) for rate in (1e-4, 2e-4, 3e-4, 4e-4, 6e-4))
    program = Program(steps, Limits(-0.05, 2.0, 0.02), Record(interval_s=10.0))
    estimate = Estimate(1.0, 1, 1, 1)
    plan = Plan("cv", "ab" * 32, CELL, {}, (Segment(program, estimate),), (), estimate)
    result = voltammetry(dataset_of(records_of(), plan=plan))
    assert result.warnings == ("the records show 0.5 mV/s where the plan orders 0.6 mV/s",)


def test_sweeps_with_holes_are_left_out() -> None:
    records = records_of()
    hole = (records["cycle"] == 3) & records["voltage_V"].between(0.4, 0.7)
    result = evaluated(records[~hole].reset_index(drop=True))
    assert result.table("shares").column("scan rate") == pytest.approx((0.1, 0.2, 0.4, 0.5))
    assert result.warnings == ("sweep in cycle 3 left out: records are missing",) * 2


def test_a_sweep_without_a_peak_says_so() -> None:
    def rising(voltage_V: np.ndarray, rate_V_s: float) -> np.ndarray:
        return rate_V_s * (1.0 + voltage_V)

    sweeps = [s for n, rate in enumerate(RATES_V_s, start=1) for s in cycle_of(rising, rate, n)]
    result = evaluated(sweep_records(sweeps), concentration_mol_cm3=HOST)
    assert result.value("b value, anodic").value is None
    assert result.value("diffusion coefficient, anodic peak").note == "fewer than two scan rates show a peak"
    assert result.warnings[0] == "no anodic peak inside the window at 0.1, 0.2, 0.3, 0.4, 0.5 mV/s"
    assert result.value("surface share at 0.5 mV/s").value == pytest.approx(100, abs=0.1)


def test_currents_that_fall_with_the_scan_rate_break_the_split() -> None:
    def falling(voltage_V: np.ndarray, rate_V_s: float) -> np.ndarray:
        return math.copysign(abs(rate_V_s) ** 0.2, rate_V_s) * Part(1.0, 0.45, 0.08)(voltage_V)

    sweeps = [s for n, rate in enumerate(RATES_V_s, start=1) for s in cycle_of(falling, rate, n)]
    assert any("k1 points against the current" in line for line in evaluated(sweep_records(sweeps)).warnings)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"cycle": "first"}, "cycle is 'first'; it is last, or a number from 1"),
        ({"baseline": "spline"}, "it is one of zero, linear"),
        ({"concentration_mol_cm3": 0.0}, "it is a number above zero"),
        ({"electrons": 0}, "it is a whole number from 1 to 4"),
        ({"series_resistance_Ohm": -1.0}, "it is zero or a number above it"),
    ],
)
def test_options_that_mean_nothing_are_refused(options: dict[str, object], told: str) -> None:
    with pytest.raises(AnalysisError, match=told):
        evaluated(records_of(), **options)


def test_a_run_without_sweeps_is_refused() -> None:
    records = records_of().assign(step_kind=np.int8(1))
    with pytest.raises(AnalysisError, match="run 5 has no voltage sweep"):
        evaluated(records)


def test_it_is_installed() -> None:
    assert find_analysis("voltammetry").function is voltammetry


def repeated(first_of_a_rate: float, kept: float, *, correct_fade: bool = True) -> AnalysisResult:
    """Three cycles at each rate; the first of each by a factor off, and so much kept from every cycle to the next."""
    current = two_parts(SURFACE, DIFFUSION)
    sweeps = []
    for place, rate_V_s in enumerate(np.repeat(RATES_V_s, 3).tolist()):
        factor = kept**place * (1.0 if place % 3 else first_of_a_rate)
        sweeps += cycle_of(lambda v, r, f=factor: f * current(v, r), rate_V_s, cycle=place + 1)
    return voltammetry(dataset_of(sweep_records(sweeps)), correct_fade=correct_fade)


def test_a_rates_first_cycle_comes_from_elsewhere_and_tells_nothing_of_fade() -> None:
    exact = voltammetry(dataset_of(records_of())).value("surface share at 0.5 mV/s")
    assert repeated(1.05, 1.0).value("surface share at 0.5 mV/s").value == pytest.approx(exact.value, abs=1e-6)


def test_half_of_what_the_correction_changed_is_in_the_error() -> None:
    exact = voltammetry(dataset_of(records_of())).value("surface share at 0.5 mV/s").value
    corrected = repeated(1.0, 0.995).value("surface share at 0.5 mV/s")
    measured = repeated(1.0, 0.995, correct_fade=False).value("surface share at 0.5 mV/s").value
    assert corrected.value == pytest.approx(exact, abs=0.05)
    assert measured is not None
    assert corrected.uncertainty == pytest.approx(abs(measured - corrected.value) / 2, rel=0.01)
