"""Stop rules that a channel cannot evaluate: judged on complete cycles, carried out at a cycle's boundary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from drivers.contracts import MappedStep
from protocols.program import Loop, Program, RetentionRule, Step

__all__ = ["CycleCapacity", "StopRule", "find_stop_rule"]


@dataclass(frozen=True, slots=True)
class CycleCapacity:
    """One complete cycle by the instrument's own counters; ``capacity_Ah`` is the smaller of charge and discharge.

    The smaller one is what the cell gives back: the charge of a half cell's working electrode, the discharge of a full
    cell.
    """

    cycle: int
    """The instrument's number, from 1 in this segment."""
    capacity_Ah: float
    gap: bool


@dataclass(frozen=True, slots=True)
class StopRule:
    """The rule of one segment's last loop."""

    rule: RetentionRule
    cycles_before: int
    """Cycles of this segment before the loop begins."""
    first_step: int
    """Instrument step number at which every pass of the loop begins."""

    @property
    def reference(self) -> int:
        """The instrument's number of the reference cycle."""
        return self.cycles_before + self.rule.reference_cycle

    def boundary(
        self, reference: CycleCapacity | None, latest: Sequence[CycleCapacity], current_cycle: int
    ) -> tuple[int, int] | None:
        """``(cycle, step)`` before which the channel should pause, or None while the rule is not met.

        ``latest`` are the last complete cycles in order. A cycle with a gap is never judged, nor against.
        """
        judged = [cycle for cycle in latest if cycle.cycle > self.reference][-self.rule.for_cycles :]
        if reference is None or reference.gap or reference.capacity_Ah <= 0 or len(judged) < self.rule.for_cycles:
            return None
        if any(cycle.gap or cycle.capacity_Ah >= self.rule.below * reference.capacity_Ah for cycle in judged):
            return None
        return current_cycle + 1, self.first_step


def find_stop_rule(program: Program, step_map: Sequence[MappedStep]) -> StopRule | None:
    """The stop rule of a segment. The compiler ends a segment with such a loop."""
    last = program.steps[-1] if program.steps else None
    if not isinstance(last, Loop) or last.stop_when is None:
        return None
    own = next(row.step for row in step_map if row.kind == "loop" and row.origin == last.origin)
    first = min(row.step for row in step_map if own in row.loops)
    return StopRule(last.stop_when, sum(_cycles(step) for step in program.steps[:-1]), first)


def _cycles(step: Step) -> int:
    """Passes that the instrument's counter shows for one step: of nested loops the innermost counts."""
    if not isinstance(step, Loop):
        return 0
    inner = sum(_cycles(child) for child in step.body)
    return step.count * max(1, inner)
