"""A TCP server for tests: cuts requests, answers as a function says, and misbehaves on demand."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType

Cut = Callable[[bytes], tuple[bytes | None, bytes]]
"""First whole request and the rest; None where there is none yet."""
_PATIENCE_s = 60.0
_DRIP_s = 0.05
_RESET = struct.pack("ii", 1, 0)


@dataclass(frozen=True)
class Answer:
    """Bytes for one request; then the connection is closed (orderly, or by reset), or not."""

    reply: bytes = b""
    close: bool = False
    reset: bool = False
    hold: bool = False
    """Keep the reply back until the next request comes, on whatever connection; then it is sent where it was due."""
    rest: bytes = b""
    """Sent a moment after ``reply``."""
    drip: bool = False
    """Byte by byte, again and again, until the client has had enough."""


def close_mid_reply(reply: bytes) -> Answer:
    return Answer(reply[: len(reply) // 2], close=True)


SILENCE = Answer()


@dataclass
class Peer:
    """Context manager: listens on a loopback port; ``twist`` changes the answer to the n-th request (from 0)."""

    cut: Cut
    answer: Callable[[bytes], bytes]
    twists: dict[int, Callable[[bytes], Answer]] = field(default_factory=dict)
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0
    failures: list[BaseException] = field(default_factory=list)
    accepts: bool = True

    def __enter__(self) -> Peer:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._stopping = False
        self._lock = threading.Lock()
        self._pace = threading.Event()
        self._open: list[socket.socket] = []
        self._held: list[tuple[socket.socket, bytes]] = []
        self._threads = [threading.Thread(target=self._accept, name="peer")]
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping = True
        socket.create_connection(("127.0.0.1", self.port), timeout=_PATIENCE_s).close()
        self._threads[0].join(_PATIENCE_s)
        self._listener.close()
        self.hang_up()
        for thread in self._threads:
            thread.join(_PATIENCE_s)
            assert not thread.is_alive()
        if kind is None and self.failures:
            raise self.failures[0]

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def hang_up(self) -> None:
        """Close every connection; new ones are taken."""
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):  # the client was quicker
                    connection.shutdown(socket.SHUT_RDWR)

    def say(self, unasked: bytes) -> None:
        """Send bytes that nobody asked for, on every connection."""
        with self._lock:
            for connection in self._open:
                connection.sendall(unasked)

    def on_next(self, twist: Callable[[bytes], Answer], after: int = 0) -> None:
        """Twist the next reply, or the one after so many others."""
        self.twists[len(self.requests) + after] = twist

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._stopping:
                connection.close()
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self.connections += 1
                self._open.append(connection)
            self._threads.append(threading.Thread(target=self._serve, args=(connection,), name="peer connection"))
            self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                self._converse(connection)
            except OSError:
                pass  # the client closed, or was quicker: the next connection tells
            except Exception as failure:  # noqa: BLE001  raised again where the test ends
                self.failures.append(failure)
            finally:
                with self._lock:
                    self._open.remove(connection)

    def _converse(self, connection: socket.socket) -> None:
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
            while True:
                request, received = self.cut(received)
                if request is None:
                    break
                if not self._one(connection, request):
                    return

    def _one(self, connection: socket.socket, request: bytes) -> bool:
        with self._lock:
            number = len(self.requests)
            self.requests.append(request)
            held, self._held = self._held, []
        for where, late in held:
            with contextlib.suppress(OSError):
                where.sendall(late)
        reply = self.answer(request)
        answer = self.twists.pop(number)(reply) if number in self.twists else Answer(reply)
        if answer.hold:
            self._held.append((connection, answer.reply))
            return True
        while answer.drip:
            for one in answer.reply:
                connection.sendall(bytes([one]))
                self._pace.wait(_DRIP_s)
        connection.sendall(answer.reply)
        if answer.rest:
            self._pace.wait(_DRIP_s)
            connection.sendall(answer.rest)
        if answer.reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        return not (answer.close or answer.reset)


def lines(received: bytes) -> tuple[bytes | None, bytes]:
    """Cut at CR, LF or both."""
    begun = received.lstrip(b"\r\n")
    ends = [at for at in (begun.find(b"\r"), begun.find(b"\n")) if at >= 0]
    return (begun[: min(ends)], begun[min(ends) + 1 :]) if ends else (None, begun)


def modbus_frames(received: bytes) -> tuple[bytes | None, bytes]:
    """Cut by the length in the MBAP header."""
    if len(received) < 7:
        return None, received
    end = 6 + int.from_bytes(received[4:6], "big")
    return (received[:end], received[end:]) if len(received) >= end else (None, received)
