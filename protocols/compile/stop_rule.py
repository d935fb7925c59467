"""``stop_when`` in absolute values; and whether it can ever apply."""

from __future__ import annotations

import math

from protocols.compile.scope import Scope
from protocols.errors import Refusal, quoted
from protocols.program import ConstantCurrent, ConstantCurrentConstantVoltage, Loop, RetentionRule, Step
from protocols.schema.fields import Count
from protocols.schema.stop_when import StopWhenSection

__all__ = ["bind_stop_rule"]


def bind_stop_rule(section: StopWhenSection, scope: Scope, count: int, body: tuple[Step, ...]) -> RetentionRule:
    """Bind the rule of a loop. Raises Refusal."""
    rule = section.capacity_retention
    below = scope.value(rule.below)
    if below.value > 100:
        raise Refusal(rule.below.node.place, f"{quoted(below.text)} is always fulfilled", "write a share up to 100 %")
    reference, in_a_row = _count(rule.since_cycle, scope), _count(rule.for_cycles, scope)
    if reference + in_a_row > count:
        message = f"the loop of {count} cycles ends before the rule can apply"
        raise Refusal(rule.place, message, "lower since_cycle or for_cycles, or repeat more often")
    if any(isinstance(step, Loop) for step in body):
        raise Refusal(
            section.place, "the loop holds another loop: its cycles are counted inside", "leave out stop_when"
        )
    currents = [step.current_A for step in body if isinstance(step, ConstantCurrent | ConstantCurrentConstantVoltage)]
    # A cell that is not known yet makes a current NaN: then nothing is said about its direction.
    if body and not any(map(math.isnan, currents)) and {current > 0 for current in currents} != {True, False}:
        message = "the loop does not both charge and discharge, so there is no capacity to judge"
        raise Refusal(section.place, message, "leave out stop_when")
    return RetentionRule(below.value / 100, reference, in_a_row)


def _count(written: Count | None, scope: Scope) -> int:
    return 1 if written is None else scope.value(written)
