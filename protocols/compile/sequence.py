"""A body of steps bound in file order: ``for_each`` expanded, ``repeat`` kept as a loop of the instrument."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from protocols.compile.binding import CellBinding
from protocols.compile.channel_step import ChannelStep, bind_channel_step
from protocols.compile.job import Job
from protocols.compile.protection import Protection
from protocols.compile.scope import Scope
from protocols.compile.steps import OpenHold
from protocols.compile.stop_rule import bind_stop_rule
from protocols.errors import Refusal
from protocols.program import Loop, Origin, Record, Step
from protocols.schema.steps import ForEachStep, GittStep, RepeatStep

__all__ = ["LOOP_DEPTH_MAX", "STEPS_MAX", "Position", "SequenceCompiler"]

STEPS_MAX = 10_000
"""After expansion. A channel takes a few hundred; this only keeps a slip of the pen from filling the memory."""
LOOP_DEPTH_MAX = 6

AnyStep = ChannelStep | RepeatStep | ForEachStep


@dataclass(frozen=True, slots=True)
class Position:
    """Where a body stands in the program."""

    scope: Scope
    path: str = ""
    label: str | None = None
    depth: int = 0
    """Loops around it."""


@dataclass(slots=True)
class SequenceCompiler:
    """Binds steps to a cell; what is wrong with one step does not hide what is wrong with the next."""

    binding: CellBinding
    protection: Protection
    window: tuple[float, float] | None
    record: Record
    findings: list[Refusal] = field(default_factory=list)
    warnings: list[Refusal] = field(default_factory=list)
    _steps: int = 0

    def body(self, sections: tuple[AnyStep, ...], place: Position, before: Step | None = None) -> tuple[Step, ...]:
        """Bound steps; those that were refused are missing, and in ``findings``."""
        done: list[Step] = []
        refused = False
        for i, section in enumerate(sections):
            here = replace(place, path=f"{place.path}steps[{i}]")
            try:
                done += self._step(section, here, done[-1] if done else before)
                refused = False
            except Refusal as refusal:
                if not (refused and isinstance(refusal, OpenHold)):
                    self.findings.append(refusal)
                refused = True
        return tuple(done)

    def _step(self, section: AnyStep, place: Position, before: Step | None) -> tuple[Step, ...]:
        self._steps += 1
        if self._steps > STEPS_MAX:
            raise Refusal(section.place, f"the program grows beyond {STEPS_MAX} steps", "use repeat, or shorter lists")
        if isinstance(section, ForEachStep):
            return self._for_each(section, place, before)
        if section.label is not None:
            place = replace(place, label=place.scope.fill(section.label))
        origin = Origin(section.place.line or 0, place.path, place.label)
        if isinstance(section, RepeatStep):
            return (self._loop(section, place, origin),)
        if isinstance(section, GittStep) and place.depth:
            message = "a titration inside a repeat cannot be carried out: reaching its voltage ends the program"
            raise Refusal(section.gitt.place, message, "write it as often as it is wanted, or use for_each")
        return bind_channel_step(section, self._job(place, origin, before))

    def _job(self, place: Position, origin: Origin, before: Step | None) -> Job:
        return Job(place.scope, self.binding, self.protection, self.window, self.record, origin, before, self.warnings)

    def _for_each(self, section: ForEachStep, place: Position, before: Step | None) -> tuple[Step, ...]:
        loop = section.for_each
        done: tuple[Step, ...] = ()
        for value in place.scope.values(loop):
            if self._steps > STEPS_MAX:
                break
            scope = place.scope.within(loop, value)
            label = scope.fill(section.label) if section.label is not None else place.label
            here = replace(place, scope=scope, path=f"{place.path}.for_each[{loop.name}={value.text}].", label=label)
            done += self.body(section.steps, here, done[-1] if done else before)
        return done

    def _loop(self, section: RepeatStep, place: Position, origin: Origin) -> Loop:
        if place.depth >= LOOP_DEPTH_MAX:
            raise Refusal(section.place, f"loops are nested deeper than {LOOP_DEPTH_MAX}", "use fewer loops")
        if section.stop_when is not None and place.depth:
            message = "a stop rule inside another repeat cannot be carried out"
            raise Refusal(section.stop_when.place, message, "give the rule to the outermost repeat")
        count = place.scope.value(section.repeat)
        body = self.body(section.steps, replace(place, path=f"{place.path}.", depth=place.depth + 1))
        rule = bind_stop_rule(section.stop_when, place.scope, count, body) if section.stop_when else None
        return Loop(count, body, origin, rule)
