"""A process of which something stands still for good ends itself, so that whoever runs it starts it anew.

Containers, Windows services and ``cellbench serve`` start again only what has ended. A thread looks whether everything
gets on, and asks none of it. It counts its own looks, not the time between them: a process that was stopped, or a
computer that slept, adds one look however long it was, and what is well gets on before the next.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Hashable, Mapping
from types import TracebackType
from typing import Self

from orchestrator.exit_codes import STOOD_STILL
from orchestrator.process.last_words import LastWords

__all__ = ["LastResort"]

_LOOKS = 60
"""Looks in the time after which what has not got on will not."""
_TO_BLAME = _LOOKS // 2

Marks = Mapping[str, Hashable]


class LastResort:
    """Ends this process at once when one and the same thing has not got on for ``after_s``; use as a context manager.

    ``end`` ends the process with an exit code, without asking anybody.
    """

    def __init__(self, words: LastWords, *, after_s: float, end: Callable[[int], object] = os._exit) -> None:
        self.words = words
        self._every_s = after_s / _LOOKS
        self._end = end
        self._left = threading.Event()
        self._marks: Callable[[], Marks] = dict
        self._named: Callable[[str, float], str] = "{} stood still for {:.0f} s".format
        self._seen: dict[str, tuple[Hashable, int]] = {}

    def __enter__(self) -> Self:
        threading.Thread(target=self._look_until_left, name="last-resort", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._left.set()

    def watch(self, marks: Callable[[], Marks], named: Callable[[str, float], str]) -> None:
        """From now on look at this.

        ``marks``: how far each thing has got that should be getting on now; whatever is another mark than at the last
        look has. What others need to get on stands before them. ``named`` says in one line what stood still, and for
        how long. Both are called in a thread of ours.
        """
        self._named, self._marks = named, marks

    def look(self) -> tuple[str, float] | None:
        """Look once; what has stood still for too long, or what it may have waited for, and for how many seconds."""
        marks, before = self._marks(), self._seen
        self._seen = {}
        for name, mark in marks.items():
            same, looks = before.get(name, (None, 0))
            self._seen[name] = (mark, looks + 1) if name in before and same == mark else (mark, 0)
        stands = {name: looks for name, (_, looks) in self._seen.items()}
        if max(stands.values(), default=0) < _LOOKS:
            return None
        return next((name, looks * self._every_s) for name, looks in stands.items() if looks >= _TO_BLAME)

    def _look_until_left(self) -> None:
        while not self._left.wait(self._every_s):
            if (stands := self.look()) is not None:
                try:
                    self.words.say(self._named(*stands))
                finally:
                    self._end(STOOD_STILL)
