"""A titration in closed form: a finite planar layer under constant flux, and at rest, by its series."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from drivers.contracts import RECORD_COLUMNS, StepKind
from orchestrator.analysis.dataset import Dataset
from protocols.cell import Cell
from tests.orchestrator.analysis.stored_run import CELL, cycle_row, cycles_frame

_MODES = np.arange(1, 400)


def surface_excess(elapsed_s: np.ndarray, diffusion_time_s: float) -> np.ndarray:
    """Surface minus mean under a flux of one mean per second that began at zero (Crank): seconds."""
    after = np.maximum(elapsed_s, 0.0)
    decay = np.exp(-np.outer(after / diffusion_time_s, (_MODES * math.pi) ** 2))
    series = (decay / (_MODES * math.pi) ** 2).sum(axis=1)
    return np.where(elapsed_s > 0, diffusion_time_s * (1 / 3 - 2 * series), 0.0)


@dataclass(frozen=True)
class Titration:
    """Pulses at constant current from rest, each followed by a rest."""

    diffusion_time_s: float = 400.0
    pulse_s: float = 60.0
    rest_s: float = 4000.0
    pulses: int = 6
    current_A: float = -5e-4
    steepness_V_per_Ah: float = 600.0
    """How steep the voltage at rest is; it falls on discharge."""
    resistance_Ohm: float = 20.0
    every_s: float = 1.0
    noise_V: float = 0.0
    drift_V_h: float = 0.0
    """Of the voltage at rest, whatever the current."""
    seed: int = 0

    def records(self) -> pd.DataFrame:
        rng = np.random.default_rng(self.seed)
        frames = [self._step(1, StepKind.REST, np.arange(0, 61.0, 10.0), 0.0, 0.0, None)]
        passed_Ah, clock_s = 0.0, 60.0
        for _ in range(self.pulses):
            during = np.arange(0.0, self.pulse_s + self.every_s / 2, self.every_s)
            frames.append(self._step(2, self._kind, during, passed_Ah, clock_s, 0.0))
            passed_Ah += self.current_A * self.pulse_s / 3600
            clock_s += self.pulse_s
            after = np.linspace(0.0, self.rest_s, 201)
            frames.append(self._step(3, StepKind.REST, after, passed_Ah, clock_s, self.pulse_s))
            clock_s += self.rest_s
        frame = pd.concat(frames, ignore_index=True)
        frame["voltage_V"] += self.noise_V * rng.standard_normal(len(frame))
        return frame.assign(seq=range(1, len(frame) + 1)).astype(RECORD_COLUMNS)

    @property
    def _kind(self) -> StepKind:
        return StepKind.CC_CHARGE if self.current_A > 0 else StepKind.CC_DISCHARGE

    def _step(
        self, step: int, kind: StepKind, at_s: np.ndarray, passed_Ah: float, clock_s: float, since_pulse_s: float | None
    ) -> pd.DataFrame:
        """``since_pulse_s``: how long ago, at the step's beginning, the pulse began; None: there was none yet."""
        current_A = 0.0 if kind is StepKind.REST else self.current_A
        excess_s = np.zeros_like(at_s)
        if since_pulse_s is not None:
            excess_s = surface_excess(at_s + since_pulse_s, self.diffusion_time_s)
            if kind is StepKind.REST:
                excess_s = excess_s - surface_excess(at_s, self.diffusion_time_s)
        mean_Ah = passed_Ah + current_A * at_s / 3600
        at_surface_Ah = mean_Ah + self.current_A * excess_s / 3600
        columns = dict.fromkeys(RECORD_COLUMNS, 0.0) | {
            "cycle": 1,
            "step": step,
            "step_kind": kind,
            "test_time_s": clock_s + at_s,
            "step_time_s": at_s,
            "voltage_V": 0.5
            + self.steepness_V_per_Ah * at_surface_Ah
            + current_A * self.resistance_Ohm
            + self.drift_V_h * (clock_s + at_s) / 3600,
            "current_A": current_A,
            "step_capacity_Ah": abs(current_A) * at_s / 3600,
        }
        return pd.DataFrame(columns)


def dataset_of(records: pd.DataFrame, cell: Cell = CELL) -> Dataset:
    return Dataset.from_frames(cycles_frame([cycle_row(1, 1e-3, 1e-3)]), cell=cell, records=records, run_id=6)
