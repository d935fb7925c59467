"""The node as its service manager sees it: ready when it is, alive while it is, and unharmed by standing still."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from orchestrator.store.tables import alarms, events, instruments
from orchestrator.store.transactions import reading
from orchestrator.testing.virtual_bench import VirtualBench
from tests.e2e.conftest import assert_stored_equals_ledger
from tests.e2e.short_protocol import SHORT
from tests.orchestrator.process.service_manager import service_manager

Make = Callable[..., VirtualBench]
SUSPENDED_S = 6.5
"""Longer than a stall, which is 5 s."""


def said(bench: VirtualBench, kind: str = "node") -> list[str]:
    with reading(bench.engine) as connection:
        return list(connection.scalars(sa.select(events.c.message).where(events.c.kind == kind)))


def connected(bench: VirtualBench) -> bool:
    with reading(bench.engine) as connection:
        return bool(connection.scalar(sa.select(instruments.c.connected)))


def all_stand_still(pid: int) -> bool:
    """Whether every thread of this process has been stopped."""
    threads = [thread.read_text() for thread in Path(f"/proc/{pid}/task").glob("*/stat")]
    return {thread.rpartition(")")[2].split()[0] for thread in threads} == {"T"}


def test_ready_when_every_instrument_was_looked_at_alive_while_loops_turn_and_a_suspension_harms_nothing(
    make_bench: Make, tmp_path: Path
) -> None:
    bench = make_bench()
    run = bench.launch("short", "L1", "A1", source=SHORT, cycles="10")
    with service_manager(tmp_path) as (heard, environment), bench.node(**environment) as node:
        ready = heard.wait("READY=1")
        assert connected(bench)
        assert ready.splitlines()[1] == "STATUS=1 run on bts-1"
        heard.wait("WATCHDOG=1")
        bench.wait_state(run, "running")
        os.kill(node.pid, signal.SIGSTOP)
        bench.wait_for(lambda: all_stand_still(node.pid), "every thread stands still")
        heard.drain()
        time.sleep(SUSPENDED_S)
        assert heard.drain() == [], "a process that stands still was said to be alive"
        os.kill(node.pid, signal.SIGCONT)
        heard.wait("WATCHDOG=1")
        bench.wait_for(lambda: any("process stood still" in line for line in said(bench)), "the standstill is told")
        bench.wait_state(run, "completed", "failed")
        heard.drain()  # a socket keeps ten datagrams, and drops what comes then
        node.terminate()
        heard.wait("STOPPING=1")
    assert bench.run(run)["state"] == "completed", bench.run(run)["reason"]
    assert assert_stored_equals_ledger(bench, run, 1) > 500
    with reading(bench.engine) as connection:
        (told,) = connection.execute(sa.select(alarms).where(alarms.c.source == "node node")).all()
    assert told.message.startswith("the whole process stood still for ")
    assert told.cleared_unix_s is not None


def test_a_node_whose_instrument_is_away_is_ready_and_says_which(
    make_bench: Make, tmp_path: Path, free_port: int
) -> None:
    bench = make_bench()
    text = bench.lab.path.read_text(encoding="utf-8")
    place = bench.lab.instruments["bts-1"].address
    bench.lab.path.write_text(text.replace(place, f"127.0.0.1:{free_port}"), encoding="utf-8")
    with service_manager(tmp_path) as (heard, environment), bench.node(**environment):
        assert heard.wait("READY=1").splitlines()[1] == "STATUS=0 runs on bts-1; silent: bts-1"
