"""One open page, as the hub knows it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

__all__ = ["Listener"]

_WAITING_MAX = 4
"""Messages a page may leave unread: one that takes none is let go, and comes back by itself."""


@dataclass(eq=False)
class Listener:
    """What a page follows, and what it has not taken yet."""

    topics: frozenset[str]
    language: str = "en"
    outbox: asyncio.Queue[str] = field(default_factory=lambda: asyncio.Queue(_WAITING_MAX))
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    """Nothing comes any more; whoever serves the page ends that."""
    known: set[str] = field(default_factory=set)
    """Topics of which it has been sent the whole."""

    def put(self, text: str) -> bool:
        """Have it sent; False: too much waits already, and the page is let go."""
        if self.outbox.full():
            self.let_go.set()
            return False
        self.outbox.put_nowait(text)
        return True
