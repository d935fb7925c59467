"""Spectra from closed formulas, as the frames that an analysis sees."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from drivers.contracts import SPECTRUM_COLUMNS
from orchestrator.analysis.dataset import Dataset
from protocols.cell import Cell
from protocols.plan import Estimate, Plan, Segment, SetTemperature
from protocols.program import Impedance, Limits, Loop, Origin, Program, Record, VoltagePoint
from tests.orchestrator.analysis.stored_run import CELL, cycle_row, cycles_frame

FREQUENCY_Hz = np.logspace(5, -1, 61)


@dataclass(frozen=True)
class Truth:
    """R0 + two arcs + Warburg, the textbook's half cell."""

    series_Ohm: float = 2.0
    film_Ohm: float = 5.0
    film_s: float = 5e-5
    film_exponent: float = 0.9
    transfer_Ohm: float = 12.0
    transfer_s: float = 2e-2
    transfer_exponent: float = 0.82
    warburg_Ohm_s: float = 6.0
    """Ohm s^-0.5."""
    inductance_H: float = 0.0

    def impedance_Ohm(self, frequency_Hz: np.ndarray = FREQUENCY_Hz) -> np.ndarray:
        s = 2j * math.pi * frequency_Hz
        film = self.film_Ohm / (1 + (s * self.film_s) ** self.film_exponent)
        transfer = self.transfer_Ohm / (1 + (s * self.transfer_s) ** self.transfer_exponent)
        tail = self.warburg_Ohm_s * (1 - 1j) / np.sqrt(s.imag)
        return self.series_Ohm + film + transfer + tail + s * self.inductance_H


@dataclass(frozen=True)
class Measured:
    """One spectrum as an instrument delivers it, two periods a point and noise on each part."""

    z_Ohm: np.ndarray
    frequency_Hz: np.ndarray = field(default_factory=lambda: FREQUENCY_Hz)
    degC: float = math.nan
    voltage_V: float = 0.15
    cycle: int = 1


def times_s(frequency_Hz: np.ndarray = FREQUENCY_Hz) -> np.ndarray:
    return np.cumsum(2 / frequency_Hz + 0.2)


def noisy(z_Ohm: np.ndarray, share: float, seed: int) -> np.ndarray:
    parts = np.random.default_rng(seed).standard_normal((2, len(z_Ohm)))
    return z_Ohm * (1 + share * (parts[0] + 1j * parts[1]))


def drifting(z_Ohm: np.ndarray, growth: float, frequency_Hz: np.ndarray = FREQUENCY_Hz) -> np.ndarray:
    """Everything grows evenly in time, by so much from the first point to the last."""
    elapsed = times_s(frequency_Hz) - times_s(frequency_Hz)[0]
    return z_Ohm * (1 + growth * elapsed / elapsed[-1])


def spectra_frame(spectra: Sequence[Measured]) -> pd.DataFrame:
    frames, begin_s = [], 0.0
    for number, one in enumerate(spectra, start=1):
        count = len(one.frequency_Hz)
        at_s = begin_s + times_s(one.frequency_Hz)
        begin_s = float(at_s[-1]) + 600.0
        columns = {
            "seq": np.arange(1, count + 1) + sum(len(f) for f in frames),
            "spectrum": number,
            "cycle": one.cycle,
            "step": number,
            "unix_time_s": 1.7e9 + at_s,
            "test_time_s": at_s,
            "frequency_Hz": one.frequency_Hz,
            "z_real_Ohm": one.z_Ohm.real,
            "z_imag_Ohm": one.z_Ohm.imag,
            "voltage_amplitude_V": 0.01,
            "current_amplitude_A": 0.01 / np.abs(one.z_Ohm),
            "phase_rad": np.angle(one.z_Ohm),
            "voltage_V": one.voltage_V,
            "current_A": 0.0,
            "temperature_degC": one.degC,
        }
        frames.append(pd.DataFrame(columns).astype(dict(SPECTRUM_COLUMNS)))
    return pd.concat(frames, ignore_index=True)


def dataset_of(
    spectra: Sequence[Measured],
    *,
    labels: Sequence[str | None] = (None,),
    plan: Plan | None = None,
    cell: Cell = CELL,
    change: Callable[[pd.DataFrame], pd.DataFrame] = lambda frame: frame,
) -> Dataset:
    """A run of these spectra; ``labels`` of cycles 1, 2, …; ``change`` spoils the frame."""
    rows = [cycle_row(cycle, 1e-3, 1e-3, label=label) for cycle, label in enumerate(labels, start=1)]
    frame = change(spectra_frame(spectra))
    return Dataset.from_frames(cycles_frame(rows), cell=cell, spectra=frame, plan=plan, run_id=4)


def temperature_plan(temperatures_degC: Sequence[float], *, each: int = 1, labelled: bool = True) -> Plan:
    """What ``for_each`` over temperatures compiles to; ``each`` spectra at every one of them, by a loop."""
    estimate = Estimate(3600.0, 100, 1, 10_000)
    items: list[SetTemperature | Segment] = []
    for degC in temperatures_degC:
        origin = Origin(12, "steps[2]", f"eis {degC:g} degC" if labelled else None)
        step = Impedance("potentiostatic", 1e5, 0.1, 10, origin, 0.01, VoltagePoint(0.0, "open_circuit"))
        body = (Loop(each, (step,), origin),)
        items.append(SetTemperature(degC, 0.5, 7200.0, None, 28800.0, 11))
        items.append(Segment(Program(body, Limits(-0.05, 2.0, 0.02), Record(interval_s=60.0)), estimate))
    return Plan("impedance-temperature", "cd" * 32, CELL, {}, tuple(items), (), estimate)
