"""A loopback server that answers as the one behind it did the first time: then no server is the bottleneck."""

from __future__ import annotations

import multiprocessing
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

__all__ = ["replay"]

_REQUEST_END = b"#\r\n"
_RECV_BYTES = 1 << 20


@contextmanager
def replay(port: int, reply_end: bytes) -> Iterator[int]:
    """Serve in a process of its own what the server at ``port`` says to each request; yields the port.

    The first time a request comes it is passed on; from then on its reply is told from memory, byte for byte. So it
    fits clients whose requests change nothing.
    """
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs, port, reply_end), daemon=True)
    process.start()
    try:
        yield int(ours.recv())
    finally:
        process.terminate()
        process.join()


def _serve(parent: Connection, port: int, reply_end: bytes) -> None:
    memory: dict[bytes, bytes] = {}
    with socket.create_server(("127.0.0.1", 0)) as listening:
        parent.send(listening.getsockname()[1])
        while True:
            client, _ = listening.accept()
            threading.Thread(target=_talk, args=(client, port, reply_end, memory), daemon=True).start()


def _talk(client: socket.socket, port: int, reply_end: bytes, memory: dict[bytes, bytes]) -> None:
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with client, socket.create_connection(("127.0.0.1", port)) as server:
        while request := _whole(client, _REQUEST_END):
            if request not in memory:
                server.sendall(request)
                memory[request] = _whole(server, reply_end)
            client.sendall(memory[request])


def _whole(stream: socket.socket, end: bytes) -> bytes:
    received = bytearray()
    while not received.endswith(end):
        chunk = stream.recv(_RECV_BYTES)
        if not chunk:
            return b""
        received += chunk
    return bytes(received)
