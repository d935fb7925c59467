"""Linear sweeps of the voltage in a run's records, each with the scan rate that its own points have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from drivers.contracts import StepKind
from orchestrator.analysis.dataset import RunData
from orchestrator.analysis.errors import AnalysisError

__all__ = ["Sweep", "SweepDirection", "find_sweeps"]

SweepDirection = Literal["anodic", "cathodic"]
"""Anodic: the voltage rises; in a half cell, delithiation."""

_FEWEST_RECORDS = 20
_LARGEST_STEP = 0.05
"""Of the window, between two records: more is a hole."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Sweep:
    """One sweep, in the order of time."""

    direction: SweepDirection
    cycle: int
    """Of its first record."""
    label: str | None
    started_s: float
    """Test time of its first record."""
    voltage_V: Array
    """As measured, or at the electrode where the drop over a series resistance was taken off."""
    current_A: Array
    rate_V_s: float
    """Magnitude: slope of a line through voltage over time."""
    broken: str = ""
    """Why it cannot be used; empty where it can."""

    @property
    def span_V(self) -> float:
        """How far it goes."""
        return float(np.ptp(self.voltage_V))


def find_sweeps(run: RunData, series_resistance_Ohm: float = 0.0) -> list[Sweep]:
    """Return all sweeps of a run in order; a sweep ends where the direction or the instrument's step changes.

    Raises AnalysisError where the run has none.
    """
    swept = run.records[run.records["step_kind"].isin((StepKind.SWEEP_UP, StepKind.SWEEP_DOWN))]
    if swept.empty:
        raise AnalysisError(f"run {run.run_id} has no voltage sweep; its protocol needs cyclic voltammetry")
    changed = swept["step_kind"].ne(swept["step_kind"].shift()) | swept["step"].ne(swept["step"].shift())
    changed |= swept["record"].diff().gt(1) & swept["step_time_s"].diff().lt(0)
    labels = run.labels
    return [_sweep(part, labels.get(int(part["cycle"].iloc[0])), series_resistance_Ohm)
            for _, part in swept.groupby(changed.cumsum())]  # fmt: skip


def _sweep(part: pd.DataFrame, label: str | None, series_resistance_Ohm: float) -> Sweep:
    voltage_V, current_A = part["voltage_V"].to_numpy(float), part["current_A"].to_numpy(float)
    time_s = part["test_time_s"].to_numpy(float)
    good = np.isfinite(voltage_V) & np.isfinite(current_A) & np.isfinite(time_s)
    voltage_V, current_A, time_s = voltage_V[good], current_A[good], time_s[good]
    rate_V_s = abs(float(np.polyfit(time_s - time_s[0], voltage_V, 1)[0])) if len(np.unique(time_s)) > 1 else 0.0
    return Sweep(
        direction="anodic" if part["step_kind"].iloc[0] == StepKind.SWEEP_UP else "cathodic",
        cycle=int(part["cycle"].iloc[0]),
        label=label,
        started_s=float(part["test_time_s"].iloc[0]),
        voltage_V=voltage_V - series_resistance_Ohm * current_A,
        current_A=current_A,
        rate_V_s=rate_V_s,
        broken=_why_broken(voltage_V, rate_V_s),
    )


def _why_broken(voltage_V: Array, rate_V_s: float) -> str:
    if len(voltage_V) < _FEWEST_RECORDS:
        return f"{len(voltage_V)} records"
    if rate_V_s == 0:
        return "its voltage stands still"
    if np.abs(np.diff(voltage_V)).max() > _LARGEST_STEP * np.ptp(voltage_V):
        return "records are missing"
    return ""
