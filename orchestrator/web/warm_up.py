"""What takes the first page longest, done as soon as the service is up: a bench of 1,000 channels has as many plans."""

from __future__ import annotations

from threading import Event

from sqlalchemy import select

from orchestrator.store.tables import runs
from orchestrator.web.bench.look import look_at_channels
from orchestrator.web.bench.run_facts import known_plans
from orchestrator.web.pages.frame import environment
from orchestrator.web.pages.language import LANGUAGES
from orchestrator.web.run_rows import ENDED
from orchestrator.web.service import Service

__all__ = ["warm_up"]

_AT_A_TIME = 20
"""A page that comes meanwhile waits for so many plans, then reads the others itself; it never shows less."""


def warm_up(service: Service, stopped: Event) -> None:
    """Read all that the bench page keeps of one look for the next. Raises StoreUnavailable, StoredPlanError."""
    with service.reading() as connection:
        active = connection.execute(select(runs.c.id).where(runs.c.state.not_in(ENDED)).order_by(runs.c.id))
        run_ids = list(active.scalars())
        for first in range(0, len(run_ids), _AT_A_TIME):
            if stopped.is_set():
                return
            known_plans(connection, service.plans, run_ids[first : first + _AT_A_TIME])
        look_at_channels(connection, service.lab, service.plans, service.bench, service.now_unix_s(connection))
    for language in LANGUAGES:
        environment(language).get_template("bench/bench.html")
