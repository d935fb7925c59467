"""Where a bound body is cut into segments: a loop with a stop rule, or that a step leaves, ends its segment.

A channel cannot judge a stop rule. The service ends the channel at a cycle's boundary, and what follows in the protocol
has to begin as a program of its own. A step that leaves its loop ends the channel's program likewise.
"""

from __future__ import annotations

from protocols.program import ConstantCurrent, Loop, Step

__all__ = ["cut_into_segments"]


def cut_into_segments(steps: tuple[Step, ...]) -> list[tuple[Step, ...]]:
    """Steps in order, grouped; no group is empty unless there are no steps at all."""
    groups: list[tuple[Step, ...]] = [()]
    for step in steps:
        groups[-1] = (*groups[-1], step)
        if isinstance(step, Loop) and _ends_segment(step):
            groups.append(())
    return [group for group in groups if group] or [()]


def _ends_segment(loop: Loop) -> bool:
    leaves = any(isinstance(step, ConstantCurrent) and step.leaves_loop for step in loop.body)
    return leaves or loop.stop_when is not None
