"""Where a bound body is cut into the items of a plan.

Between a channel's programs stand the temperatures and prompts, which the service carries out. Besides, a loop with a
stop rule, or that a step leaves, ends its segment: a channel cannot judge a stop rule, so the service ends the channel
at a cycle's boundary, and a step that leaves its loop ends the channel's program. What follows in the protocol has to
begin as a program of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from protocols.plan import Prompt, SetTemperature
from protocols.program import ConstantCurrent, Loop, Step

__all__ = ["Bound", "Group", "SegmentBreak", "cut_into_groups"]


@dataclass(frozen=True, slots=True)
class SegmentBreak:
    """A pass of a loop that is written out ends here: what one pass holds is no program with what the next does."""


Bound = Step | SetTemperature | Prompt | SegmentBreak
Group = tuple[Step, ...] | SetTemperature | Prompt
"""Steps of one program, or what the service does between two."""


def cut_into_groups(bound: tuple[Bound, ...]) -> list[Group]:
    """Return what is bound, in order. No program is empty unless there is nothing else at all."""
    groups: list[Group] = []
    program: list[Step] = []
    for item in bound:
        if isinstance(item, Step):
            program.append(item)
            if not (isinstance(item, Loop) and _ends_segment(item)):
                continue
        if program:
            groups.append(tuple(program))
            program = []
        if isinstance(item, SetTemperature | Prompt):
            groups.append(item)
    if program or not groups:
        groups.append(tuple(program))
    return groups


def _ends_segment(loop: Loop) -> bool:
    leaves = any(isinstance(step, ConstantCurrent) and step.leaves_loop for step in loop.body)
    return leaves or loop.stop_when is not None
