"""Campaigns as a node runs them: of several nodes on one database, one does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import sqlalchemy as sa

from drivers.contracts import Cycler
from orchestrator.campaigns.round import Round, Seen
from orchestrator.clock import Clock, Sleeper
from orchestrator.config import InstrumentPlace, Lab
from orchestrator.engine.duty import take_duty
from orchestrator.engine.lease import Lease, LeaseHeld
from orchestrator.instruments import open_cycler
from orchestrator.store.campaign_tables import campaign_jobs, campaigns
from orchestrator.store.campaigns import ENDED
from orchestrator.store.errors import StoreUnavailable
from orchestrator.store.transactions import reading

__all__ = ["CampaignRunner"]

_LOG = logging.getLogger(__name__)
_LEASE = "campaigns"
_LEASE_AGAIN_S = 5.0  # wall seconds
_LOOK_EVERY_S = 0.2  # wall seconds, as people count
_ANALYSIS_AGAIN_S = 0.1  # wall seconds
_ANALYSIS_PATIENCE = 600
"""So many looks (a minute) a virtual lab's time stands still for an analysis; a real one's never does."""
_FOR_EVER_S = 1e9


class CampaignRunner:
    """Looks as often as the quickest instrument is polled, when something is due, and when a person wants something."""

    def __init__(self, lab: Lab, database: sa.Engine, clock: Clock, wake: Callable[[str], None]) -> None:
        self._lab, self._database, self._clock, self._wake = lab, database, clock, wake
        self._look_every_s = min((place.poll_s for place in lab.instruments.values()), default=10.0)
        self._cyclers: dict[str, Cycler] = {}
        self._known = ""

    async def run(self) -> None:
        """Run campaigns whenever no other node does, until cancelled."""
        while True:
            lease = await take_duty(self._database, _LEASE, self._clock, again_s=_LEASE_AGAIN_S)
            try:
                await self._run_while_leased(lease)
            except LeaseHeld as error:
                _LOG.warning("another node runs campaigns now: %s", error)
            finally:
                lease.release()

    async def _run_while_leased(self, lease: Lease) -> None:
        rounds = Round(self._lab, self._database, self._cycler_for, lease.require)
        sleeper = self._clock.sleeper(_LEASE)
        watch = asyncio.create_task(self._watch(sleeper), name="orders of campaigns")
        try:
            patience = _ANALYSIS_PATIENCE
            while True:
                seen = await self._look(rounds)
                if seen.analysing and self._lab.simulated and patience:
                    patience -= 1
                    await asyncio.sleep(_ANALYSIS_AGAIN_S)  # awake: the laboratory's time waits for the result
                    continue
                patience = patience if seen.analysing else _ANALYSIS_PATIENCE
                await sleeper.sleep_until(self._next_look(seen))
        finally:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
            await sleeper.close()

    def _next_look(self, seen: Seen) -> float:
        now = self._clock.now()
        if not seen.active:
            return now + _FOR_EVER_S
        latest = now + self._look_every_s
        return latest if seen.next_due_unix_s is None else min(latest, max(seen.next_due_unix_s, now))

    async def _look(self, rounds: Round) -> Seen:
        try:
            seen = await asyncio.to_thread(rounds.run, self._clock.now())
        except StoreUnavailable as error:
            _LOG.error("campaigns wait: %s", error)
            return Seen(active=True)
        if seen.acted:
            for name in (*self._lab.instruments, *self._lab.chambers):
                self._wake(name)
        return seen

    async def _watch(self, sleeper: Sleeper) -> None:
        """Wake the runner as soon as a person wants something else."""
        while True:
            try:
                wanted = await asyncio.to_thread(self._wanted)
            except StoreUnavailable as error:
                _LOG.warning("orders of campaigns cannot be seen: %s", error)
            else:
                if wanted != self._known:
                    self._known = wanted
                    sleeper.wake()
            await asyncio.sleep(_LOOK_EVERY_S)

    def _wanted(self) -> str:
        """Something that every order changes."""
        active = sa.select(campaigns.c.id, campaigns.c.desired).where(campaigns.c.state.not_in(ENDED))
        answers = sa.select(sa.func.count(campaign_jobs.c.answered_by))
        with reading(self._database) as connection:
            return repr((connection.execute(active).all(), connection.scalar(answers)))

    def _cycler_for(self, place: InstrumentPlace) -> Cycler:
        """A driver that only checks and translates: the one that drives is in its own loop, or in another node."""
        if place.name not in self._cyclers:
            self._cyclers[place.name] = open_cycler(self._lab, place.name)
        return self._cyclers[place.name]
