"""Row 20: the event loop stands still in real time, while a potentiostat's memory fills and a chamber goes on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress

import numpy as np
import sqlalchemy as sa

from orchestrator.engine.node import _drive
from orchestrator.store.node_tables import node_status
from orchestrator.store.tables import chamber_records
from orchestrator.store.transactions import reading
from orchestrator.testing.virtual_bench import VirtualBench
from tests.e2e.linked_protocol import LINKED
from tests.faults.story import alarms, assert_stored, orders_sent

Make = Callable[..., VirtualBench]
STOOD_S = 6.5
"""Longer than a stall, which is 5 s."""
SPEED = 10.0
"""Lab seconds to a second: the host's clock counts the node's time, and nobody holds the lab's."""


async def _story(bench: VirtualBench, run: int) -> None:
    node = asyncio.create_task(_drive(bench.lab))
    try:
        await asyncio.to_thread(bench.wait_for, lambda: bool(bench.segments(run)[0]["records"]), "the first records")
        threading.Event().wait(STOOD_S)
        await asyncio.to_thread(bench.wait_state, run, "completed", "failed")
        await asyncio.to_thread(bench.wait_for, lambda: _stalls(bench) == 1, "the node reports its stall")
    finally:
        node.cancel()
        with suppress(asyncio.CancelledError):
            await node


def _stalls(bench: VirtualBench) -> int:
    with reading(bench.engine) as connection:
        return int(connection.scalar(sa.select(node_status.c.stalls)) or 0)


def _looks_unix_s(bench: VirtualBench) -> list[float]:
    at = chamber_records.c.unix_time_s
    with reading(bench.engine) as connection:
        return [float(one) for one in connection.scalars(sa.select(at).order_by(at))]


def test_what_a_memory_gathered_meanwhile_is_read_and_the_chamber_is_looked_at_again(make_bench: Make) -> None:
    bench = make_bench(0, vsp=1, poll="1 s", oven={"poll": "1 s"}, speed_without_node=SPEED, lab={"clock": "system"})
    run = bench.launch("linked", "V1", "P1", source=LINKED, passes="30")
    asyncio.run(_story(bench, run))
    assert bench.run(run)["state"] == "completed", bench.run(run)["reason"]
    assert assert_stored(bench, run, "P1") == 30 * 250 + 250
    assert len(orders_sent(bench, "vsp-1")) == 1
    gaps_s = np.diff(_looks_unix_s(bench))
    assert STOOD_S - 1.0 < gaps_s.max() < STOOD_S + 10.0
    assert np.median(gaps_s) < 3.0, "before and after it, as often as ever"
    assert [one.source for one in alarms(bench)] == ["node node"]
    assert alarms(bench)[0].cleared_unix_s is not None
