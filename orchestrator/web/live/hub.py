"""One look at the database a second for all open pages; each is sent what has changed of what it shows."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import anyio.to_thread

from orchestrator.store.errors import StoreError
from orchestrator.web.live.changes import changes
from orchestrator.web.live.topic import Rows, Snapshot, Topic, find_topic
from orchestrator.web.service import Service

__all__ = ["Hub", "Listener"]

_EVERY_S = 1.0
_WAITING_MAX = 4
"""Messages a page may leave unread: a tab that takes none is let go, and comes back by itself."""
_logger = logging.getLogger(__name__)


@dataclass(eq=False)
class Listener:
    """One open page."""

    topics: frozenset[str]
    outbox: asyncio.Queue[str | None] = field(default_factory=lambda: asyncio.Queue(_WAITING_MAX))
    """Texts to send; None: let go."""
    known: set[str] = field(default_factory=set)
    """Topics of which it has been sent the whole."""


class Hub:
    """Runs while a page is open, and does nothing else."""

    def __init__(self, service: Service, topics: Mapping[str, Topic], every_s: float = _EVERY_S) -> None:
        self._service = service
        self._topics = topics
        self._every_s = every_s
        self._listeners: set[Listener] = set()
        self._seen: dict[str, Rows] = {}
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()

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

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while self._listeners:
            began = loop.time()
            self._wake.clear()
            await self._turn()
            try:
                await asyncio.wait_for(self._wake.wait(), max(began + self._every_s - loop.time(), 0.0))
            except TimeoutError:
                continue
        self._seen.clear()

    async def _turn(self) -> None:
        wanted = frozenset[str]().union(*(one.topics for one in self._listeners))
        try:
            now_unix_s, found = await anyio.to_thread.run_sync(self._look, wanted)
        except StoreError as error:
            self._tell_all(_text({"problem": str(error)}))
            return
        except Exception:
            _logger.exception("a look for the pages failed")
            self._tell_all(_text({"problem": "internal error; the log of `cellbench web` has the details"}))
            return
        differences = self._differences(found)
        self._seen = found
        pulse = _text({"now_unix_s": now_unix_s})
        for listener in tuple(self._listeners):
            self._tell(listener, found, differences, pulse)

    def _differences(self, found: Mapping[str, Rows]) -> dict[str, str]:
        """By topic, what a page is sent that has had the whole of it."""
        texts: dict[str, str] = {}
        for name, rows in found.items():
            different = changes(self._seen.get(name, {}), rows)
            if different:
                texts[name] = _message(name, different.changed, different.gone)
        return texts

    def _look(self, wanted: frozenset[str]) -> tuple[float, dict[str, Rows]]:
        with self._service.reading() as connection:
            now_unix_s = self._service.now_unix_s(connection)
            snapshot = Snapshot(self._service, connection, now_unix_s)
            found: dict[str, Rows] = {}
            for asked in sorted(wanted):
                topic = find_topic(self._topics, asked)
                if topic is not None:
                    found[asked] = topic[0].look(snapshot, topic[1])
            return now_unix_s, found

    def _tell(self, listener: Listener, found: Mapping[str, Rows], differences: Mapping[str, str], pulse: str) -> None:
        texts = [pulse]
        for name in sorted(listener.topics & found.keys()):
            if name not in listener.known:
                listener.known.add(name)
                texts.append(_message(name, {key: dict(row) for key, row in found[name].items()}, [], whole=True))
            elif name in differences:
                texts.append(differences[name])
        self._put(listener, "\n".join(texts))

    def _tell_all(self, text: str) -> None:
        for listener in tuple(self._listeners):
            self._put(listener, text)

    def _put(self, listener: Listener, text: str) -> None:
        try:
            listener.outbox.put_nowait(text)
        except asyncio.QueueFull:
            self.leave(listener)
            listener.outbox.get_nowait()
            listener.outbox.put_nowait(None)


def _message(name: str, changed: Mapping[str, Any], gone: list[str], *, whole: bool = False) -> str:
    return _text({"topic": name, "whole": whole, "changed": changed, "gone": gone})


def _text(message: Mapping[str, Any]) -> str:
    return json.dumps(message, separators=(",", ":"), allow_nan=False)
