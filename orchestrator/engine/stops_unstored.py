"""Stops that were sent while the database was away: that they were, and when, is kept on the disk.

What is wanted stands in the database already, so a killed node sends such a stop again; this is for the log alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from orchestrator.engine.known import ActiveRun
from orchestrator.engine.writer import Writer
from orchestrator.spool.kinds import STOP_SENT

__all__ = ["StopsUnstored"]


class StopsUnstored:
    """Of one instrument: each run once."""

    def __init__(self, instrument: str, writer: Writer) -> None:
        self._instrument = instrument
        self._writer = writer
        self._taken: set[int] = set()

    async def take(self, stops: Iterable[ActiveRun], failures: Mapping[int, str | None], now: float) -> None:
        """Keep what has been sent and could not be written down. ``failures``: what the driver said, by run."""
        for run in stops:
            failure = failures.get(run.view.id)
            if run.view.id in self._taken or failure is not None:
                continue
            facts = {
                "now": now,
                "message": "stop sent while the database did not take it",
                "run_id": run.view.id,
                "instrument": self._instrument,
                "channel": run.channel,
            }
            if await self._writer.keep(STOP_SENT, facts):
                self._taken.add(run.view.id)
