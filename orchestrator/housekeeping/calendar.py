"""The node's own calendar: APScheduler, for backups and the like. Neither polling nor the state of a run lives in it.

It runs on real time also where the instruments are a virtual lab's: disks are real.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger

__all__ = ["Housekeeping"]

_GRACE_S = 6 * 3600
"""A job is made up for where the node was down, or the computer asleep, for no longer than this."""


class Housekeeping:
    """Jobs by cron rules. One that is still running is not begun again; of several missed times one is made up for."""

    def __init__(self) -> None:
        logging.getLogger("apscheduler").setLevel(logging.WARNING)
        self._scheduler = AsyncIOScheduler(
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": _GRACE_S}
        )

    def add(self, name: str, cron: str, job: Callable[[], Awaitable[None]]) -> None:
        """Have a job done by a rule of five fields, in this computer's time zone."""
        self._scheduler.add_job(job, CronTrigger.from_crontab(cron), id=name, name=name)

    async def run(self) -> None:
        """Keep the calendar until cancelled."""
        self._scheduler.start()
        try:
            await asyncio.Event().wait()
        finally:
            self._scheduler.shutdown(wait=False)
