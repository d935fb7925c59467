"""A run stored as the node stores it: two cycles of voltammetry, then a spectrum at each of two temperatures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from sqlalchemy import Engine

from drivers.contracts import RECORD_COLUMNS, SPECTRUM_COLUMNS, Batch, MappedStep, StepKind, Translation
from orchestrator.store.recorder import Recorder
from orchestrator.store.segments import insert_segment
from orchestrator.store.transactions import writing
from protocols.plan import Plan, Segment
from protocols.program import Impedance, Limits, Origin, Program, Record, VoltagePoint, VoltageScan
from tests.orchestrator.analysis.stored_run import LAUNCH_UNIX_S, plan_of, store_run

SWEEP = Origin(7, "steps[0]", "0.1 mV/s")
SPECTRUM = Origin(12, "steps[1]", 'spectrum, "nan" at 25 degC')
PER_SWEEP, POINTS = 150, 37
Columns = dict[str, np.ndarray[Any, Any]]


def voltammogram(cycles: int = 2) -> Columns:
    """Sweeps down and up between 1.5 V and 0.01 V; in each the current turns, so its net charge falls for a while."""
    count = cycles * 2 * PER_SWEEP
    index = np.arange(count)
    sweep, place = np.divmod(index, PER_SWEEP)
    upwards = sweep % 2 == 1
    share = place / (PER_SWEEP - 1)
    current_A = np.where(upwards, 1.0, -1.0) * 1e-3 * (np.sin(np.pi * share) - 0.1)
    time_s = index * 100.0
    charge = np.abs(np.concatenate([np.cumsum(part) for part in np.split(current_A * 100 / 3600, cycles * 2)]))
    columns = {
        "seq": index + 1,
        "cycle": sweep // 2 + 1,
        "step": np.where(upwards, 3, 2),
        "step_kind": np.where(upwards, int(StepKind.SWEEP_UP), int(StepKind.SWEEP_DOWN)),
        "unix_time_s": LAUNCH_UNIX_S + time_s,
        "test_time_s": time_s,
        "step_time_s": place * 100.0,
        "voltage_V": np.where(upwards, 0.01 + 1.49 * share, 1.5 - 1.49 * share),
        "current_A": current_A,
        "step_capacity_Ah": charge,
        "step_energy_Wh": charge * 0.4,
        "temperature_degC": np.full(count, np.nan),
    }
    return {name: columns[name].astype(kind) for name, kind in RECORD_COLUMNS.items()}


def spectra() -> Columns:
    """Two spectra of a resistor beside a capacitor, behind a resistor; 10 and 25 degC."""
    index = np.arange(2 * POINTS)
    which, place = np.divmod(index, POINTS)
    frequency_Hz = 1e5 * 10.0 ** (-place / 6)
    z = 2.1 + (30 - 10 * which) / (1 + 2j * np.pi * frequency_Hz * 0.03) + 1e-3 * np.sin(index)
    columns = {
        "seq": index + 1,
        "spectrum": which + 1,
        "cycle": np.ones(len(index)),
        "step": np.ones(len(index)),
        "unix_time_s": LAUNCH_UNIX_S + 6e4 + index / 3,
        "test_time_s": index / 3,
        "frequency_Hz": frequency_Hz,
        "z_real_Ohm": z.real,
        "z_imag_Ohm": z.imag,
        "voltage_amplitude_V": 0.01 + 1e-5 * index / 7,
        "current_amplitude_A": 0.01 / np.abs(z),
        "phase_rad": np.angle(z),
        "voltage_V": 0.4 + 1e-4 * np.cos(index),
        "current_A": 1e-6 * np.cos(index),
        "temperature_degC": 10.0 + 15.0 * which,
    }
    return {name: columns[name].astype(kind) for name, kind in SPECTRUM_COLUMNS.items()}


def voltammetry_plan() -> Plan:
    scan = VoltageScan(VoltagePoint(1.5), (VoltagePoint(0.01), VoltagePoint(1.5)), 1e-4, SWEEP, cycles=2)
    impedance = Impedance("potentiostatic", 1e5, 0.1, 6, SPECTRUM, amplitude_peak_V=0.01)
    plain = plan_of({"cycling": 1e-3})
    estimate, limits = plain.estimate, Limits(-0.05, 2.0, 0.05)
    programs = [Program((step,), limits, Record(interval_s=10.0)) for step in (scan, impedance)]
    return replace(plain, items=tuple(Segment(program, estimate) for program in programs))


def store_voltammetry(engine: Engine, *, cycles: int = 2) -> int:
    """Store it through the Recorder; return the run's id."""
    with writing(engine) as conn:
        run_id = store_run(conn, [], [], plan=voltammetry_plan())
        first = _segment(conn, run_id, 0, (("voltage_scan", 2, SWEEP), ("voltage_scan", 3, SWEEP)))
    records = voltammogram(cycles)
    none = {name: column[:0] for name, column in records.items()}
    with Recorder(engine) as recorder:
        for begin in range(0, len(records["seq"]), 97):
            part = {name: column[begin : begin + 97] for name, column in records.items()}
            recorder.record(run_id, first, Batch(part, str(begin))).result(timeout=60)
        second = recorder.write(lambda conn: _segment(conn, run_id, 1, (("impedance", 1, SPECTRUM),))).result(10)
        recorder.record(run_id, second, Batch(none, "all", spectra=spectra())).result(timeout=60)
    return run_id


def _segment(conn: Any, run_id: int, number: int, steps: tuple[tuple[str, int, Origin], ...]) -> int:
    step_map = tuple(MappedStep(step, kind, origin) for kind, step, origin in steps)
    return insert_segment(
        conn,
        run_id=run_id,
        number=number,
        attempt=1,
        tag=f"L1#{run_id}.{number}.1",
        translation=Translation(b"", "application/json", step_map),
    )
