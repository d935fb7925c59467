"""Peaks of a known differential capacity are where they were put, and no charge is lost."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from drivers.contracts import RECORD_COLUMNS, StepKind
from orchestrator.analysis.dataset import Dataset
from orchestrator.analysis.differential_capacity import differential_capacity
from orchestrator.analysis.dq_dv import dq_dv
from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.registry import find_analysis
from protocols.cell import Cell
from tests.orchestrator.analysis.stored_run import CELL, MASS_G, cycle_row, cycles_frame

WINDOW_V = (0.01, 1.5)
PEAKS = {0.3: 0.8e-3, 0.48: 1.2e-3}
"""Voltage and charge in Ah of Gaussian peaks of 25 mV."""
WIDTH_V = 0.025


def charge_Ah(voltage_V: np.ndarray) -> np.ndarray:
    """What passed below a voltage: two peaks on a flat 0.5 mAh/V."""
    return 0.5e-3 * (voltage_V - WINDOW_V[0]) + sum(q * norm.cdf(voltage_V, at, WIDTH_V) for at, q in PEAKS.items())


def records(
    cycles: int = 3, *, noise_V: float = 0.0, hold_Ah: float = 0.0, count: int = 1500, peaks_move_V: float = 0.0
) -> pd.DataFrame:
    """Each cycle goes down and up at 1 mA; the peaks of the way up lie 0.1 V higher, as in a real cell."""
    rng = np.random.default_rng(4)
    rows: list[pd.DataFrame] = []
    for cycle in range(1, cycles + 1):
        for step, (kind, sign) in enumerate(((StepKind.CC_DISCHARGE, -1), (StepKind.CC_CHARGE, 1)), start=1):
            voltage_V = np.linspace(*WINDOW_V, count)[::sign]
            shift_V = (0.1 if sign > 0 else 0.0) + peaks_move_V * (cycle - 1)
            passed = np.abs(charge_Ah(voltage_V - shift_V) - charge_Ah(voltage_V[:1] - shift_V))
            rows.append(_step(cycle, step, kind, voltage_V, passed, sign * 1e-3))
            if hold_Ah and sign > 0:
                held = np.linspace(0, hold_Ah, 50)
                rows.append(_step(cycle, 3, StepKind.CV_CHARGE, np.full(50, 1.5), held, 2e-4))
    frame = pd.concat(rows, ignore_index=True)
    frame["voltage_V"] += noise_V * rng.standard_normal(len(frame))
    return frame.assign(seq=range(1, len(frame) + 1), test_time_s=np.arange(len(frame)) * 10.0).astype(RECORD_COLUMNS)


def _step(
    cycle: int, step: int, kind: int, voltage_V: np.ndarray, passed: np.ndarray, current_A: float
) -> pd.DataFrame:
    columns = dict.fromkeys(RECORD_COLUMNS, 0.0) | {"cycle": cycle, "step": step, "step_kind": kind}
    columns |= {"voltage_V": voltage_V, "step_capacity_Ah": passed, "current_A": current_A}
    return pd.DataFrame(columns, index=range(len(voltage_V)))


def dataset_of(frame: pd.DataFrame, cell: Cell = CELL, **changes: object) -> Dataset:
    rows = [cycle_row(int(cycle), 2e-3, 2e-3, **changes) for cycle in frame["cycle"].unique()]
    return Dataset.from_frames(cycles_frame(rows), cell=cell, records=frame, run_id=8)


def test_peaks_are_found_in_both_directions_of_the_chosen_cycles() -> None:
    result = dq_dv(dataset_of(records()), cycles="1, last")

    assert result.value("dQ/dV peak, discharge, cycle 1").value == pytest.approx(0.48, abs=0.004)
    assert result.value("dQ/dV peak, charge, cycle 3").value == pytest.approx(0.58, abs=0.004)
    assert "Gaussian smoothing of 5 mV" in (result.value("dQ/dV peak, charge, cycle 3").note or "")
    peaks = [row for row in result.table("peaks").rows if row[:2] == (1, "charge")]
    assert [row[2] for row in peaks] == pytest.approx([0.58, 0.40], abs=0.004)
    broadened = np.hypot(WIDTH_V, 0.005)
    height = 1e3 * (0.5e-3 + 1.2e-3 / (broadened * np.sqrt(2 * np.pi))) / MASS_G
    assert peaks[0][3] == pytest.approx(height, rel=0.02)
    assert result.provenance[0].cycles == ((1, 1), (3, 3))
    assert result.warnings == ()


def test_the_area_is_the_charge_even_with_a_voltage_that_jitters() -> None:
    result = dq_dv(dataset_of(records(noise_V=2e-3)), cycles=1)
    for direction in ("charge", "discharge"):
        rows = [row for row in result.table("dq_dv").rows if row[1] == direction]
        voltage_V, height = np.array([row[2] for row in rows]), np.array([row[3] for row in rows])
        step = np.diff(voltage_V).mean()
        passed = records()["step_capacity_Ah"].max() if direction == "discharge" else 2.745e-3
        assert float(height.sum()) * step == pytest.approx(1e3 * passed / MASS_G, rel=0.01)
    assert result.value("dQ/dV peak, charge, cycle 1").value == pytest.approx(0.58, abs=0.01)


@given(
    voltage=st.lists(st.floats(0.01, 4.5), min_size=3, max_size=60),
    steps=st.lists(st.floats(0.0, 1e-3), min_size=60, max_size=60),
    bin_mV=st.floats(1.0, 50.0),
    smoothing_mV=st.floats(0.0, 50.0),
)
@settings(max_examples=60)
def test_whatever_the_voltage_does_no_charge_is_lost(
    voltage: list[float], steps: list[float], bin_mV: float, smoothing_mV: float
) -> None:
    voltage_V = np.array(voltage)
    if np.ptp(voltage_V) < 1e-6:
        voltage_V[0] += 0.1
    charge = np.cumsum(steps[: len(voltage)])
    found = differential_capacity(voltage_V, charge, bin_mV / 1e3, smoothing_mV / 1e3)
    assert found.capacity_Ah == pytest.approx(charge[-1] - charge[0], rel=1e-9, abs=1e-15)
    assert (found.dq_dv_Ah_V >= -1e-12).all()


def test_charge_at_held_voltage_is_left_out_and_said() -> None:
    result = dq_dv(dataset_of(records(hold_Ah=0.5e-3)), cycles=2)
    assert result.value("dQ/dV peak, charge, cycle 2").value == pytest.approx(0.58, abs=0.004)
    assert result.warnings == ("cycle 2, charge: 15 % of the charge did not flow at constant current",)


def test_the_decay_of_a_cccv_step_is_left_out() -> None:
    frame = records(cycles=1)
    up = frame[frame["step"] == 2].copy()
    tail = up.iloc[-1:].loc[up.index[-1:].repeat(200)].assign(
        voltage_V=1.5, current_A=np.linspace(9e-4, 1e-4, 200), step_capacity_Ah=up["step_capacity_Ah"].max()
        + np.linspace(0, 1e-3, 200)
    )  # fmt: skip
    joined = pd.concat([frame, tail], ignore_index=True)
    joined.loc[joined["step"] == 2, "step_kind"] = StepKind.CCCV_CHARGE
    result = dq_dv(dataset_of(joined.astype(RECORD_COLUMNS)))
    assert result.value("dQ/dV peak, charge, cycle 1").value == pytest.approx(0.58, abs=0.004)
    assert "cycle 1, charge: 27 % of the charge did not flow at constant current" in result.warnings


def test_a_rise_up_to_the_cut_off_is_no_peak() -> None:
    voltage_V = np.linspace(1.5, 0.01, 800)
    frame = _step(1, 1, StepKind.CC_DISCHARGE, voltage_V, 1e-3 * (np.exp(-voltage_V / 0.1) - np.exp(-15)), -1e-3)
    result = dq_dv(dataset_of(frame.assign(seq=range(1, 801)).astype(RECORD_COLUMNS)))
    assert result.value("dQ/dV peak, discharge, cycle 1").value is None
    assert "cycle 1: no charge at constant current with 10 records" in result.warnings


def test_records_too_far_apart_are_warned_of() -> None:
    result = dq_dv(dataset_of(records(count=60)), cycles=1)
    assert "cycle 1, charge: records lie 25 mV apart, coarser than the bins; choose a larger bin_mV" in result.warnings


def test_without_mass_heights_are_in_mAh_per_V() -> None:
    result = dq_dv(dataset_of(records(), cell=Cell("L9")))
    assert result.table("dq_dv").columns[3].unit == "mAh/V"


def test_cycles_that_are_not_whole_are_left_out() -> None:
    result = dq_dv(dataset_of(records(2)), cycles=[2, 7, 9])
    assert result.warnings == ("cycles 7, 9 left out: missing or not whole",)
    with pytest.raises(AnalysisError, match="run 8: none of the cycles asked for is whole; whole cycles: cycles 1-2"):
        dq_dv(dataset_of(records(2)), cycles=7)
    with pytest.raises(AnalysisError, match="whole cycles: none"):
        dq_dv(dataset_of(records(2), gap=True))


@pytest.mark.parametrize(
    "options", [{"cycles": "first"}, {"cycles": "0"}, {"bin_mV": 0.0}, {"bin_mV": "5"}, {"smoothing_mV": -1.0}]
)
def test_options_that_mean_nothing_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(AnalysisError, match=r"^(cycles|bin_mV|smoothing_mV) is"):
        dq_dv(dataset_of(records(1)), **options)  # type: ignore[arg-type]


def test_all_cycles_can_be_asked_for() -> None:
    moving = dq_dv(dataset_of(records(3, peaks_move_V=0.02)), cycles="all")
    found = [moving.value(f"dQ/dV peak, charge, cycle {n}").value for n in (1, 2, 3)]
    assert found == pytest.approx([0.58, 0.60, 0.62], abs=0.004)


def test_it_is_installed() -> None:
    assert find_analysis("dq_dv").function is dq_dv
