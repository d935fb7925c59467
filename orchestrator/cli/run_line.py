"""One run in one line, and the parts that such a line is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.cli.wording import NOTHING, clock_time, duration, quantity

if TYPE_CHECKING:
    from orchestrator.web.models.run import RunAnswer

__all__ = ["cycle_text", "left_text", "run_line", "step_text", "values_text"]


def run_line(run: RunAnswer) -> str:
    """``run 17  rate-ladder on L1 at A1  running  cycle 3 of 48  …``."""
    where = run.bench or f"{run.instrument}/{run.channel}"
    parts = [f"run {run.id}", f"{run.protocol} on {run.cell} at {where}", run.state, cycle_text(run)]
    if not run.ended:
        parts += [step_text(run), values_text(run), left_text(run)]
    return "  ".join(part for part in [*parts, run.reason or ""] if part)


def cycle_text(run: RunAnswer) -> str:
    """``cycle 3 of 48``, or ``of about 48`` where loops may end early; after the end, how many were done.

    Nothing where the protocol has no cycles.
    """
    at = run.progress
    if not at.cycles_total:
        return ""
    total = f"about {at.cycles_total}" if at.cycles_about else str(at.cycles_total)
    if run.ended:
        return f"{at.cycles_done} of {total} cycles"
    return f"cycle {at.cycle or 0} of {total}"


def step_text(run: RunAnswer) -> str:
    """``discharge (constant current), ladder 0.2 A/g``."""
    at = run.progress
    if at.step is None:
        return ""
    return f"{at.step}, {at.label}" if at.label else at.step


def values_text(run: RunAnswer) -> str:
    """``412 mV  -550 µA``."""
    at = run.progress
    values = (quantity(at.voltage_V, "V"), quantity(at.current_A, "A"))
    return "  ".join(value for value in values if value != NOTHING)


def left_text(run: RunAnswer) -> str:
    """``2 d 7 h left, done Wed 03:20``."""
    at = run.progress
    if at.time_left_s is None:
        return ""
    now_s = run.last_seen_unix_s or run.created_unix_s
    done = f", done {clock_time(at.finish_unix_s, now_s)}" if at.finish_unix_s is not None else ""
    return f"{duration(at.time_left_s)} left{done}"
