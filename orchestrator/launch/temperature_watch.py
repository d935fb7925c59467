"""Who watches the temperature limits of a plan where it is to run: the service, by some thermometer, or nobody."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.config import Lab
from orchestrator.config.temperature_source import thermometer
from orchestrator.launch.target import Target
from protocols.plan import Plan, Segment
from protocols.program import Limits, Loop, walk

__all__ = ["temperature_watch"]


def temperature_watch(plan: Plan, lab: Lab, target: Target) -> str | None:
    """One line for people; None where the plan has no limits of temperature.

    Where nobody watches, nothing is refused: the limits of temperature are not among those that every protocol has to
    have, and a channel may have a sensor that only its instrument knows of.
    """
    if not any(map(_limits_temperature, _limits(plan))):
        return None
    bench = lab.bench_of(target.instrument.name, target.channel)
    told_by = None if bench is None else thermometer(bench.temperature, bench.chamber)
    if told_by is not None:
        return f"temperature: watched by the service at each look, by {told_by}"
    remedy = "name its `temperature` in the lab file" if bench else "name it as a bench with its `temperature`"
    return f"temperature: NOT watched by the service either: the lab file has no thermometer for {target}; {remedy}"


def _limits(plan: Plan) -> Iterator[Limits]:
    for item in plan.items:
        if isinstance(item, Segment):
            yield item.program.limits
            steps = (step for step in walk(item.program.steps) if not isinstance(step, Loop))
            yield from (step.limits for step in steps if step.limits is not None)


def _limits_temperature(limits: Limits) -> bool:
    return limits.temperature_min_degC is not None or limits.temperature_max_degC is not None
