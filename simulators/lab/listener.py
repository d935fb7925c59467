"""A listening socket with its connections, which go down together and leave nothing behind."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from collections.abc import Callable
from contextlib import suppress

__all__ = ["Connection", "Listener"]

_FLUSH_S = 1.0  # what a peer that does not read gets before it is cut off


class Connection(asyncio.Protocol):
    """One connection. Subclasses implement ``data_received`` and, where they hold something, ``lost``."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.gone = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take part from now on."""
        if isinstance(transport, asyncio.Transport):
            self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """Let go of everything, also when the peer just died."""
        self.transport = None
        self.lost()
        self.gone.set()

    def lost(self) -> None:
        """React to the end of the connection."""

    def write(self, data: bytes) -> None:
        """Send; what is written to a connection that has ended goes nowhere."""
        if self.transport is not None:
            self.transport.write(data)

    def close(self) -> None:
        """Close once everything written is out."""
        if self.transport is not None:
            self.transport.close()

    def reset(self) -> None:
        """Cut the connection as a dying machine does: the peer gets a reset, not an end of file."""
        if self.transport is not None:
            peer: socket.socket = self.transport.get_extra_info("socket")
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.transport.abort()


class Listener:
    """Accepts connections between ``open`` and ``close``, as often as wanted."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self._server: asyncio.Server | None = None
        self._kept: list[socket.socket] = []
        self._connections: set[Connection] = set()

    async def open(self, host: str, port: int) -> int:
        """Listen; returns the port, which matters where 0 was asked for. Raises OSError where it is taken."""
        if self._server is None:
            self._server = await asyncio.get_running_loop().create_server(self._accept, host, port)
            self._let_go()
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self, *, reset: bool, keep_port: bool = False) -> None:
        """Stop listening and end every connection, by a reset or once their answers are out.

        ``keep_port``: whoever calls is refused, but nobody else is given the port until it is opened or closed again.
        """
        if not keep_port:
            self._let_go()
        server, self._server = self._server, None
        if server is None:
            return
        listening = [(one.family, one.getsockname()) for one in server.sockets]
        server.close()
        if keep_port and os.name == "posix":  # elsewhere a port that is bound cannot be opened
            self._kept = [_bound(family, address) for family, address in listening]
        await asyncio.sleep(0)  # a connection being accepted just now shows itself
        await asyncio.sleep(0)
        # a peer that was gone before its connection was made has no transport, and will never be told to be lost
        connections = [connection for connection in self._connections if connection.transport is not None]
        for connection in connections:
            if reset:
                connection.reset()
            else:
                connection.close()
        await asyncio.gather(*(self._wait(connection) for connection in connections))
        self._connections.clear()
        await server.wait_closed()

    def reset(self) -> None:
        """Cut every connection; new ones are accepted."""
        for connection in self._connections:
            connection.reset()

    def _let_go(self) -> None:
        for one in self._kept:
            one.close()
        self._kept = []

    @staticmethod
    async def _wait(connection: Connection) -> None:
        try:
            await asyncio.wait_for(connection.gone.wait(), _FLUSH_S)
        except TimeoutError:
            connection.reset()
            await connection.gone.wait()

    def _accept(self) -> Connection:
        self._connections = {connection for connection in self._connections if not connection.gone.is_set()}
        connection = self._connect()
        self._connections.add(connection)
        return connection


def _bound(family: int, address: object) -> socket.socket:
    """A socket that has the port and does not listen: one with SO_REUSEADDR, as servers have it, may open it."""
    kept = socket.socket(family, socket.SOCK_STREAM)
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with suppress(OSError):  # somebody was quicker: who opens it will be told
        kept.bind(address)  # type: ignore[arg-type]
    return kept
