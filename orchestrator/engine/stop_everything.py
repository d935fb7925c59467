"""Obeying the STOP file: every instrument at once, then the database; neither waits for the other."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection

from orchestrator.clock import Clock
from orchestrator.engine import instrument_changes
from orchestrator.engine.loop import InstrumentLoop
from orchestrator.engine.stop_file import StopFile
from orchestrator.engine.worker import InstrumentWorker
from orchestrator.engine.writer import Writer
from orchestrator.store.errors import StoreError

__all__ = ["StopEverything"]

_LOOK_EVERY_S = 0.2  # wall seconds, as people count
_AGAIN_S = 1.0
_LOG = logging.getLogger(__name__)


class StopEverything:
    """Watches for the STOP file. While it is there nothing is started."""

    def __init__(self, stop_file: StopFile, loops: Collection[InstrumentLoop], writer: Writer, clock: Clock) -> None:
        self._file = stop_file
        self._loops = loops
        self._writer = writer
        self._clock = clock
        # Its own thread: those of the event loop may all be waiting for a database.
        self._worker = InstrumentWorker("stop-file")

    async def run(self) -> None:
        """Look until cancelled."""
        try:
            while True:
                actor = await self._worker.call(self._file.requested_by)
                if actor is not None:
                    await self._obey(actor)
                await asyncio.sleep(_LOOK_EVERY_S)
        finally:
            self._worker.close()

    async def _obey(self, actor: str) -> None:
        """Tell every instrument and the database; what either did not take is tried until it has.

        Once the database says that everything is to stop, the engine sees to the rest: it repeats and raises alarms.
        """
        _LOG.warning("STOP of everything, asked for by %s", actor)
        for loop in self._loops:
            loop.halt()
        untold, written = list(self._loops), False
        while not written:
            *told, written = await asyncio.gather(*(loop.stop_all() for loop in untold), self._write(actor))
            untold = [loop for loop, done in zip(untold, told, strict=True) if not done]
            if not written:
                await asyncio.sleep(_AGAIN_S)
        failure = await self._worker.call(self._file.obeyed)
        if failure is not None:
            _LOG.error("%s; nothing is started before it is taken away", failure)
            while await self._worker.call(self._file.requested_by) is not None:  # noqa: ASYNC110 - a file tells no event
                await asyncio.sleep(_LOOK_EVERY_S)
        for loop in self._loops:
            loop.unhalt()
            loop.wake()

    async def _write(self, actor: str) -> bool:
        try:
            await self._writer.write(instrument_changes.stop_wanted(actor, self._clock.now()))
        except StoreError as error:
            _LOG.error("the stop of everything could not be written down yet: %s", error)
            return False
        return True
