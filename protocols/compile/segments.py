"""Where a bound body is cut into segments: a loop with a stop rule ends its segment.

A channel cannot judge such a rule. The service ends the channel at a cycle's boundary, and what follows in the protocol
has to begin as a program of its own.
"""

from __future__ import annotations

from protocols.program import Loop, Step

__all__ = ["cut_into_segments"]


def cut_into_segments(steps: tuple[Step, ...]) -> list[tuple[Step, ...]]:
    """Steps in order, grouped; no group is empty unless there are no steps at all."""
    groups: list[tuple[Step, ...]] = [()]
    for step in steps:
        groups[-1] = (*groups[-1], step)
        if isinstance(step, Loop) and step.stop_when is not None:
            groups.append(())
    return [group for group in groups if group] or [()]
