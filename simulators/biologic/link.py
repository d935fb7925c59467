"""The library's connection to one virtual instrument."""

from __future__ import annotations

import ipaddress
import socket
import time

from simulators.biologic.error_code import EclibError, ErrorCode
from simulators.biologic.wire import Frame, FrameBuffer, WireError

__all__ = ["Link", "endpoint_of"]

_CHUNK_BYTES = 1 << 16


def endpoint_of(address: str) -> tuple[str, int]:
    """Read ``127.0.0.1:7503``; raises EclibError INVALIDIPADDRESS, or CONNECTIONFAILED for what is no virtual one."""
    host, separator, port = address.rpartition(":")
    if not separator:
        host, port = address, ""
    try:
        ipaddress.IPv4Address(host)
    except ValueError as error:
        if address.upper().startswith("USB"):
            raise EclibError(ErrorCode.CONNECTIONFAILED) from error
        if host != "localhost":
            raise EclibError(ErrorCode.INVALIDIPADDRESS) from error
    if not separator:  # a real instrument's address: there is none here
        raise EclibError(ErrorCode.CONNECTIONFAILED)
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 1 << 16):
        raise EclibError(ErrorCode.INVALIDIPADDRESS)
    return host, int(port)


class Link:
    """One call at a time. After a failure the next call connects anew, once."""

    def __init__(self, address: str, timeout: float) -> None:
        self._endpoint = endpoint_of(address)
        self._timeout = timeout
        self._socket: socket.socket | None = None
        self._frames = FrameBuffer()

    def open(self) -> Frame:
        """Connect; returns the instrument's greeting. Raises EclibError."""
        try:
            self._socket = socket.create_connection(self._endpoint, self._timeout)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            raise EclibError(ErrorCode.CONNECTIONFAILED) from error
        self._frames = FrameBuffer()
        greeting = self._exchange(Frame({"call": "Connect"}))
        if greeting.header["code"]:
            self.close()
            raise EclibError(ErrorCode(greeting.header["code"]))
        return greeting

    def call(self, request: Frame) -> Frame:
        """Send a call and wait for its reply. Raises EclibError COMMFAILED."""
        if self._socket is None:
            try:
                self.open()
            except EclibError as error:
                raise EclibError(ErrorCode.COMMFAILED) from error
        return self._exchange(request)

    def close(self) -> None:
        """Close; an open call can no longer be answered."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _exchange(self, request: Frame) -> Frame:
        try:
            reply = self._send_and_wait(request)
        except (OSError, WireError) as error:
            self.close()
            raise EclibError(ErrorCode.COMMFAILED) from error
        if hang_s := reply.header.get("hang_s"):  # armed by a test: the library itself hangs
            time.sleep(hang_s)
        return reply

    def _send_and_wait(self, request: Frame) -> Frame:
        assert self._socket is not None  # noqa: S101 - call() has opened it
        self._socket.sendall(request.encoded())
        while True:
            data = self._socket.recv(_CHUNK_BYTES)
            if not data:
                raise ConnectionError("the instrument has closed the connection")
            if frames := self._frames.feed(data):
                return frames[0]
