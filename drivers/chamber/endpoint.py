"""Where a chamber listens, and whether a connected socket is fit for a question."""

from __future__ import annotations

import socket
from dataclasses import dataclass

__all__ = ["Endpoint", "pending_bytes"]

_PEEK_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Host, port and the wall seconds that one exchange (or connecting) may take."""

    host: str
    port: int
    timeout: float = 3.0

    def __str__(self) -> str:
        """``host:port``."""
        return f"{self.host}:{self.port}"


def pending_bytes(connected: socket.socket) -> bytes | None:
    """What has arrived and was not read, left where it is; None: the peer has closed, or the connection is broken."""
    blocking = connected.gettimeout()
    connected.settimeout(0)
    try:
        return connected.recv(_PEEK_BYTES, socket.MSG_PEEK) or None
    except BlockingIOError:
        return b""
    except OSError:
        return None
    finally:
        connected.settimeout(blocking)
