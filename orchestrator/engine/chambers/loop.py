"""The loop of one chamber: look, store, decide, act; then sleep on the laboratory's clock.

It has a thread of its own: a chamber that does not answer holds up nothing but the runs that wait for it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field

import sqlalchemy as sa

from drivers.contracts import Chamber, ChamberStatus
from drivers.crash_point import reached
from drivers.errors import DriverError
from orchestrator.clock import Clock, Sleeper
from orchestrator.config import ChamberPlace, Lab
from orchestrator.crash_points import Point
from orchestrator.engine.chambers import changes
from orchestrator.engine.chambers.actions import ChamberAction, SetPoint
from orchestrator.engine.chambers.decide_chamber import ChamberView, decide_chamber
from orchestrator.engine.chambers.delays import Delays
from orchestrator.engine.chambers.guarded import GuardedChamber, driven_inside
from orchestrator.engine.chambers.holds import Holds, find_holds
from orchestrator.engine.chambers.member import Member
from orchestrator.engine.chambers.members import load_members
from orchestrator.engine.chambers.perform import ChamberPerformer
from orchestrator.engine.chambers.soak import Soak
from orchestrator.engine.chambers.stability import Stability
from orchestrator.engine.lease import Lease
from orchestrator.engine.plan_cache import PlanCache
from orchestrator.engine.worker import InstrumentWorker
from orchestrator.engine.writer import Writer
from orchestrator.interlocks.chamber_report import chamber_report
from orchestrator.interlocks.watch import InterlockWatch
from orchestrator.spool.kinds import CHAMBER_RECORD
from orchestrator.store.chamber_records import ChamberRecord
from orchestrator.store.chambers import ChamberRow, find_chamber
from orchestrator.store.errors import StoreError, StoreUnavailable
from orchestrator.store.transactions import reading

__all__ = ["ChamberLoop"]

_LOG = logging.getLogger(__name__)
_WAITED_FOR_S = 20.0
"""How often a chamber is looked at, at least, while a run waits for its temperature: one look may fail, and the next
still comes before the silence that would begin the soak anew."""
_DECISIONS_MAX = 6
_UNSTORED_MAX = 100_000
"""Looks kept in memory while neither the database nor the spool takes them: ten days of one every 10 s."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database has of a chamber."""

    members: list[Member]
    holds: Holds
    row: ChamberRow | None
    alarms: frozenset[str]
    stability: Stability | None
    driven: tuple[str, ...]


@dataclass
class _Silence:
    """How talking to the chamber goes; forgotten with the process."""

    answered_s: float
    """Last answer on the engine's steady clock; at first, when the process began."""
    error: str = ""
    greeted: bool = False


@dataclass
class _Waited:
    """Since when the present temperature step is waited for by all; forgotten with the process."""

    since_s: float = 0.0
    _at: tuple[int, int] | None = None

    def follow(self, holds: Holds, now_s: float) -> None:
        """Begin anew at another step or of another group, and as long as anybody is held up."""
        asked = _waiting_for_it(holds)
        at = (asked[0].batch_id or -asked[0].run_id, asked[0].passed) if asked else None
        held_up = holds.setter is not None and any(member.held_up for member in holds.setter.members)
        if at != self._at or held_up:
            self._at, self.since_s = at, now_s


@dataclass
class _Waking:
    """Which loops of channels to wake when others may use the chamber now."""

    wake: Callable[[str], None]
    granted: frozenset[int] = field(default_factory=frozenset)

    def follow(self, holds: Holds) -> None:
        """Wake the loops of everybody who has the chamber now and had not before, or has gone on."""
        now = {member.run_id: member.instrument for group in holds.granted for member in group.members}
        for instrument in {now[run_id] for run_id in now.keys() - self.granted}:
            self.wake(instrument)
        self.granted = frozenset(now)


class ChamberLoop:
    """Drives one chamber. One task; blocking calls run in the chamber's own thread."""

    def __init__(
        self,
        lab: Lab,
        place: ChamberPlace,
        chamber: Chamber,
        database: sa.Engine,
        writer: Writer,
        clock: Clock,
        lease: Lease,
        wake_instrument: Callable[[str], None] = lambda _: None,
        interlocks: InterlockWatch | None = None,
    ) -> None:
        self.place = place
        self._lab = lab
        self._chamber = GuardedChamber(place.name, chamber, self._driven_now)
        self._database = database
        self._writer = writer
        self._clock = clock
        self._lease = lease
        self._wake_instrument = wake_instrument
        self._waking = _Waking(wake_instrument)
        self._worker = InstrumentWorker(place.name)
        self._plans = PlanCache()
        self._performer = ChamberPerformer(
            place.name, self._chamber, self._worker, writer, clock, lease.epoch, self._plans
        )
        self._silence = _Silence(clock.monotonic())
        self._waited = _Waited()
        self._unstored: deque[ChamberRecord] = deque(maxlen=_UNSTORED_MAX)
        self._soak = Soak(place.name)
        self._delays = Delays(place.patience_s)
        self._holder: str | None = ""  # as written last; empty: not yet
        self._sleeper: Sleeper | None = None
        self._interlocks = interlocks or InterlockWatch(lab, clock)
        self._row: ChamberRow | None = None
        self._in_use = False

    @property
    def worker(self) -> InstrumentWorker:
        """The thread of its calls into the chamber."""
        return self._worker

    def wake(self) -> None:
        """Look at once: something is wanted, or a run in the chamber has got somewhere."""
        if self._sleeper is not None:
            self._sleeper.wake()

    async def run(self) -> None:
        """Tick until cancelled."""
        self._sleeper = self._clock.sleeper(self.place.name)
        try:
            while True:
                began_s = self._clock.monotonic()
                due_s = await self._tick_or_wait()
                left_s = due_s - (self._clock.monotonic() - began_s)
                await self._sleeper.sleep_until(self._clock.now() + left_s)
        finally:
            await self._sleeper.close()
            await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._worker.close()
        self._chamber.close()

    async def _tick_or_wait(self) -> float:
        try:
            return await self.tick()
        except StoreUnavailable as error:
            _LOG.error("%s: %s", self.place.name, error)
            return min(self.place.poll_s, _WAITED_FOR_S)

    async def tick(self) -> float:
        """Look, store, decide, act. Returns after how many seconds the next tick is due."""
        status = await self._look()
        known = await self._recall()
        if known.stability is not None:
            reached(Point.SOAKING)
        for _ in range(_DECISIONS_MAX):
            actions = self._decide(status, known)
            if not actions or not await self._act(actions, known):
                break
            if self._performer.trouble:
                break  # offered again at the next look
            if any(isinstance(action, SetPoint) for action in actions):
                status = await self._look()  # what was seen before it no longer holds
            known = await self._recall()
        await self._tell(known)
        return self._due_s(known)

    def _decide(self, status: ChamberStatus | None, known: _Known) -> list[ChamberAction]:
        actions = decide_chamber(self._view(status, known), self._clock.now(), self._clock.monotonic())
        offered = any(isinstance(action, SetPoint) for action in actions)
        if status is None or offered or not self._performer.trouble:
            return actions
        self._performer.trouble = ""  # nobody wants that set point any more
        return decide_chamber(self._view(status, known), self._clock.now(), self._clock.monotonic())

    async def _look(self) -> ChamberStatus | None:
        """Look at the chamber; None when it does not answer."""
        try:
            status = await self._ask_again_at_once()
        except DriverError as error:
            news, self._silence.error, self._silence.greeted = str(error) != self._silence.error, str(error), False
            if news:
                _LOG.warning("%s: %s", self.place.name, error)
            self._interlocks.chamber_seen(None, self.place.name, str(error), in_use=self._in_use)
            await self._writer.write(changes.silent(self.place, str(error), news, self._clock.now()))
            return None
        self._silence.error, self._silence.answered_s = "", self._clock.monotonic()
        self._soak.seen(self._silence.answered_s, status)
        seen = chamber_report(self.place.name, status, self._row, self._silence.answered_s, self._clock.now())
        self._interlocks.chamber_seen(seen, self.place.name, in_use=self._in_use)
        self._unstored.append(changes.recorded(self.place, status, self._clock.now()))
        await self._store(status)
        return status

    async def _ask_again_at_once(self) -> ChamberStatus:
        """Ask, and once more where that fails: one exchange that is disturbed must not begin a soak anew.

        Not of a chamber that is known to be silent: that would only wait twice as long. Raises DriverError.
        """
        try:
            return await self._ask()
        except DriverError as error:
            if self._silence.error:
                raise
            _LOG.info("%s: %s; it is looked at again", self.place.name, error)
        return await self._ask()

    async def _ask(self) -> ChamberStatus:
        if not self._silence.greeted:
            await self._greet()
        return await self._worker.call(self._chamber.observe)

    async def _store(self, status: ChamberStatus) -> None:
        """Commit this look; on the disk at least, where the database does not take it. Raises StoreUnavailable."""
        try:
            await self._writer.replay()  # those before it first: a soak is judged by all of them
            await self._writer.write(changes.seen(self.place, status, tuple(self._unstored), self._clock.now()))
        except StoreUnavailable:
            while self._unstored and await self._writer.keep(CHAMBER_RECORD, asdict(self._unstored[0])):
                self._unstored.popleft()
            raise
        self._unstored.clear()

    async def _greet(self) -> None:
        identity = await self._worker.call(self._chamber.identify)
        limits_degC = await self._worker.call(self._chamber.limits_degC)
        named = f"{identity.vendor} {identity.model} {identity.version}".strip()
        await self._writer.write(changes.arrived(self.place, named, limits_degC, self._clock.now()))
        self._silence.greeted = True

    async def _recall(self) -> _Known:
        """Read from the database what is known."""
        now_unix_s, now_s = self._clock.now(), self._clock.monotonic()

        def load() -> _Known:
            with reading(self._database) as connection:
                self._lease.require(connection)
                found = load_members(connection, self.place.name, self._plans)
                members = self._delays.follow(found, now_s, now_unix_s)
                holds = find_holds(members)
                row = find_chamber(connection, self.place.name)
                return _Known(
                    members,
                    holds,
                    row,
                    changes.alarm_kinds(connection, self.place.name),
                    self._stability(connection, holds, row),
                    () if members else driven_inside(connection, self._lab, self.place.name, now_unix_s),
                )

        known = await asyncio.to_thread(load)
        if self._delays.news:
            await self._writer.write(changes.held_up(self._delays.news))
        self._row, self._in_use = known.row, bool(known.members)
        self._waited.follow(known.holds, now_s)
        self._plans.keep_only(member.run_id for member in known.members)
        return known

    def _stability(self, connection: sa.Connection, holds: Holds, row: ChamberRow | None) -> Stability | None:
        step = next((member.step for member in _waiting_for_it(holds) if member.step is not None), None)
        if step is None or row is None or row.wanted_degC != step.target_degC or row.wanted_unix_s is None:
            return None
        return self._soak.judge(connection, step, row.wanted_unix_s, self._clock.now(), self._clock.monotonic())

    def _view(self, status: ChamberStatus | None, known: _Known) -> ChamberView:
        row, place = known.row, self.place
        return ChamberView(
            name=place.name,
            status=status,
            silence=self._silence.error,
            holds=known.holds,
            silent_s=self._clock.monotonic() - self._silence.answered_s,
            lost_after_s=place.lost_after_s,
            wanted_degC=row.wanted_degC if row else None,
            wanted_unix_s=(row.wanted_unix_s if row else None) or 0.0,
            trouble=self._performer.trouble,
            stability=known.stability,
            waited_since_s=self._waited.since_s,
            driven=known.driven,
            park_degC=place.park_degC,
            patience_s=place.patience_s,
            alarms=known.alarms,
        )

    async def _act(self, actions: list[ChamberAction], known: _Known) -> bool:
        """Do it. False when the store refused it: somebody else was faster, or it is decided again at the next look."""
        members = {member.run_id: member for member in known.members}
        try:
            await self._performer.carry_out(actions, members)
        except StoreUnavailable:
            raise
        except StoreError as error:
            _LOG.warning("%s: %s", self.place.name, error)
            return False
        for action in actions:
            if isinstance(action, changes.CONCERNS_CHANNEL):
                self._wake_instrument(members[action.run_id].instrument)
        return True

    async def _tell(self, known: _Known) -> None:
        """Write who has the chamber, where that has changed, and wake those who may use it now."""
        setter = known.holds.setter
        holder = None if setter is None else str(setter)
        if holder != self._holder:
            await self._writer.write(changes.held(self.place.name, holder))
            self._holder = holder
        self._waking.follow(known.holds)

    def _due_s(self, known: _Known) -> float:
        """Until the next look: often while a run waits for the temperature, for that is how a soak is measured."""
        watched = any(True for _ in _waiting_for_it(known.holds)) or self._performer.trouble
        return min(self.place.poll_s, _WAITED_FOR_S) if watched else self.place.poll_s

    def _driven_now(self) -> tuple[str, ...]:
        with reading(self._database) as connection:
            return driven_inside(connection, self._lab, self.place.name, self._clock.now())


def _waiting_for_it(holds: Holds) -> list[Member]:
    """Who has asked for a temperature and waits for it."""
    setter = holds.setter
    return [] if setter is None else [m for m in setter.members if m.step is not None and m.asked_unix_s is not None]
