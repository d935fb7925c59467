"""One look at the database a second for all open pages; each is sent what has changed of what it shows."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import anyio.to_thread
from sqlalchemy.exc import SQLAlchemyError

from orchestrator.store.errors import StoreError
from orchestrator.web.live import message
from orchestrator.web.live.listener import Listener
from orchestrator.web.live.topic import Rows, Snapshot, Topic, find_topic
from orchestrator.web.service import Service

__all__ = ["Hub"]

_EVERY_S = 1.0
_GAP_S = 0.1
"""Between two looks, whoever comes: pages that are opened at once share one."""
_PAGES_MAX = 100
_INTERNAL = "internal error; the log of `cellbench web` has the details"
_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Seen:
    """One topic at one look."""

    rows: Rows
    difference: str | None
    whole: str | None
    """Only where a page waits for it."""


@dataclass
class _Look:
    """All topics at one look."""

    now_unix_s: float
    seen: dict[str, _Seen] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)


class Hub:
    """Runs while a page is open, and does nothing else."""

    def __init__(self, service: Service, topics: Mapping[str, Topic], every_s: float = _EVERY_S) -> None:
        self._service = service
        self._topics = topics
        self._every_s = every_s
        self._gap_s = min(_GAP_S, every_s)
        self._listeners: set[Listener] = set()
        self._rows: dict[str, Rows] = {}
        """What pages that know a topic have been sent of it."""
        self._failing: dict[str, str] = {}
        """Topics that cannot be looked at, with the error: it is in the log once, until it is another one."""
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()

    @property
    def full(self) -> bool:
        """Whether no page can be taken on."""
        return len(self._listeners) >= _PAGES_MAX

    def known(self, asked: str) -> bool:
        """Whether there is such a topic."""
        return find_topic(self._topics, asked) is not None

    def join(self, listener: Listener) -> None:
        """Send to this page from now on, first the whole of its topics."""
        self._listeners.add(listener)
        self._wake.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    def leave(self, listener: Listener) -> None:
        """The page has gone."""
        self._listeners.discard(listener)

    async def close(self) -> None:
        """End; a look that is under way ends first."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while self._listeners:
            began = loop.time()
            self._wake.clear()
            await self._turn()
            await asyncio.sleep(self._gap_s)
            with suppress(TimeoutError):
                async with asyncio.timeout_at(began + self._every_s):
                    await self._wake.wait()
        self._rows.clear()

    async def _turn(self) -> None:
        wanted = self._wanted()
        try:
            look = await anyio.to_thread.run_sync(self._look, wanted)
        except StoreError as error:
            self._tell_all(message.problem(str(error)))
        except Exception:  # the pages hear of it, and the next second may be better
            _logger.exception("a look for the pages failed")
            self._tell_all(message.problem(_INTERNAL))
        else:
            self._rows = {name: self._rows[name] for name in look.failed & self._rows.keys()}
            self._rows |= {name: seen.rows for name, seen in look.seen.items()}
            pulse = message.pulse(look.now_unix_s)
            for listener in tuple(self._listeners):
                self._tell(listener, look, pulse)

    def _wanted(self) -> dict[str, bool]:
        """Topics that are followed; true: somebody must be sent the whole."""
        names = frozenset[str]().union(*(one.topics for one in self._listeners))
        return {name: any(name in one.topics - one.known for one in self._listeners) for name in sorted(names)}

    def _look(self, wanted: Mapping[str, bool]) -> _Look:
        """In a thread: everything of it, since a thousand rows take a while also as JSON."""
        with self._service.reading() as connection:
            now_unix_s = self._service.now_unix_s(connection)
            snapshot = Snapshot(self._service, connection, now_unix_s)
            look = _Look(now_unix_s)
            for asked, whole in wanted.items():
                self._try(look, snapshot, asked, whole)
        self._failing = {asked: error for asked, error in self._failing.items() if asked in look.failed}
        return look

    def _try(self, look: _Look, snapshot: Snapshot, asked: str, whole: bool) -> None:
        try:
            look.seen[asked] = self._look_at(snapshot, asked, whole)
        except SQLAlchemyError:
            raise
        except Exception as error:  # of this topic: whoever follows it is told, the others go on
            look.failed.add(asked)
            if self._failing.get(asked) != repr(error):
                self._failing[asked] = repr(error)
                _logger.exception("%s cannot be looked at", asked)

    def _look_at(self, snapshot: Snapshot, asked: str, whole: bool) -> _Seen:
        found = find_topic(self._topics, asked)
        if found is None:
            raise LookupError(asked)
        topic, argument = found
        rows = topic.look(snapshot, argument)
        before = self._rows.get(asked)
        difference = message.difference(asked, before, rows) if before is not None else None
        return _Seen(rows, difference, message.whole(asked, rows) if whole else None)

    def _tell(self, listener: Listener, look: _Look, pulse: str) -> None:
        texts: list[str] = []
        for name in sorted(listener.topics & look.seen.keys()):
            seen = look.seen[name]
            if name in listener.known:
                texts += [seen.difference] if seen.difference is not None else []
            elif seen.whole is not None:  # else it came while the look was under way: the next one is for it
                listener.known.add(name)
                texts.append(seen.whole)
        texts.append(message.problem(_INTERNAL) if listener.topics & look.failed else pulse)
        self._put(listener, "\n".join(texts))

    def _tell_all(self, text: str) -> None:
        for listener in tuple(self._listeners):
            self._put(listener, text)

    def _put(self, listener: Listener, text: str) -> None:
        if not listener.put(text):
            self.leave(listener)
