"""Storing what the watch has found, and taking acknowledgements back to it. Cells do not wait for this."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable

import sqlalchemy as sa

from drivers.crash_point import reached
from orchestrator.config import Lab
from orchestrator.crash_points import Point
from orchestrator.engine.writer import Writer
from orchestrator.interlocks.evaluate import Trip
from orchestrator.interlocks.held import Held, held
from orchestrator.interlocks.trip_changes import ended, tripped
from orchestrator.interlocks.watch import Found, InterlockWatch
from orchestrator.spool.kinds import found_entry
from orchestrator.store.errors import StoreUnavailable
from orchestrator.store.transactions import reading
from orchestrator.store.trips import latched_trips, list_trips

__all__ = ["TripKeeper"]

_LOOK_EVERY_S = 0.2  # wall seconds, as people count
_LOG = logging.getLogger(__name__)


class TripKeeper:
    """Between the watch of a node and the database, to which other nodes and people write, too."""

    def __init__(self, lab: Lab, watch: InterlockWatch, database: sa.Engine, writer: Writer) -> None:
        self._lab = lab
        self._watch = watch
        self._database = database
        self._writer = writer
        self._trouble = ""
        self._aside: list[Found] = []
        """On the disk already."""
        self._putting = asyncio.Lock()

    async def begin(self) -> None:
        """Before anything is looked at: what has tripped in an earlier process still holds. Raises StoreUnavailable."""

        def load() -> list[tuple[str, str]]:
            with reading(self._database) as connection:
                return [(trip.rule, trip.subject) for trip in list_trips(connection, limit=100_000)]

        self._watch.recall(await asyncio.to_thread(load))
        await self.keep()

    async def run(self) -> None:
        """Keep until cancelled; a database that is away is tried again, and delays nothing of what goes to the disk."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._put_aside_for_ever())
            both.create_task(self._keep_for_ever())

    async def _put_aside_for_ever(self) -> None:
        while True:
            self._watch.on_disk.begin_writing()
            await self._put_aside(tuple(self._watch.found))
            self._watch.on_disk.written()
            await self._watch.on_disk.wait_found(_LOOK_EVERY_S)

    async def _keep_for_ever(self) -> None:
        while True:
            try:
                await self.keep()
                self._trouble = ""
            except StoreUnavailable as error:
                if str(error) != self._trouble:
                    _LOG.error("trips of interlocks cannot be stored or seen: %s", error)
                self._trouble = str(error)
            await asyncio.sleep(_LOOK_EVERY_S)

    async def keep(self) -> None:
        """Store what was found, then see which trips hold. Raises StoreUnavailable: nothing of it is forgotten."""
        found = tuple(self._watch.found)
        if found:
            await self._put_aside(found)
            await self._writer.replay()
            loose = [one for one in found if one not in self._aside]
            if loose:
                await self._writer.write(lambda connection: self._store(connection, loose))
            reached(Point.TRIP_STORED)
        latched = await asyncio.to_thread(self._latched)
        self._watch.stored(latched, found)
        self._aside = [one for one in self._aside if one not in found]

    async def _put_aside(self, found: Iterable[Found]) -> None:
        """Put a trip on the disk before all else: killed while the database is away, it must hold all the same."""
        async with self._putting:
            for one in found:
                if one not in self._aside and one in self._watch.found and await self._writer.keep(*found_entry(one)):
                    self._aside.append(one)

    def _store(self, connection: sa.Connection, found: Iterable[Found]) -> None:
        for one in found:
            if isinstance(one.news, Trip):
                tripped(connection, self._lab, one.news, one.unix_s)
            else:
                ended(connection, one.news, one.unix_s)

    def _latched(self) -> list[Held]:
        with reading(self._database) as connection:
            return [held(trip) for trip in latched_trips(connection)]
