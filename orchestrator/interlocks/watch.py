"""The rules of a lab over what the loops of its node see. Kept in memory; needs no database to have cells stopped.

Everything here is called from the event loop, by the loops after each look and by the keeper of the trips.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from drivers.contracts import ChannelId, ChannelStatus
from orchestrator.clock import Clock
from orchestrator.config import Lab
from orchestrator.interlocks.built_in import all_rules
from orchestrator.interlocks.cells_seen import CellsSeen
from orchestrator.interlocks.evaluate import Over, Trip, evaluate
from orchestrator.interlocks.held import Held
from orchestrator.interlocks.on_disk import OnDisk
from orchestrator.interlocks.progress import Key, State, recall, release
from orchestrator.interlocks.scope import scope_of
from orchestrator.interlocks.seen import CellSeen, ChamberSeen, InstrumentSeen, Observation, RunSeen
from orchestrator.interlocks.stops_followed import StopsFollowed

__all__ = ["Found", "InterlockWatch"]

_LOG = logging.getLogger(__name__)
_STOP_AGAIN_S = 1.0
_LATER_AGAIN_S = 10.0
"""After the first minute: who is away so long is asked as often as anybody who is silent."""
_PROMPT_FOR_S = 60.0
Channel = tuple[str, ChannelId]


@dataclass(frozen=True, slots=True)
class Found:
    """What evaluating has brought, to be stored."""

    news: Trip | Over
    unix_s: float


class InterlockWatch:
    """One a node. ``attach`` tells it whom to wake when cells of an instrument are to be stopped."""

    def __init__(self, lab: Lab, clock: Clock) -> None:
        self.rules = all_rules(lab)
        self.found: list[Found] = []
        """Not stored yet."""
        self.on_disk = OnDisk()
        self._clock = clock
        self._chamber_of = {(b.instrument, b.channel): b.chamber for b in lab.benches.values() if b.chamber}
        self._cells = CellsSeen(lab)
        self._chambers: dict[str, ChamberSeen] = {}
        self._instruments: dict[str, InstrumentSeen] = {}
        self._state: State = {}
        self._held: tuple[Held, ...] = ()
        self._unstored: list[Held] = []
        self._to_stop: dict[Channel, tuple[Held, float]] = {}
        self._followed = StopsFollowed()
        self._wake: dict[str, Callable[[], None]] = {}
        self._started_s = clock.monotonic()

    def attach(self, instrument: str, wake: Callable[[], None]) -> None:
        """Who drives an instrument, and is woken to stop cells there."""
        self._wake[instrument] = wake

    def cycler_seen(
        self,
        instrument: str,
        statuses: Mapping[ChannelId, ChannelStatus] | None,
        error: str = "",
        *,
        in_use: bool,
        runs: Mapping[ChannelId, RunSeen] = MappingProxyType({}),
    ) -> None:
        """After every look at a cycler. ``statuses`` None: it does not answer, and ``error`` says why."""
        now_s = self._clock.monotonic()
        self._answered(instrument, statuses is not None, error, is_chamber=False, in_use=in_use)
        cells = self._cells.take(instrument, statuses or {}, self._chambers, now_s, runs)
        self._evaluate(tuple(self._follow(cell, now_s) for cell in cells), self._chambers)

    def chamber_seen(self, chamber: ChamberSeen | None, name: str, error: str = "", *, in_use: bool) -> None:
        """After every look at a chamber. None: it does not answer, and ``error`` says why."""
        self._answered(name, chamber is not None, error, is_chamber=True, in_use=in_use)
        if chamber is not None:
            self._chambers[name] = chamber
        # A rate relative to the chamber is judged when either of the two is new.
        inside = self._cells.inside(name)
        self._evaluate(inside, self._chambers if chamber is not None else {})

    def held_at(self, instrument: str, channel: ChannelId, cell_id: str | None = None) -> Held | None:
        """The trip that holds at a channel: the first cause, but one that stops before one that pauses."""
        chamber = self._chamber_of.get((instrument, channel))
        here = [h for h in (*self._held, *self._unstored) if h.scope.covers(instrument, channel, chamber, cell_id)]
        return next((h for h in here if h.stops), here[0] if here else None)

    def to_stop(self, instrument: str) -> list[tuple[ChannelId, Held]]:
        """Channels that have to be told before anything else; each until :meth:`told`."""
        return [(channel, trip) for (name, channel), (trip, _) in self._to_stop.items() if name == instrument]

    def told(self, instrument: str, channel: ChannelId, *, stopped: bool = True) -> None:
        """The instrument has taken the stop (or a pause goes the ordinary way); that it worked is seen by looking."""
        told = self._to_stop.pop((instrument, channel), None)
        if told is not None and stopped:
            self._followed.taken((instrument, channel), told[0], self._clock.monotonic())

    def again_within_s(self, instrument: str) -> float:
        """When the next tick is due at the latest, where an instrument has not taken a stop."""
        since_s = [since_s for (name, _), (_, since_s) in self._to_stop.items() if name == instrument]
        if not since_s:
            return float("inf")
        return _STOP_AGAIN_S if self._clock.monotonic() - max(since_s) < _PROMPT_FOR_S else _LATER_AGAIN_S

    def stored(self, latched: Sequence[Held], done: Iterable[Found]) -> None:
        """The database has what was found, and these are the trips that hold: a trip not among them is acknowledged."""
        taken = list(done)
        self.found = [found for found in self.found if found not in taken]
        written = {found.news.key for found in taken}
        before = [*self._held, *(trip for trip in self._unstored if trip.key in written)]
        self._unstored = [trip for trip in self._unstored if trip.key not in written]
        keys = {trip.key for trip in (*latched, *self._unstored)}
        gone = [trip for trip in before if trip.key not in keys]
        for trip in gone:
            self._state = release(self._state, trip.key)
        over = {trip.key for trip in gone}  # a stop that never got through must not meet what is started there next
        self._to_stop = {there: stop for there, stop in self._to_stop.items() if stop[0].key not in over}
        self._followed.forget(over)
        self.recall(keys)
        new = [trip for trip in latched if trip not in self._held]
        self._held = tuple(latched)
        self._wake_all(gone + new)

    def recall(self, keys: Iterable[Key]) -> None:
        """These have tripped, perhaps in an earlier process: they trip again only once they are over."""
        self._state = recall(self._state, keys)

    def _answered(self, name: str, answers: bool, error: str, *, is_chamber: bool, in_use: bool) -> None:
        now_s = self._clock.monotonic()
        before = self._instruments.get(name)
        answered_s = now_s if answers else (before.answered_s if before is not None else self._started_s)
        self._instruments[name] = InstrumentSeen(name, is_chamber, answered_s, not answers, error, in_use)

    def _follow(self, cell: CellSeen, now_s: float) -> CellSeen:
        """A channel that was told to stop and runs on is told again; the rule about such stops judges it as well."""
        cell, again = self._followed.follow(cell, now_s)
        if again is not None:
            self._to_stop.setdefault((cell.place.instrument, cell.place.channel), (again, now_s))
        return cell

    def _evaluate(self, cells: tuple[CellSeen, ...], chambers: Mapping[str, ChamberSeen]) -> None:
        observation = Observation(cells, chambers, tuple(self._instruments.values()))
        self._state, news = evaluate(self.rules, self._state, observation, self._clock.monotonic())
        for one in news:
            self.found.append(Found(one, self._clock.now()))
            if isinstance(one, Trip):
                _LOG.warning("interlock: %s: %s (%s)", one.subject, one.message, one.rule)
                if one.rule.latches:
                    self._trip(one)

    def _trip(self, trip: Trip) -> None:
        """From now on nothing starts there, and what runs there is stopped or paused."""
        verb = trip.rule.do.verb
        held = Held(trip.key, scope_of(trip), verb == "stop", f"interlock: {trip.subject}: {trip.message}")
        self._unstored.append(held)
        self.on_disk.found()
        for cell in self._cells.driven():
            place = cell.place
            if held.scope.covers(place.instrument, place.channel, place.chamber):
                self._to_stop[place.instrument, place.channel] = held, trip.at_s
        self._wake_all([held])

    def _wake_all(self, trips: Iterable[Held]) -> None:
        """Wake the loops of the instruments where these hold, or held."""
        for trip in trips:
            scope = trip.scope
            inside = {name for (name, _), chamber in self._chamber_of.items() if chamber == scope.chamber}
            for name, wake in self._wake.items():
                if name == scope.instrument or name in inside or scope.cell_id is not None:
                    wake()
