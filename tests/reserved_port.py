"""A port that nobody else is given while a test needs it: one that refuses, or one that its own process opens."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["reserved_port"]


@contextmanager
def reserved_port() -> Iterator[int]:
    """A port of the loopback that refuses whoever calls, until somebody listens there.

    It is bound, with SO_REUSEADDR, and does not listen: a server, which has SO_REUSEADDR too, may open it by its
    number, and nobody who asks for any port that is free, as other tests do all the time, is given it.
    """
    with socket.socket() as kept:
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kept.bind(("127.0.0.1", 0))
        yield int(kept.getsockname()[1])
