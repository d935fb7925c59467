"""One TCP connection for lines of text by pyvisa and pyvisa-py, without the places where pyvisa-py hangs or spins."""

from __future__ import annotations

import logging
import os
import select
import socket
import time
from typing import Any, cast

import pyvisa
from pyvisa.resources import TCPIPSocket

from drivers.chamber.endpoint import Endpoint, pending_bytes
from drivers.errors import Garbled, Unreachable
from drivers.exchanged import exchanged

__all__ = ["LineLink"]

_log = logging.getLogger(__name__)
_ENDS = b"\r\n"
_LINE_BYTES_MAX = 4096
_FAILURES = (pyvisa.VisaIOError, OSError)  # pyvisa-py lets errors of the socket through as they are


class LineLink:
    """Opens when told to; drops the connection after any exchange that did not end as it should.

    pyvisa-py's ``clear`` and ``flush`` are never called: on a connection that the peer has closed they do not return.
    Its ``read`` is called only for bytes that are there: without, it would spin until the time-out on a connection
    that the peer has closed, and tell a time-out; and after a time-out the next query would get the late answer.
    """

    def __init__(self, endpoint: Endpoint, terminator: str) -> None:
        self.endpoint = endpoint
        self.opened = 0
        self._terminator = terminator
        self._resource: TCPIPSocket | None = None
        self._socket: socket.socket | None = None

    def open(self) -> None:
        """Connect where that is not so, or where the peer has gone since. Raises Unreachable."""
        if self._socket is not None and not self._quiet(self._socket):
            _log.info("%s: closed by the peer, or bytes that nobody asked for; opening again", self.endpoint)
            self.close()
        if self._resource is None:
            self._connect()
            self.opened += 1

    def ask(self, text: str) -> str:
        """Send a line and return the one line that answers. Raises Unreachable (``sent``), Garbled."""
        deadline = time.monotonic() + self.endpoint.timeout
        whole = False
        try:
            self._send(text, deadline)
            line = self._receive(text, deadline)
            exchanged()
            whole = True
        finally:
            if not whole:  # also when interrupted: a late reply must never answer the next question
                self.close()
        return line

    def tell(self, text: str) -> None:
        """Send a line that is not answered. Raises Unreachable (``sent``)."""
        whole = False
        try:
            self._send(text, time.monotonic() + self.endpoint.timeout)
            whole = True
        finally:
            if not whole:
                self.close()

    def close(self) -> None:
        """Let go of this connection; the resource manager is shared by all instruments and stays."""
        resource, self._resource, self._socket = self._resource, None, None
        if resource is not None:
            resource.close()

    def _connect(self) -> None:
        milliseconds = round(self.endpoint.timeout * 1000)
        host = self._resolved()
        try:
            resource = pyvisa.ResourceManager("@py").open_resource(
                f"TCPIP::{host}::{self.endpoint.port}::SOCKET", open_timeout=milliseconds, timeout=milliseconds
            )
        except Exception as error:
            if type(error) is not Exception and not isinstance(error, _FAILURES):
                raise
            # pyvisa-py raises a bare Exception when connecting takes too long
            raise self._unreachable(f"cannot connect: {error}") from error
        self._resource = cast("TCPIPSocket", resource)
        self._resource.read_termination = None  # lines are cut here, from the bytes that are there
        library: Any = self._resource.visalib  # pyvisa-py's own, which has no types
        connected: socket.socket = library.sessions[resource.session].interface
        self._socket = connected
        # a refused port opens like any other; only the socket knows
        refused = connected.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if refused:
            self.close()
            raise self._unreachable(f"cannot connect: {os.strerror(refused)}")

    def _resolved(self) -> str:
        """pyvisa-py leaves a socket open when a name is unknown; it speaks IPv4 only."""
        try:
            found = socket.getaddrinfo(self.endpoint.host, self.endpoint.port, socket.AF_INET, socket.SOCK_STREAM)
        except OSError as error:
            raise self._unreachable(f"unknown host: {error}") from error
        return str(found[0][4][0])

    def _send(self, text: str, deadline: float) -> None:
        connected, resource = self._socket, self._resource
        if connected is None or resource is None or not self._quiet(connected):
            raise self._unreachable(f"the connection is gone, or spoke unasked, before {text}")
        try:
            # pyvisa-py waits without end for a peer that takes nothing
            if not select.select([], [connected], [], _left(deadline))[1]:
                raise self._unreachable(f"{text}: the peer takes nothing")
            resource.write_raw((text + self._terminator).encode("ascii"))
        except _FAILURES as error:
            raise self._unreachable(f"{text}: sending failed: {error}", sent=True) from error

    def _receive(self, text: str, deadline: float) -> str:
        received = b""
        while True:
            received += self._arrived(text, received, deadline)
            line, rest = _cut(received)
            if rest.strip(_ENDS):
                raise Garbled(f"{self.endpoint}: {text}: bytes behind the end of a reply", received=received)
            if line is not None:
                return line.decode("latin-1")
            if len(received) > _LINE_BYTES_MAX:
                raise Garbled(f"{self.endpoint}: {text}: a reply without end", received=received)

    def _arrived(self, text: str, so_far: bytes, deadline: float) -> bytes:
        connected, resource = self._socket, self._resource
        if connected is None or resource is None:
            raise self._unreachable(f"{text}: the connection was closed")
        if not select.select([connected], [], [], _left(deadline))[0]:
            raise self._unreachable(f"{text}: no whole reply in time ({len(so_far)} bytes came)", sent=True)
        waiting = pending_bytes(connected)
        if waiting is None:
            raise self._unreachable(f"{text}: the peer closed after {len(so_far)} bytes of a reply", sent=True)
        try:
            return resource.read_bytes(len(waiting))
        except _FAILURES as error:
            raise self._unreachable(f"{text}: the connection broke: {error}", sent=True) from error

    def _quiet(self, connected: socket.socket) -> bool:
        """Whether nothing waits to be read but, at most, the second half of a CR LF, which is taken away."""
        waiting = pending_bytes(connected)
        if waiting and not waiting.strip(_ENDS) and self._resource is not None:
            self._resource.read_bytes(len(waiting))
            return True
        return waiting == b""

    def _unreachable(self, what: str, *, sent: bool = False) -> Unreachable:
        return Unreachable(f"{self.endpoint}: {what}", sent=sent)


def _cut(received: bytes) -> tuple[bytes | None, bytes]:
    """The first line and what is behind it; line ends before it belong to the reply before."""
    begun = received.lstrip(_ENDS)
    ends = [at for at in (begun.find(end) for end in (b"\r", b"\n")) if at >= 0]
    return (begun[: min(ends)], begun[min(ends) :]) if ends else (None, b"")


def _left(deadline: float) -> float:
    return max(0.0, deadline - time.monotonic())
