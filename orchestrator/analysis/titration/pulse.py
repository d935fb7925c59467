"""The pulses of a titration: a constant current between two rests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from drivers.contracts import StepKind
from orchestrator.analysis.dataset import RunData
from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.line_fit import fit_line
from protocols.program import Direction

__all__ = ["Pulse", "find_pulses"]

_CONSTANT = (StepKind.CC_CHARGE, StepKind.CC_DISCHARGE)
_FEWEST_RECORDS = 5
_CONSTANT_WITHIN = 0.05

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Pulse:
    """One pulse with the rests around it."""

    number: int
    """From 1 within its direction."""
    direction: Direction
    cycle: int
    elapsed_s: Array
    """Since the pulse began."""
    voltage_V: Array
    current_A: float
    """Mean, signed."""
    duration_s: float
    charge_Ah: float
    """Passed in this pulse, unsigned."""
    rest_before_V: float
    """At the end of the rest before."""
    rest_after_V: float
    rest_after_slope_V_s: float
    """Of a line through the last tenth of the rest: zero where the cell has come to rest."""
    rest_after_s: float
    net_before_Ah: float
    """Charge that had passed in all of the run before, charge minus discharge."""
    gap: bool
    """Whether records of the pulse are missing."""


def find_pulses(run: RunData) -> list[Pulse]:
    """Return all pulses in order of time. Raises AnalysisError where there is none."""
    records = run.records
    blocks = _blocks(records[np.isfinite(records["voltage_V"]) & np.isfinite(records["current_A"])])
    pulses: list[Pulse] = []
    numbers = {"charge": 0, "discharge": 0}
    net_Ah = 0.0
    for place, block in enumerate(blocks):
        kind = StepKind(int(block["step_kind"].iloc[0]))
        before, after = _neighbour(blocks, place - 1), _neighbour(blocks, place + 1)
        passed_Ah = float(block["step_capacity_Ah"].max())
        if kind in _CONSTANT and before is not None and after is not None and _is_pulse(block):
            direction: Direction = "charge" if kind is StepKind.CC_CHARGE else "discharge"
            numbers[direction] += 1
            pulses.append(_pulse(before, block, after, direction, numbers[direction], net_Ah))
        net_Ah += {"charge": passed_Ah, "discharge": -passed_Ah, "none": 0.0}[kind.direction]
    if not pulses:
        wanted = f"a constant current between two rests, with {_FEWEST_RECORDS} records or more"
        raise AnalysisError(f"run {run.run_id} has no pulse: {wanted}")
    return pulses


def _blocks(records: pd.DataFrame) -> list[pd.DataFrame]:
    """Executed steps: the step or its kind changes, or its time starts again."""
    changed = records["step"].ne(records["step"].shift()) | records["step_kind"].ne(records["step_kind"].shift())
    changed |= records["step_time_s"].diff().lt(0)
    return [block for _, block in records.groupby(changed.cumsum())]


def _neighbour(blocks: list[pd.DataFrame], place: int) -> pd.DataFrame | None:
    """Return the block there if it is a rest."""
    if not 0 <= place < len(blocks):
        return None
    return blocks[place] if blocks[place]["step_kind"].iloc[0] == StepKind.REST else None


def _is_pulse(block: pd.DataFrame) -> bool:
    current_A = block["current_A"].iloc[1:].abs()
    median_A = float(current_A.median())
    steady = current_A.sub(median_A).abs().le(_CONSTANT_WITHIN * median_A).mean() > 0.9
    return len(block) >= _FEWEST_RECORDS and median_A > 0 and bool(steady)


def _pulse(
    before: pd.DataFrame, block: pd.DataFrame, after: pd.DataFrame, direction: Direction, number: int, net_Ah: float
) -> Pulse:
    current_A = block["current_A"].to_numpy(float)
    flowing = np.abs(current_A) > 0.5 * np.abs(np.median(current_A))
    elapsed_s = block["step_time_s"].to_numpy(float)
    after_V, after_slope_V_s = _end_of(after)
    return Pulse(
        number=number,
        direction=direction,
        cycle=int(block["cycle"].iloc[0]),
        elapsed_s=elapsed_s[flowing],
        voltage_V=block["voltage_V"].to_numpy(float)[flowing],
        current_A=float(current_A[flowing].mean()),
        duration_s=float(elapsed_s[-1]),
        charge_Ah=float(block["step_capacity_Ah"].max()),
        rest_before_V=_end_of(before)[0],
        rest_after_V=after_V,
        rest_after_slope_V_s=after_slope_V_s,
        rest_after_s=float(after["step_time_s"].iloc[-1]),
        net_before_Ah=net_Ah,
        gap=bool(block["record"].diff().gt(1).any()),
    )


def _end_of(rest: pd.DataFrame) -> tuple[float, float]:
    """Voltage and its slope in V/s at the end of a rest: a line through the last tenth, so that noise averages."""
    end_s = float(rest["step_time_s"].iloc[-1])
    last = rest[rest["step_time_s"] >= 0.9 * end_s]
    if last["step_time_s"].nunique() < 2:
        last = rest.iloc[-2:]
    if last["step_time_s"].nunique() < 2:
        return float(rest["voltage_V"].iloc[-1]), 0.0
    line = fit_line(last["step_time_s"].to_numpy(float) - end_s, last["voltage_V"].to_numpy(float))
    return line.intercept, line.slope
