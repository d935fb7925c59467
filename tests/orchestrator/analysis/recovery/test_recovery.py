"""Truth is not leaked: cells with parameters drawn at random are measured, and what was set lies where it is said to.

Every quantity over twenty draws: at least nine of ten stated intervals hold what was set, and half of them are no wider
than twice what a figure of the study may be off by.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest

from orchestrator.analysis.cycles import cycles
from orchestrator.analysis.dataset import Dataset
from orchestrator.analysis.impedance.arrhenius import arrhenius
from orchestrator.analysis.impedance.impedance_fit import impedance_fit
from orchestrator.analysis.rate_capability import rate_capability
from orchestrator.analysis.result import Value
from orchestrator.analysis.retention import retention
from orchestrator.analysis.titration.gitt import gitt
from orchestrator.analysis.voltammetry.voltammetry import voltammetry
from simulators.cell import OtherCell, Otherness
from simulators.cell.paper_protocols import AREA_cm2, CyclePoint, FORMATION_A_g, TWO_C_A_g, run_cycles, run_voltammetry
from simulators.cell.scan_rate_figures import (
    HOST_LITHIUM_mol_cm3,
    SCAN_RATES_V_s,
    ScanRateFigures,
    scan_rate_figures,
)
from tests.orchestrator.analysis.recovery.drawn_cells import DRAWS, Drawn, draw, formed
from tests.orchestrator.analysis.recovery.made_measurements import spectra, titration, voltammograms
from tests.orchestrator.analysis.stored_run import CELL, cycle_row, cycles_frame

_NORMAL_95 = 1.96
_HELD_MIN = round(0.9 * len(DRAWS))


@dataclass(frozen=True)
class Found:
    """One stated interval, and what was set."""

    value: float
    half_width: float
    truth: float

    @property
    def holds(self) -> bool:
        return abs(self.value - self.truth) <= self.half_width


def by_uncertainty(value: Value, truth: float) -> Found:
    """The interval of a value that states one standard deviation."""
    assert value.value is not None
    assert value.uncertainty is not None
    return Found(value.value, _NORMAL_95 * value.uncertainty, truth)


def assert_recovered(found: list[Found], tolerance: Callable[[Found], float]) -> None:
    assert len(found) == len(DRAWS)
    assert sum(one.holds for one in found) >= _HELD_MIN, found
    assert np.median([one.half_width / tolerance(one) for one in found]) <= 2, found


def test_activation_energies() -> None:
    found = []
    for drawn in map(draw, DRAWS):
        result = arrhenius(spectra(drawn))
        low, high = (result.value(f"activation energy, {end} 95 % bound").value for end in ("lower", "upper"))
        assert low is not None
        assert high is not None
        found.append(Found((low + high) / 2, (high - low) / 2, drawn.material.activation_energy_kJ_mol))
        assert result.warnings == ()
    assert_recovered(found, lambda one: 0.03 * one.truth)


def scan_figures(drawn: Drawn) -> ScanRateFigures:
    """What the material's two parts make of Eq. 4 to 6, without noise and without fade."""
    cell, cell.state = formed(drawn.material)
    return scan_rate_figures(run_voltammetry(cell, SCAN_RATES_V_s), AREA_cm2)


def test_b_values_surface_shares_and_diffusion_coefficients_of_voltammetry() -> None:
    b_values, shares, coefficients = [], [], []
    for drawn in map(draw, DRAWS):
        truth = scan_figures(drawn)
        data = voltammograms(drawn)
        result = voltammetry(data, correct_fade=True, concentration_mol_cm3=HOST_LITHIUM_mol_cm3)
        b_value = result.value("b value, anodic")
        told = re.search(r"95 % confidence ± (\S+)", b_value.note or "")
        assert told is not None
        b_values.append(Found(b_value.value or 0.0, float(told[1]), truth.b_value))
        shares.append(by_uncertainty(result.value("surface share at 0.5 mV/s"), 100 * truth.surface_share))
        # its error is a misfit, of one kind in every draw, and no scatter: it is taken as it stands
        coefficient = result.value("diffusion coefficient, anodic peak")
        assert coefficient.uncertainty is not None
        coefficients.append(Found(coefficient.value or 0.0, coefficient.uncertainty, truth.diffusion_cm2_s))
    assert_recovered(b_values, lambda _: 0.02)
    assert_recovered(shares, lambda _: 2.0)
    assert_recovered(coefficients, lambda one: 0.10 * one.truth)


def test_diffusion_times_of_titration() -> None:
    found = []
    for drawn in map(draw, DRAWS):
        result = gitt(titration(drawn))
        found.append(by_uncertainty(result.value("diffusion time, discharge"), drawn.material.diffusion_time_s))
    assert_recovered(found, lambda one: 0.10 * one.truth)


def counted(drawn: Drawn, points: list[CyclePoint], label: Callable[[int], str]) -> Dataset:
    """Cycles as an instrument counts them, with a gain error of its own and noise."""
    gain = 1 + 3e-4 * drawn.rng.standard_normal()
    mass_g = drawn.material.reference_loading_mg_cm2 * 1e-3 * AREA_cm2
    rows = []
    for number, point in enumerate(points, start=1):
        noise = 1 + 1e-4 * drawn.rng.standard_normal(2)
        charge_Ah, discharge_Ah = gain * 1e-3 * mass_g * noise * (point.delithiation_mAh_g, point.lithiation_mAh_g)
        rows.append(cycle_row(number, float(charge_Ah), float(discharge_Ah), label=label(number)))
    return Dataset.from_frames(cycles_frame(rows), cell=replace(CELL, active_mass_g=mass_g), run_id=8)


def test_first_cycles_and_rates() -> None:
    """No interval is stated of a count: each is as near as a figure of the study has to be."""
    rates_A_g = [rate for rate in (0.2, 0.5, 1.0, 2.0, 3.0) for _ in range(5)]
    for drawn in map(draw, DRAWS):
        cell, state = formed(drawn.material)
        first = run_cycles(cell, cell.state, FORMATION_A_g)[0]
        found = cycles(counted(drawn, first, lambda _: "formation"), cell_type="half")
        set_pct = 100 * first[0].delithiation_mAh_g / first[0].lithiation_mAh_g
        assert found.value("initial coulombic efficiency").value == pytest.approx(set_pct, abs=0.5)
        ladder = run_cycles(cell, state, rates_A_g)[0]
        data = counted(drawn, ladder, lambda number: f"ladder {rates_A_g[number - 1]:g} A/g")
        result = rate_capability(data, cell_type="half")
        for place in range(0, len(ladder), 5):
            set_mAh_g = np.mean([point.delithiation_mAh_g for point in ladder[place : place + 5]])
            value = result.value(f"capacity, ladder {rates_A_g[place]:g} A/g").value
            assert value == pytest.approx(set_mAh_g, rel=0.02)


def test_retention() -> None:
    for drawn in map(draw, DRAWS[:5]):
        cell, state = formed(drawn.material)
        points = run_cycles(cell, state, [TWO_C_A_g] * 500)[0]
        result = retention(counted(drawn, points, lambda _: "cycling"), reference_cycle=1)
        set_pct = 100 * points[499].delithiation_mAh_g / points[0].delithiation_mAh_g
        assert result.value("retention at cycle 500").value == pytest.approx(set_pct, abs=1.0)


@pytest.mark.parametrize("otherness", [Otherness(drift_per_h=0.0, pore_ohm_cm2=0.0), Otherness(drift_per_h=0.0)])
def test_a_cell_made_differently_is_warned_of(otherness: Otherness) -> None:
    def made_differently(*how: object) -> OtherCell:
        return OtherCell(*how, otherness=otherness)  # type: ignore[arg-type]

    for drawn in map(draw, DRAWS[::2]):
        exact = replace(drawn, impedance_noise=2e-4)
        result = impedance_fit(spectra(exact, made_differently))
        assert any("the circuit does not describe it" in line for line in result.warnings), drawn.seed


def test_a_cell_made_differently_that_drifts_fails_kramers_kronig() -> None:
    def drifting(*how: object) -> OtherCell:
        return OtherCell(*how, otherness=Otherness())  # type: ignore[arg-type]

    spectra_in_all, passed = 0, 0.0
    for drawn in map(draw, DRAWS):
        result = impedance_fit(spectra(replace(drawn, impedance_noise=2e-4), drifting))
        passed += result.value("spectra that pass Kramers-Kronig").value or 0.0
        spectra_in_all += len(result.table("spectra").rows)
    assert spectra_in_all == 100
    assert passed <= 5
