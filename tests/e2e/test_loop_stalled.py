"""The node's event loop stands still for longer than it may; in this process, since no other can be made to do so."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable
from contextlib import suppress

import pytest
import sqlalchemy as sa

from orchestrator.engine.node import _drive
from orchestrator.store.node_tables import node_status
from orchestrator.store.tables import alarms, events
from orchestrator.store.transactions import reading
from orchestrator.testing.virtual_bench import VirtualBench
from tests.e2e.conftest import assert_stored_equals_ledger
from tests.e2e.short_protocol import SHORT

Make = Callable[..., VirtualBench]
STOOD_S = 8.0
"""Longer than a stall, which is 5 s."""


def _a_call_that_blocks() -> None:
    threading.Event().wait(STOOD_S)


async def _in_state(bench: VirtualBench, run: int, state: str) -> None:
    await asyncio.to_thread(bench.wait_state, run, state, "failed")


async def _story(bench: VirtualBench, run: int) -> int:
    """How many stalls the node has reported in the end."""
    node = asyncio.create_task(_drive(bench.lab))
    try:
        await _in_state(bench, run, "running")
        _a_call_that_blocks()
        await _in_state(bench, run, "completed")
        await asyncio.to_thread(bench.wait_for, lambda: _stalls(bench) == 1, "the node reports its stall")
    finally:
        node.cancel()
        with suppress(asyncio.CancelledError):
            await node
    return _stalls(bench)


def _stalls(bench: VirtualBench) -> int:
    with reading(bench.engine) as connection:
        return int(connection.scalar(sa.select(node_status.c.stalls)) or 0)


def test_who_blocks_is_named_instruments_do_not_notice_and_looks_catch_up(
    make_bench: Make, caplog: pytest.LogCaptureFixture
) -> None:
    bench = make_bench()
    run = bench.launch("short", "L1", "A1", source=SHORT, cycles="3")

    assert asyncio.run(_story(bench, run)) == 1

    assert bench.run(run)["state"] == "completed", bench.run(run)["reason"]
    assert assert_stored_equals_ledger(bench, run, 1) > 500
    (logged,) = [line for line in caplog.messages if line.startswith("the event loop has not turned")]
    assert "in _a_call_that_blocks" in logged
    with reading(bench.engine) as connection:
        (event,) = connection.scalars(sa.select(events.c.message).where(events.c.kind == "node")).all()
        (alarm,) = connection.execute(sa.select(alarms).where(alarms.c.source == "node node")).all()
    assert re.match(r"node node: the event loop stood still for \d+\.\d s in threading.py:\d+ \(wait\); nothing", event)
    assert alarm.severity == "warning"
    assert alarm.cleared_unix_s is not None
