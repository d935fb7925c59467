"""The watch of a node over its disks: every minute of real time."""

from __future__ import annotations

import asyncio
import logging
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection

from orchestrator.clock import Clock
from orchestrator.config import Lab
from orchestrator.config.lab import NODE
from orchestrator.disk.folders import watched_folders
from orchestrator.disk.judge import judge_disk
from orchestrator.disk.rate import ShrinkRate
from orchestrator.engine.writer import Writer
from orchestrator.store.alarms import Severity, clear_alarms, raise_alarm
from orchestrator.store.disks import DiskRow, write_disks
from orchestrator.store.errors import StoreUnavailable

__all__ = ["DiskWatch"]

_LOG = logging.getLogger(__name__)
_LOOK_EVERY_S = 60.0


class Usage(Protocol):
    """What ``shutil.disk_usage`` tells, in bytes."""

    @property
    def free(self) -> int: ...
    @property
    def total(self) -> int: ...


class DiskWatch:
    """``usage`` and ``real`` (a monotonic clock of real time) are the system's, but in tests."""

    def __init__(
        self,
        lab: Lab,
        writer: Writer,
        clock: Clock,
        *,
        usage: Callable[[Path], Usage] = shutil.disk_usage,
        real: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lab = lab
        self._node = lab.node or NODE
        self._writer = writer
        self._clock = clock
        self._usage = usage
        self._real = real
        self._rates: dict[str, ShrinkRate] = {}

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                await self.look()
            except StoreUnavailable as error:
                _LOG.error("how full the disks are cannot be stored: %s", error)
            await asyncio.sleep(_LOOK_EVERY_S)

    async def look(self) -> None:
        """Look once, write it down, raise alarms and end them. Raises StoreUnavailable."""
        looks = await asyncio.to_thread(self._looks)
        for row, _ in looks:
            if row.level != "ok":
                level = logging.CRITICAL if row.level == "critical" else logging.WARNING
                _LOG.log(level, "%s: %s", row.path, row.message)
        await self._writer.write(lambda connection: self._change(connection, looks))

    def _looks(self) -> list[tuple[DiskRow, bool]]:
        """How each disk is, and whether it is only filling up quickly."""
        return [self._look_at(folder, path) for folder, path in _one_each(watched_folders(self._lab)).items()]

    def _look_at(self, folder: str, path: Path) -> tuple[DiskRow, bool]:
        usage = self._usage(path)
        rate = self._rates.setdefault(folder, ShrinkRate()).take(self._real(), usage.free)
        verdict = judge_disk(usage.free, usage.total, rate, self._lab.disk)
        level, text = verdict.level, verdict.text
        row = DiskRow(self._node, folder, str(path), usage.free, usage.total, level, text, time.time())
        return row, verdict.filling

    def _change(self, connection: Connection, looks: list[tuple[DiskRow, bool]]) -> None:
        now = self._clock.now()
        write_disks(connection, self._node, [row for row, _ in looks])
        for row, filling in looks:
            source = f"disk of {self._node}: {row.folder}"
            # without the figures: with them it would be a new alarm each minute
            alarms = (
                (f"{row.path}: the disk fills up quickly", filling),
                (f"{row.path}: the disk is nearly full", row.level != "ok" and not filling),
            )
            severity: Severity = "critical" if row.level == "critical" else "warning"
            for message, so in alarms:
                if so:
                    raise_alarm(connection, source=source, severity=severity, message=message, now=now)
                else:
                    clear_alarms(connection, source=source, message=message, now=now)


def _one_each(folders: Mapping[str, Path]) -> dict[str, Path]:
    """Of folders on one disk the first, with the names of all: people are told once."""
    disks: dict[int, list[str]] = {}
    for folder, path in folders.items():
        disks.setdefault(path.stat().st_dev, []).append(folder)
    return {", ".join(names): folders[names[0]] for names in disks.values()}
