"""What conditions say about a cell. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping

from drivers.contracts import ChannelState
from orchestrator.config.temperature_source import thermometer
from orchestrator.interlocks.condition import (
    AgainstStep,
    BeyondExpected,
    Bound,
    Condition,
    ForeignClient,
    Frozen,
    HeatingRate,
    LimitsDiffer,
    Lost,
    OutsideProtocol,
    StopUnconfirmed,
)
from orchestrator.interlocks.frozen import frozen_since_s, stood
from orchestrator.interlocks.heating import exceeds, joined
from orchestrator.interlocks.judge_step import judge_step
from orchestrator.interlocks.progress import Progress
from orchestrator.interlocks.seen import CellSeen, ChamberSeen
from orchestrator.interlocks.verdict import Verdict

__all__ = ["beyond", "judge_cell"]


def judge_cell(
    condition: Condition, cell: CellSeen, chambers: Mapping[str, ChamberSeen], before: Progress
) -> Verdict | None:
    """One look at a cell; None where it is not newer than the last, or the condition is about no cell.

    Voltage and current are judged while a test holds the cell; its temperature always, where somebody tells it.
    """
    chamber = chambers.get(cell.place.chamber) if cell.place.chamber else None
    if isinstance(condition, HeatingRate):
        return _heating(condition, cell, chamber, before)
    if cell.at_s <= before.sample_s:
        return None
    match condition:
        case Bound():
            return _bound(condition, cell)
        case OutsideProtocol():
            return _outside_protocol(cell)
        case Lost():
            lost = not _finite(cell.temperature_degC)
            return Verdict(cell.at_s, lost, "its temperature sensor tells no number") if cell.place.sensor else None
        case Frozen():
            return _frozen(cell, chamber, before)
        case ForeignClient():
            what = "another program has" if cell.taken else "a test that is none of ours is on"
            return Verdict(cell.at_s, cell.taken or (cell.driven and not cell.ours), f"{what} the channel")
        case AgainstStep() | BeyondExpected():
            return judge_step(condition, cell.at_s, cell.run.newest if cell.driven and cell.ours else None)
        case StopUnconfirmed():
            holds = (cell.run.stopping or cell.stop_failed is not None) and cell.driven
            return Verdict(cell.at_s, holds, "it was stopped and still runs; current may flow")
        case LimitsDiffer():
            differ = cell.ours and cell.limits_differ is not None
            return Verdict(cell.at_s, differ, f"the instrument holds other limits: {cell.limits_differ}")
        case _:
            return None


def beyond(condition: Bound, at_s: float, value: float | None) -> Verdict:
    """A value against its bound."""
    if value is None or not math.isfinite(value):
        return Verdict(at_s, None)
    measured = abs(value) if condition.quantity == "current" else value
    holds = measured > condition.value if condition.side == "above" else measured < condition.value
    if not holds:
        return Verdict(at_s, False)
    unit = {"voltage": "V", "current": "A", "temperature": "degC"}[condition.quantity]
    return Verdict(at_s, True, f"{condition.quantity} {value:.5g} {unit}, {condition.side} {condition.value:g} {unit}")


def _bound(condition: Bound, cell: CellSeen) -> Verdict | None:
    if condition.quantity == "temperature":
        return beyond(condition, cell.at_s, cell.temperature_degC)
    if not cell.driven:
        return Verdict(cell.at_s, None if cell.state is ChannelState.UNKNOWN else False)
    return beyond(condition, cell.at_s, cell.voltage_V if condition.quantity == "voltage" else cell.current_A)


def _outside_protocol(cell: CellSeen) -> Verdict:
    limits_degC, value_degC = cell.run.temperatures_degC, cell.nearest_degC
    if not (cell.driven and cell.ours) or limits_degC is None:
        return Verdict(cell.at_s, False)
    if value_degC is None or not math.isfinite(value_degC):
        return Verdict(cell.at_s, None)
    (low_degC, high_degC), told_by = limits_degC, thermometer(cell.place.sensor, cell.place.chamber)
    if low_degC <= value_degC <= high_degC:
        return Verdict(cell.at_s, False)
    beyond = f"above the protocol's {high_degC:g}" if value_degC > high_degC else f"below the protocol's {low_degC:g}"
    return Verdict(cell.at_s, True, f"temperature {value_degC:.5g} degC by {told_by}, {beyond} degC")


def _heating(condition: HeatingRate, cell: CellSeen, chamber: ChamberSeen | None, before: Progress) -> Verdict | None:
    inside = condition.relative and cell.place.chamber is not None
    if inside and chamber is None:
        return None  # never seen yet; its silence has a rule of its own
    samples = joined(before.samples, cell, chamber if inside else None)
    if samples is None:
        return None
    found = exceeds(condition, samples)
    holds, text = (None, "") if found is None else found
    return Verdict(samples[-1].at_s, holds, text, samples=samples)


def _frozen(cell: CellSeen, chamber: ChamberSeen | None, before: Progress) -> Verdict:
    aim = None if chamber is None else chamber.aim_degC
    records = cell.records if cell.state is ChannelState.RUNNING else None
    standing = stood(before.standing, cell.at_s, cell.temperature_degC, aim, records)
    since = frozen_since_s(standing)
    text = "" if standing is None else f"its temperature stands still at {standing.value_degC:g} degC"
    return Verdict(cell.at_s, since is not None, text, since_s=since, standing=standing)


def _finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)
