"""All rules over the latest observations: one pure function, no I/O, no clock.

A rule trips when its condition has held at every sample from a first one to the newest, over at least ``for_s`` and in
at least ``samples`` of them. So a single sample never trips a rule with a ``for``, however late the next one comes. A
value that is none says nothing; a rule about the sensor does. A silence needs no sample: time shows it.

With looks every ``poll`` s a rule trips within ``for_s + 2 * poll`` (``samples * poll`` where that is longer) of its
cause; a heating rate within :data:`orchestrator.interlocks.heating.WINDOW_S` more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from orchestrator.interlocks.condition import Silent
from orchestrator.interlocks.judge_cell import judge_cell
from orchestrator.interlocks.judge_chamber import judge_chamber
from orchestrator.interlocks.progress import Key, Progress, State
from orchestrator.interlocks.rule import Place, Rule
from orchestrator.interlocks.seen import InstrumentSeen, Observation
from orchestrator.interlocks.verdict import Verdict

__all__ = ["Over", "Trip", "evaluate"]

_NEW = Progress()


@dataclass(frozen=True, slots=True)
class Trip:
    """A rule has tripped, about one subject."""

    rule: Rule
    name: str
    """Of the bench, the channel, the chamber or the instrument."""
    message: str
    """What was seen."""
    at_s: float
    place: Place | None = None
    """Of a cell."""

    @property
    def subject(self) -> str:
        """``cell A1``."""
        return f"{self.rule.subject.kind} {self.name}"

    @property
    def key(self) -> Key:
        """Of its state."""
        return str(self.rule), self.subject


@dataclass(frozen=True, slots=True)
class Over:
    """The cause of a trip that did nothing is gone."""

    key: Key


_Judged = tuple[str, Place | None, Verdict]


def evaluate(
    rules: Sequence[Rule], state: State, observation: Observation, now_s: float
) -> tuple[State, tuple[Trip | Over, ...]]:
    """Judge everything that is in the observation; returns the new state and what has come of it.

    Every instant is of the engine's steady clock. A subject that is not in the observation stays as it was.
    """
    new = dict(state)
    news: list[Trip | Over] = []
    for rule in rules:
        text = str(rule)
        for name, place, verdict in _judged(rule, text, state, observation, now_s):
            key = (text, f"{rule.subject.kind} {name}")
            before = state.get(key, _NEW)
            after, trips = _step(rule, before, verdict)
            new[key] = after
            if trips:
                news.append(Trip(rule, name, verdict.text, verdict.at_s, place))
            elif before.tripped and not after.tripped:
                news.append(Over(key))
    return new, tuple(news)


def _judged(rule: Rule, text: str, state: State, observation: Observation, now_s: float) -> Iterator[_Judged]:
    subject, condition = rule.subject, rule.condition
    if subject.kind == "cell":
        for cell in observation.cells:
            if subject.matches(cell.place.name, cell.place.chamber):
                before = state.get((text, f"cell {cell.place.name}"), _NEW)
                verdict = judge_cell(condition, cell, observation.chambers, before)
                if verdict is not None:
                    yield cell.place.name, cell.place, verdict
        return
    if isinstance(condition, Silent):
        for seen in observation.instruments:
            if seen.is_chamber is (subject.kind == "chamber") and subject.matches(seen.name):
                yield seen.name, None, _silent(condition, seen, now_s)
        return
    for chamber in observation.chambers.values():
        if subject.matches(chamber.name):
            verdict = judge_chamber(condition, chamber, state.get((text, f"chamber {chamber.name}"), _NEW))
            if verdict is not None:
                yield chamber.name, None, verdict


def _silent(condition: Silent, seen: InstrumentSeen, now_s: float) -> Verdict:
    """Silence lasts from the latest answer on; ``for_s`` of the rule is how long it may."""
    silent_s = now_s - seen.answered_s
    text = f"no answer for {silent_s:.0f} s" + (f": {seen.error}" if seen.error else "")
    text += "; the state of its cells is unknown" if seen.in_use and not seen.is_chamber else ""
    holds = seen.failing and (seen.in_use or not condition.in_use)
    return Verdict(now_s, holds, text, since_s=seen.answered_s)


def _step(rule: Rule, before: Progress, verdict: Verdict) -> tuple[Progress, bool]:
    """What is remembered next, and whether the rule trips with this sample."""
    # a thousand rules on 64 channels are judged between two exchanges, so nothing is made twice
    if verdict.holds is False:
        tripped = before.tripped and rule.latches
        return Progress(verdict.at_s, None, 0, tripped, verdict.samples, verdict.standing), False
    after = replace(before, sample_s=verdict.at_s, samples=verdict.samples, standing=verdict.standing)
    if verdict.holds is None:
        return after, False
    since_s = verdict.since_s if verdict.since_s is not None else before.since_s
    since_s = verdict.at_s if since_s is None else since_s
    after = replace(after, since_s=since_s, count=before.count + 1)
    held = verdict.at_s - since_s >= rule.for_s and after.count >= rule.condition.samples
    trips = held and not before.tripped
    return replace(after, tripped=before.tripped or trips), trips
