"""A plan held against bench and instrument: everything that would be refused is known before anything starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from drivers.contracts import Cycler, EndsAtCycle, Translation
from drivers.errors import Refused
from orchestrator.config import BenchLimits
from orchestrator.launch.able_channels import AbleChannels
from orchestrator.launch.bench_limits import beyond_bench_limits
from orchestrator.launch.refusal import LaunchRefused
from orchestrator.launch.target import Target
from orchestrator.launch.temperature_limits import temperature_problems
from orchestrator.launch.temperature_watch import temperature_watch
from protocols.plan import Plan, Segment
from protocols.program import Loop, Program, walk

__all__ = ["Prepared", "prepare"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A plan that bench and instrument accept."""

    plan: Plan
    translations: Mapping[int, Translation]
    """By index into ``plan.items``."""
    temperature_watch: str | None = None
    """Who watches the plan's temperature limits; None: it has none, or the lab is not known."""

    @property
    def watched_by_service(self) -> tuple[str, ...]:
        """Limits that the instrument cannot hold itself, each once."""
        lines = [line for translation in self.translations.values() for line in translation.watched_by_service]
        if self.temperature_watch is not None:
            lines.append(self.temperature_watch)
        return tuple(dict.fromkeys(lines))


def prepare(
    plan: Plan, limits: BenchLimits, target: Target, cycler: Cycler, elsewhere: AbleChannels | None = None
) -> Prepared:
    """Check and translate every segment; no exchange with the instrument. Raises LaunchRefused with all problems.

    ``elsewhere`` knows the lab: the channels that can do what this one lacks, and the chambers.
    """
    problems = beyond_bench_limits(plan, limits)
    if elsewhere is not None:
        problems += temperature_problems(plan, elsewhere.lab, target, elsewhere.connection)
    segments = {number: item.program for number, item in enumerate(plan.items) if isinstance(item, Segment)}
    for program in segments.values():
        found = cycler.check(program, target.channel)
        told = [elsewhere.explain(problem, program) if elsewhere else str(problem) for problem in found]
        problems += [f"{target}: {line}" for line in (*told, *_rules_nobody_carries_out(program, cycler))]
    if not segments:
        problems.append("the plan holds no step that a channel could execute")
    if problems:
        raise LaunchRefused(dict.fromkeys(problems))
    try:
        translations = {number: cycler.translate(program, target.channel) for number, program in segments.items()}
    except Refused as error:
        raise LaunchRefused(f"{target}: {error}") from error
    return Prepared(plan, translations, temperature_watch(plan, elsewhere.lab, target) if elsewhere else None)


def _rules_nobody_carries_out(program: Program, cycler: Cycler) -> list[str]:
    """Stop rules of a program whose instrument cannot be told to end at a cycle's boundary."""
    if isinstance(cycler, EndsAtCycle):
        return []
    return [
        f"line {step.origin.line}: stop_when: this instrument cannot be ended at a cycle's boundary; "
        "repeat a fixed number of times instead, or take another channel"
        for step in walk(program.steps)
        if isinstance(step, Loop) and step.stop_when is not None
    ]
