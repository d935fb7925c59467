"""What conditions say about the newest record of a running test, held against what its plan expects. Pure."""

from __future__ import annotations

import math

from orchestrator.interlocks.condition import AgainstStep, BeyondExpected
from orchestrator.interlocks.seen import StepSeen
from orchestrator.interlocks.verdict import Verdict

__all__ = ["judge_step"]

_REVERSED_SHARE = 0.1
"""A held voltage may end with a current that is noise around zero."""


def judge_step(condition: AgainstStep | BeyondExpected, at_s: float, newest: StepSeen | None) -> Verdict:
    """One look; where it brought no record, or where nothing is known of the step, it says nothing."""
    if newest is None:
        return Verdict(at_s, None)
    if isinstance(condition, AgainstStep):
        return _against(at_s, newest)
    return _beyond(condition, at_s, newest)


def _against(at_s: float, newest: StepSeen) -> Verdict:
    ordered_A = newest.expected.current_A
    if ordered_A is None:
        return Verdict(at_s, False)
    if not math.isfinite(newest.current_A):
        return Verdict(at_s, None)
    holds = newest.current_A * ordered_A < -_REVERSED_SHARE * ordered_A**2
    way = "charges" if ordered_A > 0 else "discharges"
    return Verdict(at_s, holds, f"current {newest.current_A:.4g} A in a step that {way}")


def _beyond(condition: BeyondExpected, at_s: float, newest: StepSeen) -> Verdict:
    of_charge = condition.quantity == "capacity"
    expected = newest.expected.capacity_Ah if of_charge else newest.expected.duration_s
    shown = newest.step_capacity_Ah if of_charge else newest.step_time_s
    if expected is None or not math.isfinite(shown):
        return Verdict(at_s, None)
    holds = shown > condition.factor * expected
    if of_charge:
        told = f"the step has passed {1000 * shown:.4g} mAh, expected {1000 * expected:.4g} mAh"
    else:
        told = f"the step runs for {shown:.0f} s, estimated {expected:.0f} s"
    return Verdict(at_s, holds, told)
