"""The card of one channel."""

from __future__ import annotations

from typing import Any

from drivers.contracts import ChannelState
from orchestrator.config import Lab
from orchestrator.config.lab import BenchPlace
from orchestrator.web.bench.card import Card, Group
from orchestrator.web.bench.facts import Facts
from orchestrator.web.bench.quantity import current_text, temperature_text, voltage_text
from orchestrator.web.bench.state import Verdict, judge
from orchestrator.web.models.run import ProgressAnswer
from orchestrator.web.plan_cache import KnownPlan
from orchestrator.web.run_rows import RunRows
from orchestrator.web.run_view import progress_of

__all__ = ["card_of"]

_FINISH_TO_s = 60.0
"""A finish time is told to the minute: it is an estimate, and seconds of it would change with every look."""


def card_of(lab: Lab, bench: BenchPlace | None, facts: Facts, known: KnownPlan | None, now_unix_s: float) -> Card:
    """What is shown; ``known`` is the plan of the run that has the channel."""
    verdict = judge(facts)
    shown: dict[str, Any] = _of_channel(facts)
    if facts.run is not None and known is not None:
        rows = RunRows(facts.run, facts.segment, _own(facts), facts.clock, facts.segment and facts.segment.newest)
        shown |= _of_run(facts, verdict, progress_of(lab, known, rows, now_unix_s))
    elif facts.last_run is not None:
        shown |= {"run_id": facts.last_run.id, "cell": facts.last_run.cell_id, "protocol": facts.last_run.protocol}
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
        **shown,
    )


def _own(facts: Facts) -> Any:
    """The observation, where it is of the run that has the channel, and somebody can still be sure of it."""
    if facts.seen is None or facts.run is None or facts.seen.run_id != facts.run.id or facts.silent:
        return None
    return facts.seen


def _of_channel(facts: Facts) -> dict[str, Any]:
    """What the channel itself told; the last that was seen of one in doubt, whose age stands beside it."""
    seen = facts.seen
    if seen is None:
        return {}
    current_A = seen.current_A if seen.state != ChannelState.IDLE or seen.current_A else None
    return {
        "observed_unix_s": seen.observed_unix_s,
        "voltage": voltage_text(seen.voltage_V),
        "current": current_text(current_A),
        "temperature": temperature_text(seen.temperature_degC),
    }


def _of_run(facts: Facts, verdict: Verdict, at: ProgressAnswer) -> dict[str, Any]:
    run = facts.run
    assert run is not None  # noqa: S101 - the caller has looked
    shown: dict[str, Any] = {
        "run_id": run.id,
        "cell": run.cell_id,
        "protocol": run.protocol,
        "cycle": at.cycle,
        "cycles_total": at.cycles_total,
        "cycles_about": at.cycles_about,
        "label": at.label or "",
        "step": at.step or "",
        "fraction": round(at.fraction, 3) if run.started_unix_s is not None else None,
    }
    if at.voltage_V is not None:
        shown |= {"voltage": voltage_text(at.voltage_V), "current": current_text(at.current_A)}
    if at.finish_unix_s is not None and verdict.group is Group.RUNNING:
        shown["finish_unix_s"] = round(at.finish_unix_s / _FINISH_TO_s) * _FINISH_TO_s
    return shown
