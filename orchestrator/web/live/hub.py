"""One look at the database a second for all open pages; each is sent what has changed of what it shows."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

import anyio.to_thread
from sqlalchemy.exc import SQLAlchemyError

from orchestrator.store.errors import StoreError
from orchestrator.web.live import message
from orchestrator.web.live.changes import NOTHING, changes
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
class _Told:
    """One topic at one look, for the pages of one language."""

    difference: str | None
    whole: str | None
    """Only where a page waits for it."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """One topic at one look."""

    rows: Rows
    told: Mapping[str, _Told]
    """By language."""


_NOT_TOLD = _Told(None, None)
_Wanted = Mapping[str, Mapping[str, bool]]
"""By topic and language that are followed; true: somebody must be sent the whole."""


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

    def _wanted(self) -> _Wanted:
        found: defaultdict[str, dict[str, bool]] = defaultdict(dict)
        for one in self._listeners:
            for name in one.topics:
                found[name][one.language] = found[name].get(one.language, False) or name not in one.known
        return {name: found[name] for name in sorted(found)}

    def _look(self, wanted: _Wanted) -> _Look:
        """In a thread: everything of it, since a thousand rows take a while also as JSON."""
        with self._service.reading() as connection:
            now_unix_s = self._service.now_unix_s(connection)
            snapshot = Snapshot(self._service, connection, now_unix_s)
            look = _Look(now_unix_s)
            for asked, languages in wanted.items():
                self._try(look, snapshot, asked, languages)
        self._failing = {asked: error for asked, error in self._failing.items() if asked in look.failed}
        return look

    def _try(self, look: _Look, snapshot: Snapshot, asked: str, languages: Mapping[str, bool]) -> None:
        try:
            look.seen[asked] = self._look_at(snapshot, asked, languages)
        except SQLAlchemyError:
            raise
        except Exception as error:  # of this topic: whoever follows it is told, the others go on
            look.failed.add(asked)
            if self._failing.get(asked) != repr(error):
                self._failing[asked] = repr(error)
                _logger.exception("%s cannot be looked at", asked)

    def _look_at(self, snapshot: Snapshot, asked: str, languages: Mapping[str, bool]) -> _Seen:
        found = find_topic(self._topics, asked)
        if found is None:
            raise LookupError(asked)
        topic, argument = found
        rows = topic.look(snapshot, argument)
        before = self._rows.get(asked)
        different = changes(before, rows) if before is not None else NOTHING
        told: dict[str, _Told] = {}
        for language, whole in languages.items():
            say = partial(topic.row_in, language)
            difference = message.difference(asked, different, say)
            told[language] = _Told(difference, message.whole(asked, rows, say) if whole else None)
        return _Seen(rows, told)

    def _tell(self, listener: Listener, look: _Look, pulse: str) -> None:
        texts: list[str] = []
        for name in sorted(listener.topics & look.seen.keys()):
            told = look.seen[name].told.get(listener.language, _NOT_TOLD)
            if name in listener.known:
                texts += [told.difference] if told.difference is not None else []
            elif told.whole is not None:  # else it came while the look was under way: the next one is for it
                listener.known.add(name)
                texts.append(told.whole)
        texts.append(message.problem(_INTERNAL) if listener.topics & look.failed else pulse)
        self._put(listener, "\n".join(texts))

    def _tell_all(self, text: str) -> None:
        for listener in tuple(self._listeners):
            self._put(listener, text)

    def _put(self, listener: Listener, text: str) -> None:
        if not listener.put(text):
            self.leave(listener)
