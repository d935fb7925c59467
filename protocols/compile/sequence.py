"""A body of steps bound in file order: ``for_each`` written out, ``repeat`` kept as a loop of the instrument.

A loop that holds a temperature or a prompt is written out too, whichever it is: no channel carries those out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from protocols.compile.binding import CellBinding
from protocols.compile.channel_step import ChannelStep, bind_channel_step
from protocols.compile.job import Job
from protocols.compile.prompt import bind_prompt
from protocols.compile.protection import Protection
from protocols.compile.scope import Scope
from protocols.compile.segments import Bound, SegmentBreak
from protocols.compile.steps import OpenHold
from protocols.compile.stop_rule import bind_stop_rule
from protocols.compile.temperature import bind_temperature
from protocols.errors import Refusal
from protocols.estimate.temperature import ROOM_degC
from protocols.program import Loop, Origin, Record, Step
from protocols.schema.steps import ForEachStep, GittStep, PromptStep, RepeatStep, TemperatureStep

__all__ = ["LOOP_DEPTH_MAX", "STEPS_MAX", "Position", "SequenceCompiler"]

STEPS_MAX = 10_000
"""After expansion. A channel takes a few hundred; this only keeps a slip of the pen from filling the memory."""
LOOP_DEPTH_MAX = 6
WRITTEN_OUT_MAX = 1000
"""Passes of a repeat that waits: each is sent to the instrument by itself."""

AnyStep = ChannelStep | TemperatureStep | PromptStep | RepeatStep | ForEachStep


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
    _chamber_degC: float = ROOM_degC
    """Where the temperature step before has left the chamber."""

    def body(self, sections: tuple[AnyStep, ...], place: Position, before: Step | None = None) -> tuple[Bound, ...]:
        """Bound steps; those that were refused are missing, and in ``findings``."""
        done: list[Bound] = []
        refused = False
        for i, section in enumerate(sections):
            here = replace(place, path=f"{place.path}steps[{i}]")
            try:
                done += self._step(section, here, _last_step(done, before))
                refused = False
            except Refusal as refusal:
                if not (refused and isinstance(refusal, OpenHold)):
                    self.findings.append(refusal)
                refused = True
        return tuple(done)

    def _step(self, section: AnyStep, place: Position, before: Step | None) -> tuple[Bound, ...]:
        self._steps += 1
        if self._steps > STEPS_MAX:
            raise Refusal(section.place, f"the program grows beyond {STEPS_MAX} steps", "use repeat, or shorter lists")
        if isinstance(section, ForEachStep):
            return self._for_each(section, place, before)
        if section.label is not None:
            place = replace(place, label=place.scope.fill(section.label))
        origin = Origin(section.place.line or 0, place.path, place.label)
        if isinstance(section, RepeatStep):
            return (
                self._written_out(section, place) if _is_interrupted(section) else (self._loop(section, place, origin),)
            )
        if isinstance(section, PromptStep):
            return (bind_prompt(section.prompt, place.scope, origin.line),)
        job = Job(place.scope, self.binding, self.protection, self.window, self.record, origin, before, self.warnings)
        if isinstance(section, TemperatureStep):
            temperature = bind_temperature(section.temperature, job, self._chamber_degC)
            self._chamber_degC = temperature.target_degC
            return (temperature,)
        if isinstance(section, GittStep) and place.depth:
            message = "a titration inside a repeat cannot be carried out: reaching its voltage ends the program"
            raise Refusal(section.gitt.place, message, "write it as often as it is wanted, or use for_each")
        return bind_channel_step(section, job)

    def _for_each(self, section: ForEachStep, place: Position, before: Step | None) -> tuple[Bound, ...]:
        loop = section.for_each
        done: tuple[Bound, ...] = ()
        between = (SegmentBreak(),) if _is_interrupted(section) else ()
        for value in place.scope.values(loop):
            if self._steps > STEPS_MAX:
                break
            scope = place.scope.within(loop, value)
            label = scope.fill(section.label) if section.label is not None else place.label
            here = replace(place, scope=scope, path=f"{place.path}.for_each[{loop.name}={value.text}].", label=label)
            done += self.body(section.steps, here, _last_step(done, before))
            done += between
        return done

    def _written_out(self, section: RepeatStep, place: Position) -> tuple[Bound, ...]:
        if section.stop_when is not None:
            message = "a stop rule cannot be judged in a loop that waits for a temperature or for somebody"
            raise Refusal(section.stop_when.place, message, "leave out stop_when, or take the waiting out of the loop")
        count = place.scope.value(section.repeat)
        if count > WRITTEN_OUT_MAX:
            message = f"{count} passes that wait for a temperature or for somebody are too many"
            raise Refusal(section.repeat.node.place, message, f"write up to {WRITTEN_OUT_MAX}")
        done: tuple[Bound, ...] = ()
        for number in range(1, count + 1):
            if self._steps > STEPS_MAX:
                break
            here = replace(place, path=f"{place.path}.repeat[pass={number}].")
            done += (*self.body(section.steps, here), SegmentBreak())
        return done

    def _loop(self, section: RepeatStep, place: Position, origin: Origin) -> Loop:
        if place.depth >= LOOP_DEPTH_MAX:
            raise Refusal(section.place, f"loops are nested deeper than {LOOP_DEPTH_MAX}", "use fewer loops")
        if section.stop_when is not None and place.depth:
            message = "a stop rule inside another repeat cannot be carried out"
            raise Refusal(section.stop_when.place, message, "give the rule to the outermost repeat")
        count = place.scope.value(section.repeat)
        bound = self.body(section.steps, replace(place, path=f"{place.path}.", depth=place.depth + 1))
        body = tuple(step for step in bound if isinstance(step, Step))  # nothing else: it is not interrupted
        rule = bind_stop_rule(section.stop_when, place.scope, count, body) if section.stop_when else None
        return Loop(count, body, origin, rule)


def _is_interrupted(loop: RepeatStep | ForEachStep) -> bool:
    """Whether the loop holds, at any depth, what no channel carries out."""
    return any(
        isinstance(step, TemperatureStep | PromptStep)
        or (isinstance(step, RepeatStep | ForEachStep) and _is_interrupted(step))
        for step in loop.steps
    )


def _last_step(done: Sequence[Bound], before: Step | None) -> Step | None:
    """Return what the channel executes just before; None where something else happens in between."""
    last = done[-1] if done else before
    return last if isinstance(last, Step) else None
