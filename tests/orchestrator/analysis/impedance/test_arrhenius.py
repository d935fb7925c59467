"""Activation energies that were put in come out, with intervals that hold them."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.impedance.arrhenius import arrhenius
from orchestrator.analysis.registry import find_analysis
from orchestrator.analysis.result import AnalysisResult
from simulators.cell import CellState, VirtualCell, load_material
from tests.orchestrator.analysis.impedance.made_spectra import (
    FREQUENCY_Hz,
    Measured,
    Truth,
    dataset_of,
    drifting,
    noisy,
    temperature_plan,
)

R_kJ = 8.314462618e-3
TEMPERATURES_degC = (0.0, 10.0, 25.0, 40.0, 55.0)
MASS_g, AREA_cm2 = 2.75e-3, 1.131
HALF = CellState(500.0, 0.0, lithiated_mAh_g=3000.0, cycle=3, last_direction="lithiation")


def spectrum_at(
    degC: float, energy_kJ_mol: float, *, noise: float = 2e-4, seed: int = 0, told: bool = True
) -> Measured:
    """1/R_ct = (zFA j0'/RT) exp(-Ea/RT), 12 Ohm at 25 degC."""
    kelvin = degC + 273.15
    factor = kelvin / 298.15 * math.exp(energy_kJ_mol / R_kJ * (1 / kelvin - 1 / 298.15))
    truth = replace(Truth(), transfer_Ohm=12.0 * factor, transfer_s=2e-2 * factor)
    return Measured(noisy(truth.impedance_Ohm(), noise, seed), degC=degC if told else math.nan)


def spectra(energy_kJ_mol: float, temperatures: Sequence[float] = TEMPERATURES_degC, **how: float) -> list[Measured]:
    seed = int(how.pop("seed", 0))
    return [
        spectrum_at(degC, energy_kJ_mol, seed=100 * seed + place, **how)  # type: ignore[arg-type]
        for place, degC in enumerate(temperatures)
    ]


def bounds(result: AnalysisResult) -> tuple[float, float]:
    low, high = (result.value(f"activation energy, {end} 95 % bound").value for end in ("lower", "upper"))
    assert low is not None
    assert high is not None
    return low, high


@pytest.mark.parametrize("energy_kJ_mol", [12.06, 24.53, 60.0])
def test_the_energy_that_was_put_in_comes_out(energy_kJ_mol: float) -> None:
    result = arrhenius(dataset_of(spectra(energy_kJ_mol, noise=0.0)))

    assert result.value("activation energy").value == pytest.approx(energy_kJ_mol, rel=1e-4)
    assert result.value("activation energy, ln(T/R_ct)").value == result.value("activation energy").value
    assert result.value("R squared").value == pytest.approx(1.0)
    assert result.value("temperatures").note == "source: measured"
    assert result.warnings == ()


def test_the_other_form_gives_less_by_R_times_the_mean_temperature_and_only_when_asked_for() -> None:
    data = dataset_of(spectra(12.06, noise=0.0))
    other = arrhenius(data, form="ln(1/R_ct)")
    mean_kelvin = np.mean(TEMPERATURES_degC) + 273.15

    expected = 12.06 - R_kJ * mean_kelvin
    assert other.value("activation energy").value == pytest.approx(expected, abs=0.06)
    assert other.value("activation energy, ln(T/R_ct)").value == pytest.approx(12.06, rel=1e-4)
    assert "ln(1/R_ct)" in (other.value("activation energy").note or "")


def test_the_interval_holds_the_truth_and_is_narrow_enough() -> None:
    held, halves = 0, []
    for seed in range(20):
        low, high = bounds(arrhenius(dataset_of(spectra(15.55, noise=2e-3, seed=seed))))
        held += low <= 15.55 <= high
        halves.append((high - low) / 2)
    assert held >= 18
    assert np.median(halves) < 0.06 * 15.55


@pytest.mark.parametrize("material", ["sio_c_l", "sio_c_m", "sio_c_h"])
def test_the_virtual_cells_give_the_energy_of_their_material(material: str) -> None:
    parameters = load_material(material)
    measured = []
    for seed, degC in enumerate(TEMPERATURES_degC):
        cell = VirtualCell(parameters, MASS_g, AREA_cm2, degC, seed=3)
        measured.append(Measured(noisy(cell.impedance(HALF, FREQUENCY_Hz), 2e-4, seed), degC=degC))
    result = arrhenius(dataset_of(measured))
    low, high = bounds(result)

    assert result.value("activation energy").value == pytest.approx(parameters.activation_energy_kJ_mol, rel=0.02)
    assert low <= parameters.activation_energy_kJ_mol <= high


def test_without_a_thermometer_the_plan_tells_the_temperature() -> None:
    told = spectra(20.0, [t for t in TEMPERATURES_degC for _ in range(2)], told=False)
    result = arrhenius(dataset_of(told, plan=temperature_plan(TEMPERATURES_degC, each=2, labelled=False)))

    assert result.value("activation energy").value == pytest.approx(20.0, rel=0.01)
    assert result.value("temperatures").note == "source: set point of the plan"
    assert result.value("temperatures").value == 5


def test_without_a_plan_the_label_tells_it_and_that_is_said() -> None:
    told = [replace(one, cycle=n) for n, one in enumerate(spectra(20.0, told=False), start=1)]
    labels = [f"eis {degC:g} degC" for degC in TEMPERATURES_degC]
    result = arrhenius(dataset_of(told, labels=labels))

    assert result.value("activation energy").value == pytest.approx(20.0, rel=0.01)
    assert result.warnings == ("temperatures are those of the labels: nothing shows that the cell had them",)


def test_a_label_that_contradicts_the_plans_order_is_believed() -> None:
    """The run skipped a spectrum: what is counted against the plan would be a temperature too early."""
    told = [replace(one, cycle=n) for n, one in enumerate(spectra(20.0, TEMPERATURES_degC[1:], told=False), start=1)]
    labels = [f"eis {degC:g} degC" for degC in TEMPERATURES_degC[1:]]
    result = arrhenius(dataset_of(told, labels=labels, plan=temperature_plan(TEMPERATURES_degC)))
    assert result.table("arrhenius").column("temperature") == TEMPERATURES_degC[1:]


def test_spectra_that_fail_kramers_kronig_are_left_out_unless_asked_for() -> None:
    measured = spectra(20.0)
    measured[1] = replace(measured[1], z_Ohm=drifting(measured[1].z_Ohm, 0.05))
    result = arrhenius(dataset_of(measured))

    assert result.warnings[0].startswith("spectrum 2 left out: fails Kramers-Kronig: the impedance drifted")
    assert result.value("spectra that pass Kramers-Kronig").value == 4
    assert result.value("temperatures").value == 4
    assert result.table("arrhenius").column("excluded")[1] != ""
    kept = arrhenius(dataset_of(measured), include_failing=True)
    assert kept.value("temperatures").value == 5
    assert any(line.startswith("spectrum 2 fails Kramers-Kronig") for line in kept.warnings)


def test_one_temperature_makes_no_line() -> None:
    with pytest.raises(
        AnalysisError, match=r"run 4: a line needs spectra at two temperatures or more, here: 25.0 degC"
    ):
        arrhenius(dataset_of(spectra(20.0, (25.0, 25.2, 25.1))))
    with pytest.raises(AnalysisError, match=r"here: none \(spectrum 1 left out: its temperature is unknown; label it"):
        arrhenius(dataset_of(spectra(20.0, (25.0, 40.0), told=False)))


def test_two_temperatures_make_a_line_without_an_interval() -> None:
    result = arrhenius(dataset_of(spectra(20.0, (10.0, 40.0))))

    assert result.value("activation energy").value == pytest.approx(20.0, rel=0.01)
    assert result.value("activation energy").uncertainty is None
    assert result.value("activation energy, lower 95 % bound").value is None
    assert any(line.startswith("2 temperatures") for line in result.warnings)


def test_assumptions_that_fail_are_warned_of() -> None:
    falling = arrhenius(dataset_of(spectra(-20.0)))
    assert (
        "R_ct does not fall with temperature: the activation energy is not that of charge transfer" in falling.warnings
    )

    moved = [replace(one, voltage_V=0.1 + 0.02 * n) for n, one in enumerate(spectra(20.0))]
    assert any("voltages differ by 80 mV" in line for line in arrhenius(dataset_of(moved)).warnings)

    bent = spectra(20.0)
    bent[2] = replace(bent[2], z_Ohm=3 * bent[2].z_Ohm)
    assert any("do not lie on one line" in line for line in arrhenius(dataset_of(bent)).warnings)


def test_a_form_that_is_none_is_refused() -> None:
    with pytest.raises(AnalysisError, match="it is one of"):
        arrhenius(dataset_of(spectra(20.0)), form="ln(R_ct)")  # type: ignore[arg-type]


def test_it_is_installed() -> None:
    assert find_analysis("arrhenius").function is arrhenius
