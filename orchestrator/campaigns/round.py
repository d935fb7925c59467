"""One round over all campaigns: looked at, decided, carried out; until nothing is left to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from drivers.contracts import Cycler
from drivers.crash_point import reached
from orchestrator.campaigns.actions import Action, WantSeats
from orchestrator.campaigns.decide_campaign import decide_campaign
from orchestrator.campaigns.load_view import load_view
from orchestrator.campaigns.occupied import occupied_benches
from orchestrator.campaigns.perform import Hand, Overtaken
from orchestrator.campaigns.seats import SeatRequest, grant_seats
from orchestrator.campaigns.view import CampaignView
from orchestrator.config import InstrumentPlace, Lab
from orchestrator.crash_points import Point
from orchestrator.store.campaign_seats import take_seat, taken_seats
from orchestrator.store.campaigns import active_campaigns
from orchestrator.store.errors import StoreError
from orchestrator.store.transactions import reading, writing

__all__ = ["Round", "Seen"]

_PASSES_MAX = 200
"""Far more than any campaign needs in one moment: a circle is ended rather than followed."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a round has found in the end."""

    next_due_unix_s: float | None = None
    """When something is to begin next."""
    analysing: bool = False
    """Whether anything waits for an analysis."""
    active: bool = False
    """Whether any campaign has not ended."""
    acted: bool = False
    """Whether anything was done: instruments should look what is wanted of them."""


@dataclass(frozen=True)
class Round:
    """Rounds of one process. ``claim`` is asked in every transaction that writes: it raises where the lease is lost."""

    lab: Lab
    database: sa.Engine
    cycler_for: Callable[[InstrumentPlace], Cycler]
    claim: Callable[[sa.Connection], None]

    def run(self, now: float) -> Seen:
        """One round at lab time ``now``. Raises StoreUnavailable, LeaseHeld, StoreError."""
        for passes in range(_PASSES_MAX):
            with reading(self.database) as connection:
                views, decided = self._decided(connection, now)
                idle = not self._anything(connection, views, decided)
            if idle or not self._carry_out(now):
                return _seen(views, acted=passes > 0)
        raise StoreError("campaigns go round in circles: the same is decided again and again")

    def _carry_out(self, now: float) -> bool:
        """Look, decide and act in one transaction; False where nothing came of it."""
        try:
            with writing(self.database) as connection:
                self.claim(connection)
                views, decided = self._decided(connection, now, lock=True)
                hand = Hand(self.lab, self.cycler_for, connection, now)
                done = [hand.perform(view, actions) for view, actions in zip(views, decided, strict=True)]
                acted = self._seat(connection, views, decided, now) or any(done)
                reached(Point.CAMPAIGN_WRITTEN)
        except (Overtaken, IntegrityError):
            return True  # somebody else was faster: look again
        reached(Point.CAMPAIGN_COMMITTED)
        return acted

    def _decided(
        self, connection: sa.Connection, now: float, *, lock: bool = False
    ) -> tuple[list[CampaignView], list[list[Action]]]:
        seats = taken_seats(connection)
        views = [load_view(connection, self.lab, row, seats) for row in active_campaigns(connection, lock=lock)]
        return views, [decide_campaign(view, now) for view in views]

    def _anything(
        self, connection: sa.Connection, views: Sequence[CampaignView], decided: Sequence[Sequence[Action]]
    ) -> bool:
        if any(not isinstance(action, WantSeats) for actions in decided for action in actions):
            return True
        requests = _requests(views, decided)
        return bool(requests and grant_seats(requests, occupied_benches(connection, self.lab)))

    def _seat(
        self, connection: sa.Connection, views: Sequence[CampaignView], decided: Sequence[Sequence[Action]], now: float
    ) -> bool:
        requests = _requests(views, decided)
        grants = grant_seats(requests, occupied_benches(connection, self.lab)) if requests else []
        for grant in grants:
            take_seat(connection, grant.campaign_id, grant.cell_id, grant.pool, grant.bench, now=now)
        return bool(grants)


def _requests(views: Sequence[CampaignView], decided: Sequence[Sequence[Action]]) -> list[SeatRequest]:
    return [
        SeatRequest(view.id, action)
        for view, actions in zip(views, decided, strict=True)
        for action in actions
        if isinstance(action, WantSeats)
    ]


def _seen(views: Sequence[CampaignView], *, acted: bool) -> Seen:
    due = [one.due_unix_s for view in views for one in view.entries if one.outcome is None]
    findings = (job.finding for view in views for job in view.jobs)
    return Seen(
        next_due_unix_s=min(due, default=None),
        analysing=any(finding is not None and finding.pending for finding in findings),
        active=bool(views),
        acted=acted,
    )
