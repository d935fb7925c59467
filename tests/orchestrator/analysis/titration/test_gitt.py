"""The diffusion time that was put into a titration comes out, and pulses that cannot tell it say so."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contracts import RECORD_COLUMNS, StepKind
from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.registry import find_analysis
from orchestrator.analysis.result import AnalysisResult
from orchestrator.analysis.titration.gitt import gitt
from protocols.cell import Cell
from simulators.cell import CellState, VirtualCell, load_material
from tests.orchestrator.analysis.stored_run import AREA_CM2, MASS_G
from tests.orchestrator.analysis.titration.made_titration import Titration, dataset_of

TITRATION = Titration()


def evaluated(titration: Titration = TITRATION, **options: float) -> AnalysisResult:
    return gitt(dataset_of(titration.records()), **options)


@pytest.mark.parametrize(("share", "off"), [(0.02, 0.005), (0.08, 0.005), (0.15, 0.01), (0.25, 0.03)])
@pytest.mark.parametrize("current_A", [-5e-4, 5e-4])
def test_short_pulses_give_the_diffusion_time_back(share: float, off: float, current_A: float) -> None:
    titration = Titration(pulse_s=400 * share, every_s=400 * share / 80, current_A=current_A)
    result = evaluated(titration, skip_s=0.0)
    way = "discharge" if current_A < 0 else "charge"

    assert result.value(f"diffusion time, {way}").value == pytest.approx(400.0, rel=off)
    table = result.table("pulses")
    assert table.column("dEs")[2] == pytest.approx(1e3 * 600 * current_A * titration.pulse_s / 3600, rel=1e-3)
    assert table.column("R squared")[2] == pytest.approx(1.0, abs=2e-3)


def test_pulses_longer_than_a_quarter_of_the_diffusion_time_are_doubted() -> None:
    result = evaluated(Titration(pulse_s=300.0, every_s=2.0))
    assert result.value("diffusion time, discharge").value != pytest.approx(400.0, rel=0.05)
    assert "6 of 6 pulses in doubt: longer than 0.25 of the diffusion time" in result.warnings
    assert "no pulse is without doubt: the medians are over doubtful ones" in result.warnings


@given(resistance_Ohm=st.floats(0, 500), steepness=st.floats(100, 2000))
@settings(max_examples=10)
def test_neither_the_ohmic_drop_nor_the_steepness_changes_it(resistance_Ohm: float, steepness: float) -> None:
    titration = Titration(pulses=2, resistance_Ohm=resistance_Ohm, steepness_V_per_Ah=steepness)
    result = evaluated(titration)
    assert result.value("diffusion time, discharge").value == pytest.approx(400.0, rel=0.01)
    assert result.table("pulses").column("ohmic and charge transfer")[0] == pytest.approx(
        -0.5 * resistance_Ohm, abs=0.01 * steepness / 100
    )


def test_the_length_makes_it_a_coefficient_three_ways() -> None:
    planar = evaluated(diffusion_length_um=2.0).value("diffusion coefficient, discharge")
    assert planar.value == pytest.approx((2e-4) ** 2 / 400, rel=0.01)
    assert "L = 2 um" in (planar.note or "")
    sphere = evaluated(particle_radius_um=6.0).value("diffusion coefficient, discharge")
    assert sphere.value == pytest.approx(planar.value)
    molar = evaluated(molar_volume_cm3_per_mol=20.0, molar_mass_g_per_mol=44.0, area_cm2=50.0)
    length_cm = MASS_G * 20 / 44 / 50
    assert molar.value("diffusion coefficient, discharge").value == pytest.approx(length_cm**2 / 400, rel=0.01)
    none = evaluated().value("diffusion coefficient, discharge")
    assert none.value is None
    assert (none.note or "").startswith("give diffusion_length_um")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (
            {"diffusion_length_um": 2.0, "particle_radius_um": 6.0},
            "diffusion_length_um and particle_radius_um are given",
        ),
        ({"molar_volume_cm3_per_mol": 20.0}, "needs molar_mass_g_per_mol"),
        ({"particle_radius_um": 0.0}, "it is a number above zero"),
        ({"skip_s": -1.0}, "it is zero or a number above it"),
    ],
)
def test_options_that_mean_nothing_are_refused(options: dict[str, float], told: str) -> None:
    with pytest.raises(AnalysisError, match=told):
        evaluated(**options)


def test_molar_volume_needs_the_cells_mass() -> None:
    data = dataset_of(TITRATION.records(), cell=Cell("L9", area_cm2=1.0))
    with pytest.raises(AnalysisError, match="the cell's active mass"):
        gitt(data, molar_volume_cm3_per_mol=20.0, molar_mass_g_per_mol=44.0)


def test_the_state_of_charge_is_the_charge_passed_so_far() -> None:
    table = evaluated().table("pulses")
    each_mAh_g = 0.5 * 60 / 3600 / MASS_G
    assert table.column("net charge") == pytest.approx([-each_mAh_g * (n + 0.5) for n in range(6)])
    assert table.column("pulse") == (1, 2, 3, 4, 5, 6)
    assert table.column("current") == pytest.approx([-0.5] * 6)
    bare = gitt(dataset_of(TITRATION.records(), cell=Cell("L9")))
    assert bare.table("pulses").columns[3].unit == "mAh"


def test_noise_is_covered_by_the_stated_scatter() -> None:
    value = evaluated(replace(TITRATION, pulses=15, noise_V=2e-5, seed=2)).value("diffusion time, discharge")
    assert value.uncertainty is not None
    assert abs((value.value or 0) - 400) < max(3 * value.uncertainty, 20)
    assert value.uncertainty < 80


def test_a_cell_that_never_comes_to_rest_is_doubted() -> None:
    result = evaluated(replace(TITRATION, drift_V_h=-2e-3))
    assert any("not at rest when the next pulse began" in line for line in result.warnings)
    short = evaluated(replace(TITRATION, rest_s=100.0))
    assert any("not at rest when the next pulse began" in line for line in short.warnings)


def test_pulses_on_a_plateau_or_against_the_current_tell_nothing() -> None:
    flat = evaluated(replace(TITRATION, steepness_V_per_Ah=0.1))
    assert flat.value("diffusion time, discharge").value is None
    assert any("pulses tell nothing: the voltage at rest changes by less than 0.2 mV" in w for w in flat.warnings)
    against = evaluated(replace(TITRATION, steepness_V_per_Ah=-600.0))
    assert against.warnings == ("6 of 6 pulses tell nothing: the voltage moves against the current",)
    assert against.table("pulses").column("D/L²") == (None,) * 6


def test_a_pulse_that_is_not_straight_is_doubted() -> None:
    frame = TITRATION.records()
    pulse = (frame["step"] == 2).to_numpy()
    bent = frame.assign(voltage_V=frame["voltage_V"] - np.where(pulse, 1e-5 * frame["step_time_s"] ** 2, 0.0))
    result = gitt(dataset_of(bent))
    assert any("not straight over the square root of time" in line for line in result.warnings)


def test_lost_records_and_missing_values_take_out_the_pulse_alone() -> None:
    frame = TITRATION.records()
    places = frame.index[frame["step"] == 2]
    thinned = frame.drop(places[20:30])
    thinned.loc[places[70], "voltage_V"] = np.nan
    result = gitt(dataset_of(thinned))
    remarks = result.table("pulses").column("remark")
    assert [bool(remark) for remark in remarks] == [True, True, False, False, False, False]
    assert "2 of 6 pulses tell nothing: records are missing" in result.warnings
    assert result.value("diffusion time, discharge").value == pytest.approx(400.0, rel=0.01)


def test_a_run_without_pulses_is_refused() -> None:
    frame = TITRATION.records()
    with pytest.raises(AnalysisError, match="run 6 has no pulse: a constant current between two rests"):
        gitt(dataset_of(frame[frame["step"] != 3]))
    with pytest.raises(AnalysisError, match="has no pulse"):
        gitt(dataset_of(frame[frame["step"] == 3]))
    with pytest.raises(AnalysisError, match="has no pulse"):
        gitt(dataset_of(frame.iloc[:0]))


@pytest.mark.parametrize("material", ["sio_c_l", "sio_c_m", "sio_c_h"])
def test_the_virtual_cell_gives_its_diffusion_time_back(material: str) -> None:
    parameters = load_material(material)
    cell = VirtualCell(parameters, MASS_G, AREA_CM2)
    state = CellState(150.0, 0.0, lithiated_mAh_g=5000.0, cycle=3, last_direction="lithiation")
    frames, clock_s = [], 0.0
    for _ in range(7):
        for step, kind, current_A, at_s in (
            (1, StepKind.REST, 0.0, np.arange(0.0, 4000.5, 20.0)),
            (2, StepKind.CC_DISCHARGE, -0.2 * MASS_G, np.arange(0.0, 40.05, 0.5)),
        ):
            answer = cell.under_current(state, current_A, at_s)
            state = answer.state_at(float(at_s[-1]))
            columns = dict.fromkeys(RECORD_COLUMNS, 0.0) | {
                "cycle": 1, "step": step, "step_kind": kind, "step_time_s": at_s, "test_time_s": clock_s + at_s,
                "voltage_V": answer.voltage_V, "current_A": current_A, "step_capacity_Ah": np.abs(answer.charge_Ah),
            }  # fmt: skip
            frames.append(pd.DataFrame(columns))
            clock_s += float(at_s[-1])
    records = pd.concat(frames[:-1], ignore_index=True)
    result = gitt(dataset_of(records.assign(seq=range(1, len(records) + 1)).astype(RECORD_COLUMNS)))
    assert result.value("diffusion time, discharge").value == pytest.approx(parameters.diffusion_time_s, rel=0.1)


def test_it_is_installed() -> None:
    assert find_analysis("gitt").function is gitt
