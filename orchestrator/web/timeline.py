"""When a plan expects each cycle to end: what progress and time left are reckoned by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from protocols.estimate import estimate_program
from protocols.estimate.temperature import ROOM_degC, ramp_and_soak_s
from protocols.plan import Plan, Segment, SetTemperature
from protocols.program import Loop, Program, Step

__all__ = ["Timeline", "timeline_of"]

_CYCLES_MAX = 100_000
"""Beyond, time alone is reckoned by."""
_PACE_MIN, _PACE_MAX = 0.05, 20.0


@dataclass(frozen=True)
class Timeline:
    """Expected end of each cycle in seconds of test time, and of everything that channels execute."""

    cycle_ends_s: npt.NDArray[np.float64]
    total_s: float
    waits_s: tuple[float, ...] = ()
    """By plan item: what its ramp and soak are expected to take, which is no test time; 0 for a segment."""

    def left_s(self, cycles_done: int, done_at_s: float, now_s: float, item: int = 0) -> tuple[float, float]:
        """Seconds left and fraction done, where ``cycles_done`` cycles took ``done_at_s`` and it is ``now_s`` now.

        Cycles to come are expected to be as much faster or slower than planned as those done have been; of ramps and
        soaks those before ``item`` are over.
        """
        ends = self.cycle_ends_s
        done = min(cycles_done, len(ends))
        planned_s = float(ends[done - 1]) if done else 0.0
        pace = float(np.clip(done_at_s / planned_s, _PACE_MIN, _PACE_MAX)) if done and planned_s > 0 else 1.0
        this_cycle_s = (float(ends[done]) if done < len(ends) else self.total_s) - planned_s
        reached_s = planned_s + min(max(now_s - done_at_s, 0.0) / pace, this_cycle_s)
        waited_s, waits_s = sum(self.waits_s[:item]), sum(self.waits_s[item:])
        whole_s = self.total_s + waited_s + waits_s
        fraction = (reached_s + waited_s) / whole_s if whole_s > 0 else 0.0
        return max(self.total_s - reached_s, 0.0) * pace + waits_s, min(fraction, 1.0)


def timeline_of(plan: Plan) -> Timeline:
    """The timeline of a plan; each segment takes what its estimate says."""
    ends = [np.empty(0)]
    before_s = 0.0
    for item in plan.items:
        if isinstance(item, Segment):
            ends.append(before_s + _cycle_ends(item, plan.cell.nominal_capacity_Ah))
            before_s += item.estimate.duration_s
    waits_s = tuple(_waits_s(plan))
    return Timeline(np.concatenate(ends), plan.estimate.duration_s - sum(waits_s), waits_s)


def _waits_s(plan: Plan) -> Iterator[float]:
    """As the plan's own estimate has it: from room temperature on."""
    at_degC = ROOM_degC
    for item in plan.items:
        if isinstance(item, SetTemperature):
            yield ramp_and_soak_s(at_degC, item.target_degC, item.ramp_K_per_min, item.soak_s)
            at_degC = item.target_degC
        else:
            yield 0.0


def _cycle_ends(segment: Segment, capacity_Ah: float | None) -> npt.NDArray[np.float64]:
    cycles, total_s = segment.estimate.cycles, segment.estimate.duration_s
    if cycles > _CYCLES_MAX:
        return np.empty(0)
    durations_s, after_s = _cycle_durations(segment.program.steps, _Measure(segment.program, capacity_Ah))
    reckoned_s = float(durations_s.sum()) + after_s
    scale = total_s / reckoned_s if reckoned_s > 0 else 1.0
    return np.cumsum(durations_s) * scale


@dataclass(frozen=True)
class _Measure:
    """How long a step alone takes; only the proportions matter."""

    program: Program
    capacity_Ah: float | None

    def duration_s(self, step: Step) -> float:
        alone = Program((step,), self.program.limits, self.program.record)
        return estimate_program(alone, self.capacity_Ah).duration_s


def _cycle_durations(steps: tuple[Step, ...], measure: _Measure) -> tuple[npt.NDArray[np.float64], float]:
    """Durations of the cycles in a body, and what follows the last of them. One innermost pass is one cycle."""
    parts: list[npt.NDArray[np.float64]] = []
    pending_s = 0.0
    for step in steps:
        if not isinstance(step, Loop):
            pending_s += measure.duration_s(step)
            continue
        part = _loop_durations(step, measure)
        part[0] += pending_s
        pending_s = 0.0
        parts.append(part)
    return (np.concatenate(parts) if parts else np.empty(0)), pending_s


def _loop_durations(loop: Loop, measure: _Measure) -> npt.NDArray[np.float64]:
    inner, after_s = _cycle_durations(loop.body, measure)
    if not len(inner):
        return np.full(loop.count, after_s)
    inner[-1] += after_s
    return np.tile(inner, loop.count)
