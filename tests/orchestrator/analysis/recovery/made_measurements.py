"""What is measured on a drawn cell, as the frames that an analysis sees: spectra, voltammograms, a titration."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from drivers.contracts import RECORD_COLUMNS, StepKind
from orchestrator.analysis.dataset import Dataset
from protocols.cell import Cell
from simulators.cell import VirtualCell
from simulators.cell.paper_protocols import AREA_cm2
from tests.orchestrator.analysis.impedance import made_spectra
from tests.orchestrator.analysis.recovery.drawn_cells import Drawn, formed
from tests.orchestrator.analysis.stored_run import cycle_row, cycles_frame

__all__ = ["TEMPERATURES_degC", "spectra", "titration", "voltammograms"]

TEMPERATURES_degC = (0.0, 10.0, 25.0, 40.0, 55.0)
_PULSES, _PULSE_S, _REST_S, _PULSE_A_g = 60, 40.0, 900.0, 0.6
_RATES_V_s, _LOWER_V, _UPPER_V = (1e-4, 2e-4, 3e-4, 4e-4, 5e-4), 0.01, 1.5
_CYCLES_PER_RATE = 3


def spectra(drawn: Drawn, model: Callable[..., VirtualCell] = VirtualCell) -> Dataset:
    """One spectrum at each temperature, half lithiated."""
    nominal, state = formed(drawn.material)
    half = nominal.advance(state, -0.2 * nominal.active_mass_g, 500 / 200 * 3600)
    measured = []
    for degC in TEMPERATURES_degC:
        cell = model(drawn.material, nominal.active_mass_g, AREA_cm2, degC)
        z_Ohm = drawn.impedance_Ohm(cell.impedance(half, made_spectra.FREQUENCY_Hz))
        measured.append(made_spectra.Measured(z_Ohm, degC=degC))
    return made_spectra.dataset_of(measured)


def voltammograms(drawn: Drawn) -> Dataset:
    """Three cycles at each scan rate, a point every millivolt; the cell fades on the way."""
    cell, state = formed(drawn.material)
    pieces: list[pd.DataFrame] = []
    before_A = 0.0
    passed_V = np.linspace(0, _UPPER_V - _LOWER_V, 1491)
    for cycle, rate_V_s in enumerate(np.repeat(_RATES_V_s, _CYCLES_PER_RATE).tolist(), start=1):
        for start_V, way in ((_UPPER_V, -1.0), (_LOWER_V, 1.0)):
            answer = cell.voltammetry(state, start_V, way * rate_V_s, before_A).response(passed_V / rate_V_s)
            state, before_A = answer.state_at(float(passed_V[-1] / rate_V_s)), float(answer.current_A[-1])
            kind = StepKind.SWEEP_UP if way > 0 else StepKind.SWEEP_DOWN
            pieces.append(_records(drawn, kind, passed_V / rate_V_s, answer.voltage_V, answer.current_A, cycle))
    return _dataset(pieces, cell)


def titration(drawn: Drawn) -> Dataset:
    """Pulses of 40 s at half of 1C and rests of 15 min, through the first half of lithiation."""
    cell, state = formed(drawn.material)
    state = cell.advance(state, -0.2 * cell.active_mass_g, 3600.0)
    state = cell.advance(state, 0.0, 3600.0)
    pieces: list[pd.DataFrame] = []
    for _ in range(_PULSES):
        for kind, specific_A_g, at_s in (
            (StepKind.REST, 0.0, np.arange(0.0, _REST_S + 1, 5.0)),
            (StepKind.CC_DISCHARGE, -_PULSE_A_g, np.arange(0.0, _PULSE_S + 0.5, 1.0)),
        ):
            answer = cell.under_current(state, specific_A_g * cell.active_mass_g, at_s)
            state = answer.state_at(float(at_s[-1]))
            pieces.append(_records(drawn, kind, at_s, answer.voltage_V, answer.current_A, 1))
    return _dataset(pieces[:-1], cell)


def _records(
    drawn: Drawn, kind: StepKind, at_s: np.ndarray, voltage_V: np.ndarray, current_A: np.ndarray, cycle: int
) -> pd.DataFrame:
    columns = dict.fromkeys(RECORD_COLUMNS, 0.0) | {
        "cycle": cycle,
        "step": {StepKind.REST: 1, StepKind.CC_DISCHARGE: 2}.get(kind, 3),
        "step_kind": kind,
        "step_time_s": at_s,
        "voltage_V": drawn.voltage_V(voltage_V),
        "current_A": current_A if kind is StepKind.REST else drawn.current_A(current_A),
        "step_capacity_Ah": np.abs(np.concatenate(([0.0], np.cumsum(np.diff(at_s) * current_A[1:])))) / 3600,
    }
    return pd.DataFrame(columns)


def _dataset(pieces: Sequence[pd.DataFrame], cell: VirtualCell) -> Dataset:
    begins_s = np.cumsum([0.0, *(float(piece["step_time_s"].iloc[-1]) for piece in pieces[:-1])])
    timed = [
        piece.assign(test_time_s=begin + piece["step_time_s"]) for begin, piece in zip(begins_s, pieces, strict=True)
    ]
    records = pd.concat(timed, ignore_index=True)
    records = records.assign(seq=np.arange(1, len(records) + 1), unix_time_s=1.7e9 + records["test_time_s"])
    cycles = [cycle_row(int(n), 1e-3, 1e-3, label=f"cv {n}") for n in sorted(records["cycle"].unique())]
    measured_on = Cell("drawn", active_mass_g=cell.active_mass_g, area_cm2=AREA_cm2)
    return Dataset.from_frames(
        cycles_frame(cycles), cell=measured_on, records=records.astype(dict(RECORD_COLUMNS)), run_id=7
    )
