"""One TCP connection to the BTS Client: strictly request and reply, one time limit over the whole exchange."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from drivers.errors import Garbled, Refused, Unreachable
from drivers.exchanged import exchanged
from drivers.neware.framing import FrameSocket
from drivers.neware.replies import parse_reply
from drivers.neware.requests import Request, connect

__all__ = ["Connection", "Endpoint", "Login"]

_log = logging.getLogger(__name__)
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class Login:
    """Credentials of the ``connect`` command."""

    username: str = "admin"
    password: str = "neware"  # noqa: S105  the vendor's own default, the same on every installation


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the BTS Client listens and how long it may take. Time-outs are wall seconds."""

    host: str
    port: int = 502
    connect_timeout: float = 5.0
    timeout: float = 30.0
    """Over a whole exchange, connecting included; 30 s is the vendor's own advice."""

    def __str__(self) -> str:
        """``host:port``."""
        return f"{self.host}:{self.port}"


class Connection:
    """Opens when needed, logs in, and never trusts a connection again on which an exchange has failed."""

    def __init__(self, endpoint: Endpoint, login: Login | None) -> None:
        self.endpoint = endpoint
        self.opened = 0
        """How often it was opened: a rise tells that the peer may be another, or have changed."""
        self._login = login
        self._link: FrameSocket | None = None

    def exchange(self, request: Request, decode: Callable[[bytes], _Answer]) -> _Answer:
        """Send one request and decode its one reply.

        A read-only request is tried once more on a new connection, within the same time limit. One that changes the
        world is sent at most once: whatever goes wrong afterwards is Unreachable with ``sent=True``.
        """
        deadline = time.monotonic() + self.endpoint.timeout
        try:
            return self._attempt(request, decode, deadline)
        except (Garbled, Unreachable) as error:
            never_asked = isinstance(error, Unreachable) and not error.sent
            if request.changes_world or never_asked or time.monotonic() >= deadline:
                raise
        return self._attempt(request, decode, deadline)

    def open(self) -> None:
        """Connect and log in, where that is not so. Raises Unreachable or Refused (login)."""
        self._ready_link(time.monotonic() + self.endpoint.timeout)

    def close(self) -> None:
        """Let go of the socket; the next exchange opens another."""
        if self._link is not None:
            self._link.close()
            self._link = None

    def _attempt(self, request: Request, decode: Callable[[bytes], _Answer], deadline: float) -> _Answer:
        link = self._ready_link(deadline)
        try:
            return self._ask(link, request, decode, deadline)
        except Unreachable as error:
            raise self._unreachable(f"{request.command}: {error}", sent=error.sent) from error
        except Garbled as error:
            if request.changes_world:
                raise self._unreachable(f"{request.command} has no sensible reply: {error}", sent=True) from error
            raise

    def _ask(self, link: FrameSocket, request: Request, decode: Callable[[bytes], _Answer], deadline: float) -> _Answer:
        whole = False
        try:
            link.send(request.payload, deadline)
            answer = decode(link.receive(deadline))
            exchanged()
            whole = True
        finally:
            if not whole:  # also when interrupted: a late reply must never answer the next question
                self.close()
        return answer

    def _ready_link(self, deadline: float) -> FrameSocket:
        """Return a link in which nothing is under way. Raises Unreachable with ``sent=False``, or Refused (login)."""
        if self._link is not None and not self._link.quiet:
            _log.info("%s: closed by the peer, or bytes that nobody asked for; opening again", self.endpoint)
            self.close()
        if self._link is None:
            self._link = self._open(deadline)
            self.opened += 1
            if self._login is not None:
                self._log_in(self._link, self._login, deadline)
        return self._link

    def _open(self, deadline: float) -> FrameSocket:
        seconds = min(self.endpoint.connect_timeout, deadline - time.monotonic())
        if seconds <= 0:
            raise self._unreachable("no time left to connect again")
        try:
            connected = socket.create_connection((self.endpoint.host, self.endpoint.port), timeout=seconds)
        except OSError as error:
            raise self._unreachable(f"cannot connect: {error}; is BTS Client running with its API active?") from error
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return FrameSocket(connected)

    def _log_in(self, link: FrameSocket, login: Login, deadline: float) -> None:
        request = connect(login.username, login.password)
        try:
            result = self._ask(
                link, request, lambda frame: parse_reply(frame, request.command).text("result"), deadline
            )
        except (Garbled, Unreachable) as error:
            raise self._unreachable(f"no login: {error}") from error
        if result != "ok":
            self.close()
            raise Refused(f"{self.endpoint} refused the login of {login.username!r}: {result!r}")

    def _unreachable(self, what: str, *, sent: bool = False) -> Unreachable:
        return Unreachable(f"{self.endpoint}: {what}", sent=sent)
