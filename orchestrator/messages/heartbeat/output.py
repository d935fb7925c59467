"""Where a heartbeat goes, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from orchestrator.messages.receiver import Command

__all__ = ["Get", "Heartbeat", "Touch", "Udp"]


@dataclass(frozen=True, slots=True)
class Touch:
    """The modification time of a file is set anew; its folder is there."""

    path: Path


@dataclass(frozen=True, slots=True)
class Get:
    """An HTTP GET that is answered with 2xx. Either the address, or the environment variable that holds it."""

    url: str | None = None
    url_env: str | None = None


@dataclass(frozen=True, slots=True)
class Udp:
    """One datagram; nobody says whether it has arrived."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """One output."""

    name: str
    way: Touch | Get | Udp | Command
    every_s: float = 5.0
