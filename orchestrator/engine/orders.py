"""Orders reach the node through the database: what is wanted of the runs is looked at several times a second.

This watch counts wall seconds, as the people who give orders do, also where the laboratory's own time is virtual. It
looks at one aggregate that every order changes, so that thousands of looks cost nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection

import sqlalchemy as sa

from orchestrator.engine.worker import InstrumentWorker
from orchestrator.run_state import TERMINAL, RunState
from orchestrator.store.errors import StoreUnavailable
from orchestrator.store.tables import prompts, runs
from orchestrator.store.transactions import reading

__all__ = ["LOOK_EVERY_S", "OrderWatch"]

LOOK_EVERY_S = 0.2
_ACTIVE = [state.value for state in RunState if state not in TERMINAL]
_CONFIRMED = sa.select(sa.func.count(prompts.c.answered_unix_s)).where(prompts.c.run_id == runs.c.id).scalar_subquery()
_WANTED = sa.select(*runs.c["instrument", "chamber", "id", "desired", "state"], _CONFIRMED.label("confirmed")).where(
    runs.c.state.in_(_ACTIVE)
)
_LOG = logging.getLogger(__name__)

Order = tuple[str, int, bool]
"""What is wanted, how often a person has confirmed, whether it stands in the queue."""
Orders = dict[tuple[str, str | None, int], Order]
"""By instrument, chamber and run."""


class OrderWatch:
    """Tells the loops of instrument and chamber as soon as something else is wanted of a run, or was confirmed.

    ``on_order`` hears the loop's name, and the runs that are wanted stopped since.
    """

    def __init__(self, database: sa.Engine, on_order: Callable[[str, Collection[int]], None]) -> None:
        self._database = database
        self._on_order = on_order
        self._known: Orders = {}
        # Its own thread: those of the event loop may all be waiting for a database.
        self._worker = InstrumentWorker("orders")

    async def run(self) -> None:
        """Look until cancelled."""
        try:
            while True:
                await self.look()
                await asyncio.sleep(LOOK_EVERY_S)
        finally:
            self._worker.close()

    async def look(self) -> None:
        """Look once; a database that is away delays orders."""
        try:
            orders = await self._worker.call(self._orders)
        except StoreUnavailable as error:
            _LOG.warning("orders cannot be seen: %s", error)
            return
        news = {where: order for where, order in orders.items() if _is_news(self._known.get(where), order)}
        for name in {name for where in news for name in where[:2] if name is not None}:
            stops = {where[2] for where, order in news.items() if name in where[:2] and order[0] == "stop"}
            self._on_order(name, stops)
        self._known = orders

    def _orders(self) -> Orders:
        with reading(self._database) as connection:
            return {
                (row.instrument, row.chamber, row.id): (row.desired, row.confirmed, row.state == RunState.QUEUED.value)
                for row in connection.execute(_WANTED)
            }


def _is_news(known: Order | None, order: Order) -> bool:
    """Whether somebody has ordered something: a run that leaves the queue by itself is none, one that enters it is."""
    if known is None or known[:2] != order[:2]:
        return True
    return order[2] and not known[2]
