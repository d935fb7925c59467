"""A run as the API shows it: where it is, what the channel does, how long it will take."""

from __future__ import annotations

from typing import Any

from orchestrator.config import Lab
from orchestrator.run_state import RunState
from orchestrator.web.models.run import ProgressAnswer, RunAnswer
from orchestrator.web.plan_cache import KnownPlan, PlanCache
from orchestrator.web.run_position import cycle_of, left_of, step_of, step_text, values_of
from orchestrator.web.run_rows import ENDED, RunRows
from protocols.plan import Prompt, Segment

__all__ = ["HAS_AN_END", "SILENT_AFTER_S", "UNWATCHED_AFTER_S", "is_stale", "progress_of", "run_answer"]

UNWATCHED_AFTER_S = 60.0
"""A node that has not reported for so long, where it does every 5 s, hangs or is gone. Real seconds."""
SILENT_AFTER_S = 8.0
"""From here on the pages say so, and show what it last told as old. Real seconds."""
HAS_AN_END = frozenset({RunState.STARTING, RunState.RUNNING, RunState.STOPPING})
_ON_ITS_CHANNEL = frozenset({RunState.STARTING, RunState.RUNNING, RunState.PAUSING, RunState.PAUSED, RunState.STOPPING})


def is_stale(lab: Lab, instrument: str, observed_unix_s: float | None, now_unix_s: float) -> bool:
    """Whether an observation is older than the lab file allows for this instrument."""
    place = lab.instruments.get(instrument)
    if place is None or observed_unix_s is None:
        return True
    # one from a time to come was written before a clock was set back: nobody knows how old it is
    return abs(now_unix_s - observed_unix_s) > place.lost_after_s


def run_answer(lab: Lab, plans: PlanCache, rows: RunRows, now_unix_s: float) -> RunAnswer:
    """The answer for one run."""
    run = rows.run
    bench = lab.bench_of(run.instrument, run.channel)
    unwatched = _unwatched(rows)
    return RunAnswer(
        id=run.id,
        protocol=run.protocol,
        cell=run.cell_id,
        instrument=run.instrument,
        channel=run.channel,
        bench=bench.name if bench else None,
        state=RunState.LOST.value if unwatched else run.state,
        ended=run.state in ENDED,
        desired=run.desired,
        reason=unwatched or run.reason,
        chamber=run.chamber,
        batch_id=run.batch_id,
        prompt=_prompt(plans.of(run.id, run.plan), run),
        created_unix_s=run.created_unix_s,
        created_by=run.created_by,
        started_unix_s=run.started_unix_s,
        finished_unix_s=run.finished_unix_s,
        last_seen_unix_s=run.last_seen_unix_s,
        progress=progress_of(lab, plans.of(run.id, run.plan), rows, now_unix_s),
    )


def _unwatched(rows: RunRows) -> str | None:
    """Why nobody can tell how a test is that was on its channel when a node last said anything."""
    if rows.run.state not in _ON_ITS_CHANNEL or rows.reported_s is None or rows.reported_s <= UNWATCHED_AFTER_S:
        return None
    known = f"it was {rows.run.state} when the node of {rows.run.instrument} last reported"
    return f"{known}, {rows.reported_s:.0f} s ago; what is on the channel goes on by itself, start the node"


def _task_line(known: KnownPlan, run: Any) -> int | None:
    """Line of a temperature step or a prompt that the run stands at."""
    item = known.plan.items[run.item]
    return None if isinstance(item, Segment) or run.state in ENDED else item.line


def _prompt(known: KnownPlan, run: Any) -> str | None:
    item = known.plan.items[run.item]
    return item.text if isinstance(item, Prompt) and run.state == RunState.WAITING else None


def progress_of(lab: Lab, known: KnownPlan, rows: RunRows, now_unix_s: float) -> ProgressAnswer:
    """Where the run is. What was seen too long ago is left out rather than shown as the present."""
    run, seen = rows.run, rows.latest
    ended = run.state in ENDED
    if ended or seen is None or is_stale(lab, run.instrument, seen.observed_unix_s, now_unix_s):
        seen = None
    step = step_of(rows.segment, seen)
    values = values_of(lab, run, rows.record, seen)
    left_s, fraction = left_of(known, run, rows.segment, rows.clock)
    return ProgressAnswer(
        cycle=None if ended else cycle_of(rows.segment, rows.clock, seen),
        cycles_done=run.cycles_done,
        cycles_total=known.cycles_total,
        cycles_about=known.timeline.may_end_early,
        item=run.item,
        items=len(known.plan.items),
        step=step_text(step, values),
        label=step["origin"]["label"] if step else None,
        line=step["origin"]["line"] if step else _task_line(known, run),
        voltage_V=values.voltage_V if values else None,
        current_A=values.current_A if values else None,
        temperature_degC=seen.temperature_degC if seen else None,
        observed_unix_s=seen.observed_unix_s if seen else None,
        elapsed_s=_elapsed_s(run, now_unix_s),
        time_left_s=None if ended else left_s,
        finish_unix_s=now_unix_s + left_s if run.state in HAS_AN_END else None,
        fraction=1.0 if run.state == RunState.COMPLETED else fraction,
    )


def _elapsed_s(run: Any, now_unix_s: float) -> float | None:
    if run.started_unix_s is None:
        return None
    return max(float((run.finished_unix_s or now_unix_s) - run.started_unix_s), 0.0)
