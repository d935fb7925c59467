"""A BTS Client for tests: one thread on a loopback port that answers frames as a function or a script says."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import TracebackType

_TERMINATOR = b"#\r\n"
_PATIENCE_s = 60.0


@dataclass(frozen=True)
class Answer:
    """Bytes for one request, in these packets; then the connection is closed, or not."""

    packets: tuple[bytes, ...] = ()
    close: bool = False
    reset: bool = False


HANG = Answer()
"""Take the request and say nothing."""


def reply(body: str) -> Answer:
    """A whole reply as a real BTS frames it: CRLF inside, LF LF # CR LF behind."""
    return Answer((frame(body),))


def frame(body: str) -> bytes:
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<bts version="1.0">\n{body}\n</bts>'
    return text.replace("\n", "\r\n").encode() + b"\n\n#\r\n"


def command_of(request: str) -> str:
    return re.findall("<cmd>(.*?)</cmd>", request)[0]


@dataclass
class Script:
    """(sent, reply) pairs in order; ``sent`` must stand in the request. Anything else is a failure."""

    pairs: list[tuple[str, Answer]]
    used: int = 0

    def __call__(self, request: str) -> Answer:
        if self.used >= len(self.pairs):
            raise AssertionError(f"leftover request: {request}")
        sent, answer = self.pairs[self.used]
        self.used += 1
        if sent not in request:
            raise AssertionError(f"expected {sent!r} in request {self.used}: {request}")
        return answer

    def finish(self) -> None:
        missing = [sent for sent, _ in self.pairs[self.used :]]
        assert not missing, f"never sent: {missing}"


@dataclass
class Loopback:
    """Context manager: listens, answers, and raises at the end what went wrong in its thread."""

    answer: Callable[[str], Answer]
    requests: list[str] = field(default_factory=list)
    connections: int = 0
    failures: list[BaseException] = field(default_factory=list)

    def __enter__(self) -> Loopback:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: socket.socket | None = None
        self._last: object = None
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, name="loopback BTS")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with socket.socket() as last:  # behind all others, which are still listened to
            last.bind(("127.0.0.1", 0))
            self._last = last.getsockname()
            last.connect(("127.0.0.1", self.port))
            if self._open is not None:
                with contextlib.suppress(OSError):  # the peer was quicker
                    self._open.shutdown(socket.SHUT_RDWR)
            self._thread.join(_PATIENCE_s)
        self._listener.close()
        assert not self._thread.is_alive()
        if kind is None:
            if self.failures:
                raise self.failures[0]
            if isinstance(self.answer, Script):
                self.answer.finish()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def commands(self) -> list[str]:
        """Names of the commands received, in order."""
        return [command_of(text) for text in self.requests]

    def _serve(self) -> None:
        while True:
            connection, peer = self._listener.accept()
            with connection:
                if peer == self._last:
                    return
                self._open = connection
                self.connections += 1
                try:
                    if self._last is not None:  # nobody else will end it; what it has sent is there, and is read
                        connection.shutdown(socket.SHUT_RD)
                    self._converse(connection)
                except OSError:
                    continue  # the client closed, or hung up in mid-reply: the next connection tells
                except AssertionError as failure:
                    self.failures.append(failure)

    def _converse(self, connection: socket.socket) -> None:
        for request in _frames(connection):
            self.requests.append(request)
            answer = self.answer(request)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for packet in answer.packets:
                connection.sendall(packet)
            if answer.reset:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
            if answer.close or answer.reset:
                return


def _frames(connection: socket.socket) -> Iterable[str]:
    received = b""
    while chunk := connection.recv(65536):
        received += chunk
        while _TERMINATOR in received:
            one, _, received = received.partition(_TERMINATOR)
            yield one.decode()
