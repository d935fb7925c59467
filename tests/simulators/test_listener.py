"""Closing a port ends, whatever its peers have done just before."""

from __future__ import annotations

import asyncio

from simulators.lab.listener import Connection, Listener


def test_a_peer_that_was_gone_before_its_connection_was_made_holds_nothing_up() -> None:
    """What asyncio leaves behind: the protocol was built, but the socket had ended before it got its transport."""

    async def close() -> None:
        built: list[Connection] = []

        def connect() -> Connection:
            built.append(Connection())
            return built[-1]

        listener = Listener(connect)
        await listener.open("127.0.0.1", 0)
        listener._accept()
        await asyncio.wait_for(listener.close(reset=False), 60)
        assert [connection.transport for connection in built] == [None]

    asyncio.run(close())
