"""Keeping aside what the database does not take, and bringing it there afterwards: each entry once.

Every entry is on the disk (fsync) before ``keep`` returns. Entries are replayed in order, and how many of them are
stored is committed together with them, so a process that dies in between neither loses nor doubles one.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from orchestrator.spool.spool_file import SpoolFile, SpoolFull
from orchestrator.store.alarms import clear_alarms, raise_alarm
from orchestrator.store.errors import StoreError, StoreUnavailable, is_unavailable
from orchestrator.store.recorder import Recorder
from orchestrator.store.spools import replayed_entries, spool_replayed

__all__ = ["SOURCE", "Apply", "Spool"]

_LOG = logging.getLogger(__name__)
_LOOK_EVERY_S = 1.0  # wall seconds
_AT_ONCE = 1000
"""Entries in one transaction."""
SOURCE = "spool"
"""Of its alarms."""
Apply = Callable[[Connection, Mapping[str, Any]], object]


class Spool:
    """One a node. ``apply`` says what an entry of each kind writes; ``now`` is the lab's clock."""

    def __init__(
        self, file: SpoolFile, recorder: Recorder, apply: Mapping[str, Apply], now: Callable[[], float]
    ) -> None:
        self._file = file
        self._recorder = recorder
        self._apply = apply
        self._now = now
        self._lock = threading.Lock()
        self._replaying = asyncio.Lock()
        self._trouble = file.damage
        if file.damage is not None:
            _LOG.error("spool %s", file.damage)

    @property
    def entries(self) -> int:
        """How many wait to be stored."""
        return len(self._file.frames)

    async def keep(self, kind: str, facts: Mapping[str, Any]) -> bool:
        """Put an entry on the disk. False where it could not be: it is in memory only, and that is said."""
        payload = json.dumps({"kind": kind, **facts}, separators=(",", ":")).encode()
        try:
            await asyncio.to_thread(self._append, payload)
        except (OSError, SpoolFull) as error:
            if self._trouble != str(error):
                _LOG.critical("what the database does not take is in memory only: %s", error)
            self._trouble = str(error)
            return False
        return True

    async def run(self) -> None:
        """Replay whenever there is something and the database takes it; until cancelled."""
        while True:
            if self.entries or self._trouble:
                try:
                    await self.replay()
                except StoreUnavailable as error:
                    _LOG.debug("%d entries wait: %s", self.entries, error)
            await asyncio.sleep(_LOOK_EVERY_S)

    async def replay(self) -> None:
        """Store what waits. Raises StoreUnavailable: nothing of it is forgotten."""
        async with self._replaying:
            done = 0
            while done < (present := self.entries):
                upto = min(done + _AT_ONCE, present)
                await asyncio.wrap_future(self._recorder.write(self._change(upto)))
                done = upto
            if done:
                await asyncio.to_thread(self._empty, done)
            if self._trouble is not None:
                await asyncio.wrap_future(self._recorder.write(self._tell(self._trouble)))
                self._trouble = None

    def _append(self, payload: bytes) -> None:
        with self._lock:
            self._file.append(payload)

    def _empty(self, stored: int) -> None:
        """Begin a new file; not where an entry has come meanwhile: the next replay does."""
        with self._lock:
            if len(self._file.frames) == stored:
                self._file.reset()

    def _change(self, upto: int) -> Callable[[Connection], None]:
        identity, frames = self._file.identity, self._file.frames[:upto]

        def change(connection: Connection) -> None:
            stored = replayed_entries(connection, identity)
            if stored >= upto:
                return
            for frame in frames[stored:]:
                self._store(connection, frame)
            spool_replayed(connection, identity, upto, wall_unix_s=time.time())

        return change

    def _store(self, connection: Connection, frame: bytes) -> None:
        """One entry; one that the database refuses becomes an alarm, and holds up no other."""
        entry = json.loads(frame)
        kind = entry.pop("kind")
        try:
            with connection.begin_nested():
                self._apply[kind](connection, entry)
        except (StoreError, DBAPIError, LookupError) as error:
            if is_unavailable(error):
                raise
            reason = str(error).splitlines()[0]
            message = f"an entry could not be stored ({reason}): {frame.decode()}"
            raise_alarm(connection, source=SOURCE, message=message, now=self._now())

    def _tell(self, trouble: str) -> Callable[[Connection], None]:
        def change(connection: Connection) -> None:
            message = f"what was only in memory, or in what is damaged, may be missing: {trouble}"
            raise_alarm(connection, source=SOURCE, message=message, now=self._now())
            clear_alarms(connection, source=SOURCE, message=message, now=self._now())

        return change
