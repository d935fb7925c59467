"""Turns alarms into queued messages, on the laboratory's clock: escalation is lab time."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

import sqlalchemy as sa

from orchestrator.clock import Clock, Sleeper
from orchestrator.engine.writer import Writer
from orchestrator.messages.receiver import Receiver
from orchestrator.messages.routing import Episode, Routed, episodes, route
from orchestrator.messages.steady_stamps import SteadyStamps
from orchestrator.store.alarms import alarms_to_tell, alarms_told
from orchestrator.store.errors import StoreUnavailable
from orchestrator.store.messages import Kind, messages_of, queue_messages
from orchestrator.store.outlets import list_outlets
from orchestrator.store.tables import alarms
from orchestrator.store.transactions import reading

__all__ = ["Router"]

_LOG = logging.getLogger(__name__)
_LOOK_EVERY_S = 0.5  # wall seconds
_AT_THE_LATEST_S = 86_400.0
_AGAIN_S = 10.0  # lab seconds, where the database is away


class Router:
    """One task; idempotent: what is queued already is queued once, whoever was killed in between."""

    def __init__(
        self,
        receivers: Sequence[Receiver],
        database: sa.Engine,
        writer: Writer,
        clock: Clock,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._receivers = receivers
        self._database = database
        self._writer = writer
        self._clock = clock
        self._wall = wall
        self._stamps = SteadyStamps()

    async def run(self) -> None:
        """Route until cancelled. Lab time waits for what is due at an instant, never for mail servers."""
        sleeper = self._clock.sleeper("messages")
        watch = asyncio.create_task(self._watch(sleeper), name="alarms")
        try:
            while not watch.done():
                await sleeper.sleep_until(await self._route_or_wait())
            watch.result()
        finally:
            watch.cancel()
            with suppress(asyncio.CancelledError):
                await watch
            await sleeper.close()

    async def _route_or_wait(self) -> float:
        try:
            again = await self.route()
        except StoreUnavailable as error:
            _LOG.error("alarms cannot be seen: %s", error)
            return self._clock.now() + _AGAIN_S
        return again if again is not None else self._clock.now() + _AT_THE_LATEST_S

    async def route(self) -> float | None:
        """Queue what is due now. Returns when something else will be. Raises StoreUnavailable."""
        now = self._clock.now()
        routed = await asyncio.to_thread(self._routed, now, self._clock.monotonic())
        queue = [
            (episode.id, receiver, kind)
            for episode, what in routed
            for receiver, kind in what.messages
            if (receiver, kind) not in episode.messages
        ]
        finished = [episode for episode, what in routed if what.finished]
        if queue or finished:
            await self._writer.write(lambda connection: self._store(connection, queue, finished, now))
        return min((what.again_unix_s for _, what in routed if what.again_unix_s is not None), default=None)

    def _routed(self, now: float, now_s: float) -> list[tuple[Episode, Routed]]:
        with reading(self._database) as connection:
            to_tell = alarms_to_tell(connection)
            unreachable = {outlet.name for outlet in list_outlets(connection, "receiver") if outlet.unreachable}
            queued = messages_of(connection, {alarm.first_id or alarm.id for alarm in to_tell})
        found = self._stamps.steady(episodes(to_tell, queued), now, now_s)
        return [(episode, route(episode, self._receivers, unreachable, now)) for episode in found]

    def _store(
        self, connection: sa.Connection, queue: list[tuple[int, str, Kind]], finished: list[Episode], now: float
    ) -> None:
        queue_messages(connection, queue, now=now, wall_unix_s=self._wall())
        for episode in finished:
            alarms_told(connection, episode.id, episode.alarm_ids, now)

    async def _watch(self, sleeper: Sleeper) -> None:
        """Wake the router when an alarm is raised, acknowledged or over, or a receiver can no longer be reached."""
        seen: object = None
        while True:
            with suppress(StoreUnavailable):  # the router says so itself, and tries again
                now = await asyncio.to_thread(self._state)
                if now != seen:
                    seen = now
                    sleeper.wake()
            await asyncio.sleep(_LOOK_EVERY_S)

    def _state(self) -> tuple[object, ...]:
        """Whatever changes when there is something to route."""
        query = sa.select(
            sa.func.count(),
            sa.func.max(alarms.c.id),
            sa.func.count(alarms.c.acknowledged_by),
            sa.func.max(alarms.c.cleared_unix_s),
            sa.func.count(alarms.c.cleared_unix_s),
            sa.func.sum(sa.case((alarms.c.severity == "critical", 1), else_=0)),
        ).where(alarms.c.told_unix_s.is_(None))
        with reading(self._database) as connection:
            unreachable = [one.name for one in list_outlets(connection, "receiver") if one.unreachable]
            return (*connection.execute(query).one(), *unreachable)
