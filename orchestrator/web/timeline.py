"""When a plan expects each cycle to end: what progress and time left are reckoned by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from protocols.estimate import estimate_program
from protocols.estimate.temperature import ROOM_degC, ramp_and_soak_s
from protocols.plan import Plan, Segment, SetTemperature
from protocols.program import ConstantCurrent, Loop, Program, Step, VoltageScan, walk

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
    cycles_before: tuple[int, ...] = ()
    """Cycles expected before each item of the plan, and before its end."""
    may_end_early: bool = False
    """Whether a loop ends at a voltage or by a stop rule: the number of cycles is an expectation then."""

    @property
    def cycles(self) -> int:
        """Expected of the whole plan, as a run counts them: at least one for each program."""
        return self.cycles_before[-1] if self.cycles_before else len(self.cycle_ends_s)

    def done(self, item: int, done_in_item: int) -> int:
        """How many of the expected cycles are done, where so many are of the item that the run is at.

        Those that an item took more or less than expected are none of the next one's.
        """
        if item + 1 >= len(self.cycles_before):
            return self.cycles
        before = self.cycles_before[item]
        return before + min(done_in_item, self.cycles_before[item + 1] - before)

    def left_s(self, cycles_done: int, done_at_s: float, now_s: float, item: int = 0) -> tuple[float, float]:
        """Seconds left and fraction done, where ``cycles_done`` cycles took ``done_at_s`` and it is ``now_s`` now.

        Cycles to come are expected to be as much faster or slower than planned as those done have been; of ramps and
        soaks those before ``item`` are over.
        """
        ends = self.cycle_ends_s
        done = min(cycles_done, len(ends))
        planned_s: float = ends.item(done - 1) if done else 0.0
        pace = min(max(done_at_s / planned_s, _PACE_MIN), _PACE_MAX) if done and planned_s > 0 else 1.0
        this_cycle_s = (ends.item(done) if done < len(ends) else self.total_s) - planned_s
        reached_s = planned_s + min(max(now_s - done_at_s, 0.0) / pace, this_cycle_s)
        waited_s, waits_s = sum(self.waits_s[:item]), sum(self.waits_s[item:])
        whole_s = self.total_s + waited_s + waits_s
        fraction = (reached_s + waited_s) / whole_s if whole_s > 0 else 0.0
        return max(self.total_s - reached_s, 0.0) * pace + waits_s, min(fraction, 1.0)


def timeline_of(plan: Plan) -> Timeline:
    """The timeline of a plan; each segment takes what its estimate says, in time and in cycles."""
    ends = [np.empty(0)]
    cycles_before = [0]
    before_s = 0.0
    for item in plan.items:
        own = np.empty(0)
        if isinstance(item, Segment):
            own = before_s + _cycle_ends(item, plan.cell.nominal_capacity_Ah)
            before_s += item.estimate.duration_s
        ends.append(own)
        cycles_before.append(cycles_before[-1] + len(own))
    waits_s = tuple(_waits_s(plan))
    in_channels_s = plan.estimate.duration_s - sum(waits_s)
    return Timeline(np.concatenate(ends), in_channels_s, waits_s, tuple(cycles_before), _may_end_early(plan))


def _may_end_early(plan: Plan) -> bool:
    steps = [step for item in plan.items if isinstance(item, Segment) for step in walk(item.program.steps)]
    return any(isinstance(step, Loop) and (step.stop_when is not None or _is_left(step)) for step in steps)


def _is_left(loop: Loop) -> bool:
    return any(isinstance(step, ConstantCurrent) and step.leaves_loop for step in loop.body)


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
    durations_s, after_s = _cycle_durations(segment.program.steps, _Measure(segment, capacity_Ah))
    if not len(durations_s):
        return np.array([total_s])  # a program without loops is one cycle of the run's
    reckoned_s = float(durations_s.sum()) + after_s
    scale = total_s / reckoned_s if reckoned_s > 0 else 1.0
    return np.cumsum(durations_s) * scale


@dataclass(frozen=True)
class _Measure:
    """How long a step alone takes; only the proportions matter."""

    segment: Segment
    capacity_Ah: float | None

    def duration_s(self, step: Step) -> float:
        program = self.segment.program
        alone = Program((step,), program.limits, program.record)
        return estimate_program(alone, self.capacity_Ah).duration_s

    def passes(self, loop: Loop) -> int:
        """How often a loop is expected to be gone through. One that a step leaves stands last in its segment."""
        if not _is_left(loop):
            return loop.count
        others = sum(_cycles_of(step) for step in self.segment.program.steps if step is not loop)
        return min(max(self.segment.estimate.cycles - others, 1), loop.count)


def _cycles_of(step: Step) -> int:
    if isinstance(step, VoltageScan):
        return step.cycles if len(step.turns) > 1 else 0
    if not isinstance(step, Loop):
        return 0
    return step.count * max(1, sum(_cycles_of(inner) for inner in step.body))


def _cycle_durations(steps: tuple[Step, ...], measure: _Measure) -> tuple[npt.NDArray[np.float64], float]:
    """Durations of the cycles in a body, and what follows the last of them.

    One innermost pass of loops is a cycle, and one cycle of a voltammogram.
    """
    parts: list[npt.NDArray[np.float64]] = []
    pending_s = 0.0
    for step in steps:
        if isinstance(step, Loop):
            part = _loop_durations(step, measure)
        elif isinstance(step, VoltageScan) and len(step.turns) > 1:
            part = np.full(step.cycles, measure.duration_s(step) / step.cycles)
        else:
            pending_s += measure.duration_s(step)
            continue
        part[0] += pending_s
        pending_s = 0.0
        parts.append(part)
    return (np.concatenate(parts) if parts else np.empty(0)), pending_s


def _loop_durations(loop: Loop, measure: _Measure) -> npt.NDArray[np.float64]:
    inner, after_s = _cycle_durations(loop.body, measure)
    if not len(inner):
        return np.full(measure.passes(loop), after_s)
    inner[-1] += after_s
    return np.tile(inner, measure.passes(loop))
