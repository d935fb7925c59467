"""The clock that a lab file names."""

from __future__ import annotations

from urllib.parse import urlsplit

from orchestrator.clock.contract import Clock
from orchestrator.clock.system import SystemClock
from orchestrator.clock.virtual import VirtualClock

__all__ = ["open_clock"]


async def open_clock(address: str, node: str) -> Clock:
    """``system``, or ``lab://host:port`` for the control port of a virtual lab. Raises Unreachable, ValueError."""
    if address == "system":
        return SystemClock()
    parts = urlsplit(address)
    if parts.scheme != "lab" or not parts.hostname or not parts.port:
        raise ValueError(f"clock: {address!r} is neither `system` nor `lab://host:port`")
    return await VirtualClock.connect(parts.hostname, parts.port, node)
