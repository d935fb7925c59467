"""Voltammograms as the records of an instrument."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from drivers.contracts import RECORD_COLUMNS, StepKind
from orchestrator.analysis.dataset import Dataset
from protocols.cell import Cell
from protocols.plan import Plan
from tests.orchestrator.analysis.stored_run import CELL, cycle_row, cycles_frame

LOWER_V, UPPER_V = 0.01, 1.5
RATES_V_s = (1e-4, 2e-4, 3e-4, 4e-4, 5e-4)


@dataclass(frozen=True)
class MadeSweep:
    """One linear sweep; ``current_A`` answers potentials and the rate, signed: positive upwards."""

    begin_V: float
    end_V: float
    rate_V_s: float
    current_A: Callable[[np.ndarray, float], np.ndarray]
    cycle: int = 1
    every_V: float = 1e-3


@dataclass(frozen=True)
class Part:
    """A Gaussian on a small base, in A per unit of v or v^0.5."""

    height: float
    at_V: float
    width_V: float
    base: float = 0.02

    def __call__(self, voltage_V: np.ndarray) -> np.ndarray:
        return self.height * (self.base + np.exp(-(((voltage_V - self.at_V) / self.width_V) ** 2) / 2))


def two_parts(surface: tuple[Part, Part], diffusion: tuple[Part, Part]) -> Callable[[np.ndarray, float], np.ndarray]:
    """i = k1(E) v + k2(E) v^0.5, with parts for the way up and the way down."""

    def current_A(voltage_V: np.ndarray, rate_V_s: float) -> np.ndarray:
        way, speed = (0, rate_V_s) if rate_V_s > 0 else (1, -rate_V_s)
        size = surface[way](voltage_V) * speed + diffusion[way](voltage_V) * math.sqrt(speed)
        return math.copysign(1, rate_V_s) * size

    return current_A


def cycle_of(
    current_A: Callable[[np.ndarray, float], np.ndarray], rate_V_s: float, cycle: int, every_V: float = 1e-3
) -> list[MadeSweep]:
    """Down and up again, as a half cell is swept."""
    down = MadeSweep(UPPER_V, LOWER_V, rate_V_s, current_A, cycle, every_V)
    return [down, replace(down, begin_V=LOWER_V, end_V=UPPER_V)]


def sweep_records(
    sweeps: Sequence[MadeSweep], *, noise_A: float = 0.0, noise_V: float = 0.0, seed: int = 0
) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frames, clock_s, seq = [], 0.0, 0
    for sweep in sweeps:
        count = round(abs(sweep.end_V - sweep.begin_V) / sweep.every_V) + 1
        voltage_V = np.linspace(sweep.begin_V, sweep.end_V, count)
        up = sweep.end_V > sweep.begin_V
        elapsed_s = np.abs(voltage_V - sweep.begin_V) / sweep.rate_V_s
        current_A = sweep.current_A(voltage_V, sweep.rate_V_s if up else -sweep.rate_V_s)
        columns = {
            "seq": seq + np.arange(1, count + 1),
            "cycle": sweep.cycle,
            "step": 3,
            "step_kind": StepKind.SWEEP_UP if up else StepKind.SWEEP_DOWN,
            "unix_time_s": 1.7e9 + clock_s + elapsed_s,
            "test_time_s": clock_s + elapsed_s,
            "step_time_s": elapsed_s,
            "voltage_V": voltage_V + noise_V * rng.standard_normal(count),
            "current_A": current_A + noise_A * rng.standard_normal(count),
            "step_capacity_Ah": 0.0,
            "step_energy_Wh": 0.0,
            "temperature_degC": np.nan,
        }
        frames.append(pd.DataFrame(columns).astype(dict(RECORD_COLUMNS)))
        clock_s += float(elapsed_s[-1])
        seq += count
    return pd.concat(frames, ignore_index=True)


def dataset_of(records: pd.DataFrame, *, cell: Cell = CELL, plan: Plan | None = None) -> Dataset:
    cycles = [cycle_row(int(n), 1e-3, 1e-3, label=f"cv {n}") for n in sorted(records["cycle"].unique())]
    return Dataset.from_frames(cycles_frame(cycles), cell=cell, records=records, plan=plan, run_id=5)
