"""One look at all channels: a statement a kind of thing, and cards made anew only of what has changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from orchestrator.config import Lab
from orchestrator.config.lab import BenchPlace
from orchestrator.interlocks.scope import Scope
from orchestrator.run_state import RunState
from orchestrator.store.node_status import instrument_report_ages
from orchestrator.store.tables import channels
from orchestrator.web.bench import run_facts
from orchestrator.web.bench.active_run import ActiveRun, active_runs
from orchestrator.web.bench.channel_card import card_of
from orchestrator.web.bench.facts import Facts, PresentSegment
from orchestrator.web.bench.memory import BenchMemory, MadeCard
from orchestrator.web.bench.observation import Observation, last_observations
from orchestrator.web.plan_cache import PlanCache
from orchestrator.web.run_view import SILENT_AFTER_S, is_stale

__all__ = ["look_at_channels"]

AnyRow = Row[*tuple[Any, ...]]
Place = tuple[str, str]
_ASIDE = frozenset({RunState.QUEUED, RunState.WAITING})
# made once: it is asked once a second
_TOLD = select(*channels.c["instrument", "channel"]).order_by(*channels.primary_key)


def look_at_channels(
    connection: Connection, lab: Lab, plans: PlanCache, memory: BenchMemory, now_unix_s: float
) -> Mapping[str, MadeCard]:
    """Cards by ``instrument/channel``: the lab file's benches in its order, then whatever else the instruments have."""
    seen = last_observations(connection)
    benches = {(bench.instrument, bench.channel): bench for bench in lab.benches.values()}
    runs = _Runs.read(connection, memory, seen)
    known = run_facts.known_plans(connection, plans, (run.id for run in runs.holders.values()))
    silent = {name for name, age_s in instrument_report_ages(connection).items() if age_s > SILENT_AFTER_S}
    cards: dict[str, MadeCard] = {}
    for place in _places(connection, lab, benches, seen):
        row = seen.get(place)
        too_old = row is not None and is_stale(lab, place[0], row.observed_unix_s, now_unix_s)
        facts = runs.facts(place, benches.get(place), row, too_old, place[0] in silent)
        key = "/".join(place)
        before = memory.cards.get(key)
        if before is not None and before.facts == facts:
            cards[key] = before
            continue
        plan = known.get(facts.run.id) if facts.run is not None else None
        card = card_of(lab, benches.get(place), facts, plan, now_unix_s)
        cards[key] = MadeCard(facts, card, card.as_row())
    memory.segments, memory.ended, memory.cards = runs.segments, runs.ended, cards
    return cards


def _places(connection: Connection, lab: Lab, benches: Iterable[Place], seen: Iterable[Place]) -> list[Place]:
    told = (tuple(row) for row in connection.execute(_TOLD).all())
    every: dict[Any, None] = dict.fromkeys([*benches, *told, *seen])
    return [place for place in every if place[0] in lab.instruments]


@dataclass(frozen=True, slots=True)
class _Runs:
    """All runs there are at the moment, and what belongs to them."""

    holders: Mapping[Place, ActiveRun]
    """The run that has each channel."""
    counts: Mapping[Place, int]
    """How many runs want each channel."""
    segments: Mapping[int, PresentSegment]
    """By number."""
    ended: Mapping[int, AnyRow]
    prompts: Mapping[int, str]
    alarms: Mapping[str, str]
    trips: list[tuple[Scope, str]]

    @classmethod
    def read(cls, connection: Connection, memory: BenchMemory, seen: Mapping[Place, Observation]) -> _Runs:
        active = active_runs(connection)
        numbers = {run.id for run in active}
        over = {row.run_id for row in seen.values() if row.run_id is not None} - numbers
        return cls(
            holders=_holders(active),
            counts=Counter((run.instrument, run.channel) for run in active),
            segments=run_facts.present_segments(connection, active, memory.segments),
            ended=run_facts.ended_runs(connection, over, memory.ended),
            prompts=run_facts.open_prompts(connection) if active else {},
            alarms=run_facts.open_alarms(connection),
            trips=run_facts.open_trips(connection),
        )

    def facts(
        self, place: Place, bench: BenchPlace | None, seen: Observation | None, too_old: bool, silent: bool
    ) -> Facts:
        run = self.holders.get(place)
        if run is None:
            last = self.ended.get(seen.run_id) if seen is not None and seen.run_id is not None else None
            alarm = self.alarms.get(f"run {last.id}") if last is not None else None
            return Facts(*place, seen, too_old, silent, last_run=last, alarm=alarm, trip=self._trip(place, bench, None))
        return Facts(
            *place,
            seen,
            too_old,
            silent,
            run=run,
            queued=self.counts[place] - 1,
            segment=self.segments.get(run.segment_id) if run.segment_id is not None else None,
            prompt=self.prompts.get(run.id),
            alarm=self.alarms.get(f"run {run.id}"),
            trip=self._trip(place, bench, run.cell_id),
        )

    def _trip(self, place: Place, bench: BenchPlace | None, cell_id: str | None) -> str | None:
        chamber = bench.chamber if bench else None
        for scope, text in reversed(self.trips):
            if scope.covers(*place, chamber, cell_id):
                return text
        return None


def _holders(active: Iterable[ActiveRun]) -> dict[Place, ActiveRun]:
    """The first run of each channel, but one that is on it goes before those that are not yet."""
    holders: dict[Place, ActiveRun] = {}
    for run in active:
        before = holders.get((run.instrument, run.channel))
        if before is None or (before.state in _ASIDE and run.state not in _ASIDE):
            holders[run.instrument, run.channel] = run
    return holders
