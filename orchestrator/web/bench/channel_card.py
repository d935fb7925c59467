"""The card of one channel."""

from __future__ import annotations

from typing import Any

from drivers.contracts import ChannelState
from orchestrator.config import Lab
from orchestrator.config.lab import BenchPlace
from orchestrator.web.bench.active_run import ActiveRun
from orchestrator.web.bench.card import Card, Group
from orchestrator.web.bench.facts import Facts
from orchestrator.web.bench.observation import Observation
from orchestrator.web.bench.quantity import current_text, temperature_text, voltage_text
from orchestrator.web.bench.state import judge
from orchestrator.web.plan_cache import KnownPlan
from orchestrator.web.run_position import cycle_of, left_of, step_of, step_text, values_of
from orchestrator.web.run_view import HAS_AN_END

__all__ = ["card_of"]

_Values = ActiveRun | Observation
_FINISH_TO_s = 60.0
"""A finish time is told to the minute: it is an estimate, and seconds of it would change with every look."""


def card_of(lab: Lab, bench: BenchPlace | None, facts: Facts, known: KnownPlan | None, now_unix_s: float) -> Card:
    """What is shown; ``known`` is the plan of the run that has the channel."""
    verdict, run = judge(facts), facts.run
    values, shown = None, _of_last_run(facts)
    if run is not None and known is not None:
        values = values_of(lab, run, run.record, _sure(run, facts))
        shown = _of_run(facts, run, known, values, now_unix_s if verdict.group is Group.RUNNING else None)
    return Card(
        instrument=facts.instrument,
        channel=facts.channel,
        name=bench.name if bench else f"{facts.instrument}/{facts.channel}",
        chamber=bench.chamber if bench else None,
        state=verdict.state,
        group=verdict.group,
        attention=verdict.attention,
        note=verdict.note,
        detail=verdict.detail,
        queued=facts.queued,
        **_measured(facts.seen, values),
        **shown,
    )


def _of_last_run(facts: Facts) -> dict[str, Any]:
    last = facts.last_run
    return {} if last is None else {"run_id": last.id, "cell": last.cell_id, "protocol": last.protocol}


def _sure(run: ActiveRun, facts: Facts) -> Observation | None:
    """The observation, where it is of the run that has the channel, and somebody can still be sure of it."""
    if facts.seen is None or facts.seen.run_id != run.id or facts.silent or facts.too_old:
        return None
    return facts.seen


def _of_run(
    facts: Facts, run: ActiveRun, known: KnownPlan, values: _Values | None, ends_from_unix_s: float | None
) -> dict[str, Any]:
    """``ends_from_unix_s``: now, where the time that is left tells an end."""
    seen = _sure(run, facts)
    step = step_of(facts.segment, seen)
    left_s, fraction = left_of(known, run, facts.segment, run.clock)
    shown: dict[str, Any] = {
        "run_id": run.id,
        "cell": run.cell_id,
        "protocol": run.protocol,
        "cycle": cycle_of(facts.segment, run.clock, seen),
        "cycles_total": known.cycles_total,
        "cycles_about": known.timeline.may_end_early,
        "label": (step["origin"]["label"] or "") if step else "",
        "step": step_text(step, values) or "",
        "fraction": round(fraction, 3) if run.started_unix_s is not None else None,
    }
    if ends_from_unix_s is not None and run.state in HAS_AN_END:
        shown["finish_unix_s"] = round((ends_from_unix_s + left_s) / _FINISH_TO_s) * _FINISH_TO_s
    return shown


def _measured(seen: Observation | None, values: _Values | None) -> dict[str, Any]:
    """The run's own values where there are any, else what the channel itself told.

    Of a channel in doubt it is the last that was seen of it, whose age stands beside it.
    """
    if seen is None:
        return {}
    voltage_V, current_A = seen.voltage_V, seen.current_A
    if values is not None and values.voltage_V is not None:
        voltage_V, current_A = values.voltage_V, values.current_A
    elif seen.state == ChannelState.IDLE:
        current_A = current_A or None
    return {
        "observed_unix_s": seen.observed_unix_s,
        "voltage": voltage_text(voltage_V),
        "current": current_text(current_A),
        "temperature": temperature_text(seen.temperature_degC),
    }
