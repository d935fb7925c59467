"""Whole frames on a TCP stream: bytes up to ``</bts>``, then white space and ``#`` CR LF.

Replies of a real BTS 8 end in LF LF ``#`` CR LF; the vendor's document says ``#`` CR LF alone. Both are accepted.
"""

from __future__ import annotations

import socket
import time

from drivers.errors import Garbled, Unreachable

__all__ = ["FRAME_BYTES_MAX", "FrameBuffer", "FrameSocket"]

FRAME_BYTES_MAX = 32 * 1024 * 1024
"""No reply comes near it: 1000 rows are 0.2 MB, 496 channels 0.14 MB."""
_END_OF_BODY = b"</bts>"
_TERMINATOR = b"#\r\n"
_WHITE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_RECV_BYTES = 256 * 1024


class FrameBuffer:
    """Collects the bytes of ONE frame; nothing is decoded before it is whole."""

    def __init__(self, bytes_max: int = FRAME_BYTES_MAX) -> None:
        self._bytes = bytearray()
        self._bytes_max = bytes_max
        self._searched = 0
        self._body_end: int | None = None

    def feed(self, chunk: bytes) -> bytes | None:
        """Take more bytes; the body of the frame once it is whole, else None.

        Raises Garbled on bytes that cannot begin a reply, on bytes behind its end (a second frame that nobody asked
        for) and beyond the size bound.
        """
        self._bytes += chunk
        if len(self._bytes) > self._bytes_max:
            raise Garbled(f"a reply of more than {self._bytes_max} bytes", received=bytes(self._bytes[:160]))
        if self._body_end is None:
            self._find_end()
        if self._body_end is None:
            return None
        tail = bytes(self._bytes[self._body_end :]).lstrip(_WHITE)
        if not _TERMINATOR.startswith(tail):
            raise Garbled("bytes behind the end of a reply", received=tail)
        return bytes(self._bytes[: self._body_end]) if tail == _TERMINATOR else None

    def __len__(self) -> int:
        """Bytes collected so far."""
        return len(self._bytes)

    def _find_end(self) -> None:
        at = self._bytes.find(_END_OF_BODY, max(0, self._searched - len(_END_OF_BODY)))
        if at >= 0:
            self._body_end = at + len(_END_OF_BODY)
        elif self._searched == 0 and not _may_begin(bytes(self._bytes[:64])):
            raise Garbled("bytes that begin no reply", received=bytes(self._bytes[:160]))
        else:
            self._searched = len(self._bytes)


def _may_begin(head: bytes) -> bool:
    text = head.removeprefix(_BOM).lstrip(_WHITE)
    return not text or text.startswith(b"<") or _BOM.startswith(head)


class FrameSocket:
    """One connected socket, strictly one request and one reply at a time. Deadlines are ``time.monotonic()`` values."""

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected

    @property
    def quiet(self) -> bool:
        """Whether the peer is there and has sent nothing unasked: the state in which a request may go out."""
        self._socket.settimeout(0)
        try:
            self._socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False  # a stale byte, or the end of the stream

    def send(self, payload: bytes, deadline: float) -> None:
        """Send the whole request. Raises Unreachable with ``sent``: some bytes may have left."""
        try:
            self._socket.settimeout(_remaining(deadline))
            self._socket.sendall(payload)
        except OSError as error:
            raise Unreachable(f"sending failed: {error}", sent=True) from error

    def receive(self, deadline: float) -> bytes:
        """Wait for one whole frame; its body without terminator. Raises Unreachable (``sent``) or Garbled."""
        buffer = FrameBuffer()
        while True:
            try:
                self._socket.settimeout(_remaining(deadline))
                chunk = self._socket.recv(_RECV_BYTES)
            except TimeoutError as error:
                raise Unreachable(f"no whole reply in time ({len(buffer)} bytes came)", sent=True) from error
            except OSError as error:
                raise Unreachable(f"the connection broke: {error}", sent=True) from error
            if not chunk:
                raise Unreachable(f"the peer closed the connection after {len(buffer)} bytes of a reply", sent=True)
            frame = buffer.feed(chunk)
            if frame is not None:
                return frame

    def close(self) -> None:
        """Let go of the socket."""
        self._socket.close()


def _remaining(deadline: float) -> float:
    """Seconds left; raises TimeoutError at the deadline, since a socket time-out of 0 would mean "do not block"."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the exchange is out of time")
    return left
