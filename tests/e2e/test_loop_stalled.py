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


async def _story(bench: VirtualBench, run: int) -> None:
    """A run in whose midst the loop is blocked, until the node has reported it."""
    node = asyncio.create_task(_drive(bench.lab))
    try:
        await _in_state(bench, run, "running")
        _a_call_that_blocks()
        await _in_state(bench, run, "completed")
        await asyncio.to_thread(bench.wait_for, lambda: _stalls(bench) > 0, "the node reports its stall")
    finally:
        node.cancel()
        with suppress(asyncio.CancelledError):
            await node


def _stalls(bench: VirtualBench) -> int:
    with reading(bench.engine) as connection:
        return int(connection.scalar(sa.select(node_status.c.stalls)) or 0)


def test_who_blocks_is_named_instruments_do_not_notice_and_looks_catch_up(
    make_bench: Make, caplog: pytest.LogCaptureFixture
) -> None:
    bench = make_bench()
    run = bench.launch("short", "L1", "A1", source=SHORT, cycles="3")

    asyncio.run(_story(bench, run))

    assert bench.run(run)["state"] == "completed", bench.run(run)["reason"]
    assert assert_stored_equals_ledger(bench, run, 1) > 500
    logged = [line for line in caplog.messages if line.startswith("the event loop has not turned")]
    assert sum("in _a_call_that_blocks" in line for line in logged) == 1
    with reading(bench.engine) as connection:
        said = connection.scalars(sa.select(events.c.message).where(events.c.kind == "node")).all()
        raised = connection.execute(sa.select(alarms).where(alarms.c.source == "node node")).all()
    blocked = re.compile(r"the event loop stood still for \d+\.\d s in threading.py:\d+ \(wait\); nothing")
    # A machine that is busy may hold the loop up once more; it is told apart by its place.
    assert sum(bool(re.match(f"node node: {blocked.pattern}", event)) for event in said) == 1
    (alarm,) = [one for one in raised if blocked.match(one.message)]
    assert alarm.severity == "warning"
    assert alarm.cleared_unix_s is not None
