"""What conditions say about a chamber. Pure."""

from __future__ import annotations

import math

from drivers.contracts import ChamberState
from orchestrator.interlocks.condition import Alarming, Bound, Condition, Frozen, Lost, OutsideLimits, SetPointChanged
from orchestrator.interlocks.frozen import frozen_since_s, stood
from orchestrator.interlocks.judge_cell import beyond
from orchestrator.interlocks.progress import Progress
from orchestrator.interlocks.seen import ChamberSeen
from orchestrator.interlocks.verdict import Verdict

__all__ = ["judge_chamber"]

_ROUNDING_K = 0.11
"""Chambers show tenths of a degree, some of them of Fahrenheit."""
_MOVING = (ChamberState.RUNNING, ChamberState.PROFILE)


def judge_chamber(condition: Condition, chamber: ChamberSeen, before: Progress) -> Verdict | None:
    """One look at a chamber; None where it is not newer than the last, or the condition is about no chamber."""
    if chamber.at_s <= before.sample_s:
        return None
    at_s, value = chamber.at_s, chamber.process_degC
    match condition:
        case Bound():
            return beyond(condition, at_s, value)
        case OutsideLimits():
            return _outside(condition, chamber)
        case Lost():
            return Verdict(at_s, value is None or not math.isfinite(value), "its sensor tells no temperature")
        case Frozen():
            return _frozen(chamber, before)
        case Alarming():
            told = ", ".join(chamber.alarms) or chamber.native_state
            return Verdict(at_s, bool(chamber.alarms) or chamber.state is ChamberState.TRIPPED, f"it shows: {told}")
        case SetPointChanged():
            return _changed(chamber)
        case _:
            return None


def _outside(condition: OutsideLimits, chamber: ChamberSeen) -> Verdict:
    value = chamber.process_degC
    if value is None or not math.isfinite(value) or chamber.limits_degC is None:
        return Verdict(chamber.at_s, None)
    low, high = chamber.limits_degC
    outside = not low - condition.margin_K <= value <= high + condition.margin_K
    return Verdict(chamber.at_s, outside, f"{value:.1f} degC; its limits are {low:g} degC and {high:g} degC")


def _frozen(chamber: ChamberSeen, before: Progress) -> Verdict:
    moving = chamber.state in _MOVING  # switched off it need not follow a set point
    value = chamber.process_degC if moving else None
    standing = stood(before.standing, chamber.at_s, value, chamber.aim_degC, None)
    since = frozen_since_s(standing)
    text = "" if standing is None else f"it stands still at {standing.value_degC:g} degC while its set point moved"
    return Verdict(chamber.at_s, since is not None, text, since_s=since, standing=standing)


def _changed(chamber: ChamberSeen) -> Verdict:
    if chamber.wanted_degC is None or chamber.set_point_degC is None:
        return Verdict(chamber.at_s, None if chamber.wanted_degC is not None else False)
    changed = abs(chamber.set_point_degC - chamber.wanted_degC) > _ROUNDING_K
    text = f"its set point is {chamber.set_point_degC:g} degC, ours was {chamber.wanted_degC:g} degC"
    return Verdict(chamber.at_s, changed, text)
