"""Circuits come back with their numbers, and a circuit that is not the cell's is told apart."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from impedance.models.circuits import CustomCircuit

from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.impedance.circuit import Circuit
from orchestrator.analysis.impedance.drt import drt
from orchestrator.analysis.impedance.impedance_fit import impedance_fit
from orchestrator.analysis.impedance.spectrum import FEWEST_POINTS
from orchestrator.analysis.registry import find_analysis
from orchestrator.analysis.result import AnalysisResult
from simulators.cell import CellState, OtherCell, Otherness, VirtualCell, load_material
from simulators.cell.kinetics import resistances
from tests.orchestrator.analysis.impedance.made_spectra import (
    FREQUENCY_Hz,
    Measured,
    Truth,
    dataset_of,
    drifting,
    noisy,
)

MASS_g, AREA_cm2 = 2.75e-3, 1.131
HALF = CellState(500.0, 0.0, lithiated_mAh_g=3000.0, cycle=3, last_direction="lithiation")


def fitted(*spectra: np.ndarray, **options: object) -> AnalysisResult:
    return impedance_fit(dataset_of([Measured(z_Ohm) for z_Ohm in spectra]), **options)  # type: ignore[arg-type]


def test_exact_data_give_every_element_back() -> None:
    truth = Truth(inductance_H=5e-7)
    result = fitted(truth.impedance_Ohm())
    row = dict(zip([c.name for c in result.table("spectra").columns], result.table("spectra").rows[0], strict=True))

    assert row["R0"] == pytest.approx(truth.series_Ohm, rel=1e-5)
    assert (row["R 1"], row["tau 1"], row["exponent 1"]) == pytest.approx((5.0, 5e-5, 0.9), rel=1e-5)
    assert (row["R 2"], row["tau 2"], row["exponent 2"]) == pytest.approx((12.0, 2e-2, 0.82), rel=1e-5)
    assert row["Warburg coefficient"] == pytest.approx(6.0, rel=1e-5)
    assert row["inductance"] == pytest.approx(5e-7, rel=1e-4)
    assert row["Kramers-Kronig"] == "passes"
    assert result.warnings == ()
    assert result.value("R_ct, spectrum 1").value == row["R 2"]
    assert "arc 2 of 2 by time constant" in (result.value("R_ct, spectrum 1").note or "")
    points = result.table("points")
    assert points.column("fit imag") == pytest.approx(points.column("Z imag"), abs=1e-6)


@pytest.mark.parametrize("diffusion", ["warburg", "cpe", "finite_space", "none"])
def test_every_kind_of_tail_gives_its_own_numbers_back(diffusion: str) -> None:
    s = 2j * math.pi * FREQUENCY_Hz
    y = np.sqrt(s * 20.0)
    tails = {
        "warburg": (6.0 * (1 - 1j) / np.sqrt(s.imag), {"Warburg coefficient": 6.0}),
        "cpe": (8.0 / s**0.6, {"tail 1/Q": 8.0, "tail exponent": 0.6}),
        "finite_space": (30.0 / (np.tanh(np.minimum(y.real, 30) + 1j * y.imag) * y),
                         {"diffusion resistance": 30.0, "diffusion time": 20.0}),
        "none": (0 * s, {}),
    }  # fmt: skip
    tail_Ohm, expected = tails[diffusion]
    result = fitted(replace(Truth(), warburg_Ohm_s=0.0).impedance_Ohm() + tail_Ohm, diffusion=diffusion)

    for name, number in expected.items():
        assert result.table("spectra").column(name)[0] == pytest.approx(number, rel=1e-3)
    assert result.value("R_ct, spectrum 1").value == pytest.approx(12.0, rel=1e-3)


def test_the_stated_error_is_the_scatter() -> None:
    result = fitted(*(noisy(Truth().impedance_Ohm(), 1e-3, seed) for seed in range(40)))
    values = [result.value(f"R_ct, spectrum {n}") for n in range(1, 41)]
    away = np.array([(v.value - 12.0) / v.uncertainty for v in values])  # type: ignore[operator]

    assert 0.7 < np.std(away) < 1.35
    assert abs(np.mean(away)) < 0.5
    assert not any("does not describe" in line for line in result.warnings)


@given(scale=st.floats(1e-2, 1e4), seed=st.integers(0, 1000))
@settings(max_examples=15)
def test_a_larger_cell_has_larger_resistances_and_the_same_time_constants(scale: float, seed: int) -> None:
    z_Ohm = noisy(Truth().impedance_Ohm(), 5e-4, seed)
    result = fitted(z_Ohm, scale * z_Ohm).table("spectra")

    for name, factor in (("R0", scale), ("R 1", scale), ("R 2", scale), ("R_ct error", scale), ("tau 2", 1.0)):
        first, second = result.column(name)
        assert second == pytest.approx(factor * first, rel=1e-3)  # type: ignore[operator]
    assert result.column("tau 1")[0] < result.column("tau 2")[0]  # type: ignore[operator]


def test_another_program_finds_the_same_numbers_with_the_same_errors() -> None:
    z_Ohm = noisy(Truth().impedance_Ohm(), 1e-3, 11)
    theirs = CustomCircuit("R0-p(R1,CPE1)-p(R2,CPE2)-W1", initial_guess=[2, 5, 2e-5, 0.9, 15, 1e-3, 0.8, 10])
    theirs.fit(FREQUENCY_Hz, z_Ohm, weight_by_modulus=True)
    ours = fitted(z_Ohm, inductance=False).value("R_ct, spectrum 1")

    assert ours.value == pytest.approx(theirs.parameters_[4], rel=1e-4)
    assert ours.uncertainty == pytest.approx(theirs.conf_[4], rel=0.01)


def test_arcs_are_ordered_by_time_constant_whatever_their_size() -> None:
    swapped = replace(Truth(), film_s=2e-2, transfer_s=5e-5)
    result = fitted(swapped.impedance_Ohm())
    assert result.value("R_ct, spectrum 1").value == pytest.approx(5.0, rel=1e-3)
    assert fitted(swapped.impedance_Ohm(), charge_transfer_arc=1).value("R_ct, spectrum 1").value == pytest.approx(
        12.0, rel=1e-3
    )


@pytest.mark.parametrize("material", ["sio_c_l", "sio_c_m", "sio_c_h"])
@pytest.mark.parametrize("degC", [0.0, 25.0, 45.0])
def test_the_virtual_cell_gives_its_resistances_back(material: str, degC: float) -> None:
    parameters = load_material(material)
    cell = VirtualCell(parameters, MASS_g, AREA_cm2, degC)
    at = resistances(parameters, degC, cell.age(HALF).resistance)
    result = fitted(noisy(cell.impedance(HALF, FREQUENCY_Hz), 2e-4, 7))

    assert result.value("R_ct, spectrum 1").value == pytest.approx(at.charge_transfer_ohm_cm2 / AREA_cm2, rel=0.01)
    assert result.value("R0, spectrum 1").value == pytest.approx(at.ohmic_ohm_cm2 / AREA_cm2, rel=0.02)
    assert result.warnings == ()


@pytest.mark.parametrize("otherness", [{"pore_ohm_cm2": 0.0}, {"contact_ohm_cm2": 0.0}])
def test_a_cell_made_differently_is_not_described(otherness: dict[str, float]) -> None:
    other = OtherCell(load_material("sio_c_l"), MASS_g, AREA_cm2, otherness=Otherness(drift_per_h=0, **otherness))
    result = fitted(noisy(other.impedance(HALF, FREQUENCY_Hz), 2e-4, 7))

    assert result.value("spectra that pass Kramers-Kronig").value == 1
    assert any("the circuit does not describe it" in line for line in result.warnings)


def test_a_drifting_spectrum_is_named_first() -> None:
    stationary = noisy(Truth().impedance_Ohm(), 2e-4, 1)
    result = fitted(stationary, drifting(stationary, 0.03))

    assert result.warnings[0].startswith("spectrum 2 fails Kramers-Kronig: the impedance drifted by +")
    assert result.value("spectra that pass Kramers-Kronig").value == 1
    assert "fails Kramers-Kronig" in (result.value("R_ct, spectrum 2").note or "")


def test_points_that_are_no_measurement_are_left_out_and_counted() -> None:
    def spoil(frame: pd.DataFrame) -> pd.DataFrame:
        frame.loc[[3, 9], "z_imag_Ohm"] = np.nan
        frame.loc[20, ["z_real_Ohm", "z_imag_Ohm"]] = 0.0
        frame.loc[30, "frequency_Hz"] = -1.0
        return frame

    result = impedance_fit(dataset_of([Measured(Truth().impedance_Ohm())], change=spoil))
    assert result.warnings == ("spectrum 1: 4 of 61 points left out: not a measurement",)
    assert result.value("R_ct, spectrum 1").value == pytest.approx(12.0, rel=1e-4)
    assert result.table("spectra").column("points") == (57,)


def test_a_spectrum_that_broke_off_is_left_out() -> None:
    whole, broken = Measured(Truth().impedance_Ohm()), Measured(Truth().impedance_Ohm()[:8], FREQUENCY_Hz[:8])
    result = impedance_fit(dataset_of([whole, broken]))
    assert result.warnings == ("spectrum 2 left out: 8 points, 12 are needed",)
    assert result.table("spectra").column("spectrum") == (1,)
    with pytest.raises(AnalysisError, match="run 4 has no usable spectrum: spectrum 1 left out: 8 points"):
        impedance_fit(dataset_of([broken]))


def test_a_run_without_spectra_is_refused_with_the_remedy() -> None:
    with pytest.raises(AnalysisError, match="run 4 has no impedance spectrum; its protocol needs a step impedance:"):
        impedance_fit(dataset_of([Measured(Truth().impedance_Ohm())], change=lambda frame: frame.iloc[:0]))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"arcs": 0}, "arcs is 0; it is a whole number from 1 to 4"),
        ({"arcs": 2.0}, "arcs is 2.0"),
        ({"diffusion": "gerischer"}, "it is one of warburg, finite_space, cpe, none"),
        ({"charge_transfer_arc": "fastest"}, "it is slowest, or a number from 1"),
        ({"charge_transfer_arc": 3}, "charge_transfer_arc is 3; it is a whole number from 1 to 2"),
        ({"kk_limit_pct": -1.0}, "kk_limit_pct is -1.0; it is a number above zero"),
        ({"inductance": "no"}, "inductance is 'no'; it is true or false"),
    ],
)
def test_options_that_mean_nothing_are_refused(options: dict[str, object], told: str) -> None:
    with pytest.raises(AnalysisError, match=told):
        fitted(Truth().impedance_Ohm(), **options)


def test_the_smallest_spectrum_carries_the_largest_circuit() -> None:
    assert Circuit(4, "cpe", True).parameters < 2 * FEWEST_POINTS


def test_the_distribution_of_relaxation_times_has_the_arcs_as_areas() -> None:
    truth = replace(Truth(), film_exponent=1.0, transfer_exponent=0.95, warburg_Ohm_s=0.0)
    result = drt(dataset_of([Measured(noisy(truth.impedance_Ohm(), 2e-4, 1))]))
    inside = [row for row in result.table("peaks").rows if row[3] == ""]

    assert [row[1] for row in inside] == pytest.approx([truth.film_s, truth.transfer_s], rel=0.15)
    assert [row[2] for row in inside] == pytest.approx([truth.film_Ohm, truth.transfer_Ohm], rel=0.03)
    assert result.value("relaxation peaks, spectrum 1").value == 2


def test_both_are_installed() -> None:
    assert find_analysis("impedance_fit").function is impedance_fit
    assert find_analysis("drt").function is drt
