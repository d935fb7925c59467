"""A course of samples fed to the pure function: what trips, and when."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from drivers.contracts import ChamberState, ChannelState
from orchestrator.interlocks.condition import Condition
from orchestrator.interlocks.evaluate import Over, Trip, evaluate
from orchestrator.interlocks.progress import State
from orchestrator.interlocks.rule import Action, Kind, Place, Rule, Subject
from orchestrator.interlocks.seen import CellSeen, ChamberSeen, InstrumentSeen, Observation

A1 = Place("bts-1", "1", "A1", "oven", "channel")


def rule(condition: Condition, kind: Kind = "cell", *, for_s: float = 0.0, verb: str = "stop") -> Rule:
    return Rule(Subject(kind), condition, Action(verb), "critical", for_s)  # type: ignore[arg-type]


def cell(at_s: float, **facts: object) -> CellSeen:
    known: dict[str, object] = {"state": ChannelState.RUNNING, "ours": True, "temperature_degC": 25.0}
    return CellSeen(A1, at_s, **(known | facts))  # type: ignore[arg-type]


def chamber(
    at_s: float, process_degC: float | None, set_point_degC: float | None = 25.0, **facts: object
) -> ChamberSeen:
    known: dict[str, object] = {"state": ChamberState.RUNNING, "set_point_degC": set_point_degC}
    return ChamberSeen("oven", at_s, process_degC=process_degC, **(known | facts))  # type: ignore[arg-type]


def silent(answered_s: float, *, failing: bool = True, in_use: bool = True) -> InstrumentSeen:
    return InstrumentSeen("bts-1", False, answered_s, failing, "no route", in_use)


@dataclass
class Course:
    """Rules, and what has come of the samples so far."""

    rules: tuple[Rule, ...]
    state: State = field(default_factory=dict)
    trips: list[Trip] = field(default_factory=list)
    over: list[Over] = field(default_factory=list)
    chambers: dict[str, ChamberSeen] = field(default_factory=dict)
    cells: dict[str, CellSeen] = field(default_factory=dict)

    def see(self, *seen: CellSeen | ChamberSeen | InstrumentSeen, now_s: float | None = None) -> Course:
        """One look, as the watch gives it: chambers as they were seen last, cells of a chamber that was looked at."""
        for one in seen:
            if isinstance(one, ChamberSeen):
                self.chambers = {**self.chambers, one.name: one}
            elif isinstance(one, CellSeen):
                self.cells = {**self.cells, one.place.name: one}
        instruments = tuple(one for one in seen if isinstance(one, InstrumentSeen))
        at_s = max(one.answered_s if isinstance(one, InstrumentSeen) else one.at_s for one in seen)
        observation = Observation(tuple(self.cells.values()), self.chambers, instruments)
        self.state, news = evaluate(self.rules, self.state, observation, at_s if now_s is None else now_s)
        self.trips += [one for one in news if isinstance(one, Trip)]
        self.over += [one for one in news if isinstance(one, Over)]
        return self

    def see_all(self, course: Iterable[CellSeen | ChamberSeen]) -> Course:
        for one in sorted(course, key=lambda one: one.at_s):
            self.see(one)
        return self

    @property
    def first_s(self) -> float:
        """When the first trip came; never: infinite."""
        return self.trips[0].at_s if self.trips else math.inf


def follow(
    air: Callable[[float], float], at_s: Iterable[float], lag_s: float, heat_K_per_min: float = 0.0
) -> list[float]:
    """Temperature of a passive body behind its air, perhaps with heat of its own, at these instants."""
    value, now, result = air(0.0), 0.0, []
    for until in at_s:
        while now < until:
            step = min(1.0, until - now)
            value += step * ((air(now) - value) / lag_s + heat_K_per_min / 60)
            now += step
        result.append(value)
    return result
