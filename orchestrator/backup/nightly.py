"""The backup that the lab file asks for: a failed one is an alarm, until one succeeds."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection

from orchestrator.backup.errors import BackupFailed
from orchestrator.backup.make import make_backup
from orchestrator.backup.schedule import BackupSchedule
from orchestrator.clock import Clock
from orchestrator.config import Lab
from orchestrator.engine.writer import Writer
from orchestrator.store.alarms import clear_alarms, raise_alarm
from orchestrator.store.errors import StoreError, StoreUnavailable
from orchestrator.store.events import append_event

__all__ = ["SOURCE", "ScheduledBackup"]

_LOG = logging.getLogger(__name__)
SOURCE = "backup"
"""Of its alarm."""


class ScheduledBackup:
    """``make`` is :func:`make_backup`, but in tests."""

    def __init__(
        self,
        lab: Lab,
        schedule: BackupSchedule,
        writer: Writer,
        clock: Clock,
        make: Callable[[Lab, Path, int | None], Path] = make_backup,
    ) -> None:
        self._lab = lab
        self._schedule = schedule
        self._writer = writer
        self._clock = clock
        self._make = make

    async def __call__(self) -> None:
        """Make one, in a thread of its own; what comes of it is an event or an alarm."""
        try:
            made = await asyncio.to_thread(self._make, self._lab, self._schedule.to, self._schedule.keep)
        except (BackupFailed, StoreError) as error:
            _LOG.error("backup failed: %s", error)
            await self._tell(str(error), failed=True)
        else:
            _LOG.info("backup in %s", made)
            await self._tell(f"backup in {made}", failed=False)

    async def _tell(self, message: str, *, failed: bool) -> None:
        now = self._clock.now()

        def change(connection: Connection) -> None:
            if failed:
                raise_alarm(connection, source=SOURCE, message=f"the backup failed: {message}", now=now)
                return
            clear_alarms(connection, source=SOURCE, now=now)
            append_event(connection, now=now, actor="engine", kind="backup", message=message)

        try:
            await self._writer.write(change)
        except StoreUnavailable as error:
            _LOG.error("what came of the backup cannot be stored: %s", error)
