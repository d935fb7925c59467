"""Two nodes, each with instruments of its own, and one web on one PostgreSQL."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import ExitStack

import httpx
import psycopg
import pytest
import sqlalchemy as sa

from orchestrator.exit_codes import CANNOT_START
from orchestrator.store.errors import StoreUnavailable
from orchestrator.store.node_tables import instrument_status, node_status
from orchestrator.store.tables import analyses, messages, nodes
from orchestrator.store.transactions import reading, writing
from orchestrator.testing.virtual_bench import VirtualBench
from tests.e2e import vsp_ledger
from tests.e2e.conftest import assert_stored_equals_ledger
from tests.e2e.short_protocol import SHORT
from tests.orchestrator.web.served import served

Make = Callable[..., VirtualBench]
NODES = {"bts-1": {"node": "left"}, "vsp-1": {"node": "right"}}


def get(web: httpx.Client, path: str) -> dict[str, object]:
    answer = web.get(f"/api/v1/{path}")
    assert answer.status_code in (200, 503), answer.text
    found: dict[str, object] = answer.json()
    return found


def holders(bench: VirtualBench) -> dict[str, str]:
    """Process by instrument."""
    with reading(bench.engine) as connection:
        return {row.instrument: row.holder for row in connection.execute(sa.select(nodes))}


@pytest.mark.postgres
def test_each_drives_its_own_one_may_fall_and_web_sees_and_stops_both(make_bench: Make, postgres_database: str) -> None:
    told = {"alarms": [{"command": ["true"], "name": "siren"}]}
    bench = make_bench(1, vsp=1, database=postgres_database, options=NODES, lab=told)
    short = bench.launch("short", "L1", "A1", source=SHORT, cycles="1")
    other = bench.launch("short", "V1", "P1", source=SHORT, cycles="400")
    with ExitStack() as stack:
        left = stack.enter_context(bench.node("left"))
        right = stack.enter_context(bench.node("right"))
        url, _ = stack.enter_context(served(bench.lab))
        web = stack.enter_context(httpx.Client(base_url=url, timeout=120))
        bench.wait_state(other, "running")
        bench.wait_state(short, "completed", "failed")
        mine = holders(bench)
        assert (mine["bts-1"].split()[1], mine["vsp-1"].split()[1]) == (str(left.pid), str(right.pid))
        bench.wait_for(lambda: [one["state"] for one in _analyses(bench)] == ["done"], "the analysis, once")

        left.kill()
        left.wait()
        long = bench.launch("short", "L1", "A1", source=SHORT, cycles="400")  # nobody starts it yet
        _grow_old(bench, "bts-1", "left")
        assert get(web, f"runs/{other}")["state"] == "running"
        bench.wait_for(lambda: str(get(web, "health")["nodes"]).count("'ok': True") == 1, "one node is well")

        again = stack.enter_context(bench.node("left"))
        bench.wait_state(long, "running")
        _fall_silent(bench, again.pid)
        bench.wait_for(lambda: get(web, f"runs/{long}")["state"] == "lost", "the run is not known to run")
        assert get(web, f"runs/{other}")["state"] == "running"
        os.kill(again.pid, signal.SIGCONT)
        bench.wait_for(lambda: get(web, f"runs/{long}")["state"] == "running", "the run is seen again")

        stopped = web.post("/api/v1/stop-all", json={"actor": "a technician"})
        assert stopped.status_code == 200, stopped.text
        for run in (long, other):
            bench.wait_state(run, "stopped", "failed")
            assert bench.run(run)["state"] == "stopped"
    assert bench.run(short)["state"] == "completed", bench.run(short)["reason"]
    assert_stored_equals_ledger(bench, short, 1)
    assert_stored_equals_ledger(bench, long, 1)
    vsp_ledger.assert_stored_equals_ledger(bench, other, "P1")
    with reading(bench.engine) as connection:
        sent = connection.execute(sa.select(messages.c.alarm_id, messages.c.receiver, messages.c.kind)).all()
    assert len(sent) == len(set(sent)), "somebody was told of something twice"


def _analyses(bench: VirtualBench) -> list[dict[str, object]]:
    with reading(bench.engine) as connection:
        return [dict(row) for row in connection.execute(sa.select(analyses.c["state", "owner"])).mappings()]


def _grow_old(bench: VirtualBench, instrument: str, node: str) -> None:
    """As if two minutes had passed since its node reported."""
    with writing(bench.engine) as connection:
        for table, which in ((instrument_status, instrument), (node_status, node)):
            older = table.c.reported_unix_s - 120.0
            connection.execute(
                table.update().where(table.primary_key.columns[0] == which).values(reported_unix_s=older)
            )


def _fall_silent(bench: VirtualBench, pid: int) -> None:
    """The node stands still, and does so for two minutes; not while it is about to write that itself."""

    def still() -> bool:
        os.kill(pid, signal.SIGSTOP)
        try:
            _grow_old(bench, "bts-1", "left")
        except StoreUnavailable:
            os.kill(pid, signal.SIGCONT)
            return False
        return True

    bench.wait_for(still, "the node stands still with nothing half written")


@pytest.mark.postgres
def test_a_node_that_lost_its_lease_while_it_was_suspended_lets_go(make_bench: Make, postgres_database: str) -> None:
    """Suspended, and PostgreSQL restarted meanwhile: another has taken over, and the first must not act any more."""
    bench = make_bench(database=postgres_database)
    run = bench.launch("short", "L1", "A1", source=SHORT, cycles="10")
    with bench.node() as first:
        bench.wait_state(run, "running")
        os.kill(first.pid, signal.SIGSTOP)
        with psycopg.connect(postgres_database, autocommit=True) as connection:
            others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            connection.execute(f"SELECT pg_terminate_backend(pid) {others}")
            # They are told to end, and end when they come to it.
            bench.wait_for(lambda: not connection.execute(f"SELECT pid {others}").fetchall(), "all connections ended")
        with bench.node() as second:
            bench.wait_for(lambda: f"process {second.pid} " in holders(bench)["bts-1"], "the second has the lease")
            os.kill(first.pid, signal.SIGCONT)
            assert first.wait(300) == CANNOT_START
            bench.wait_state(run, "completed", "failed")
    assert bench.run(run)["state"] == "completed", bench.run(run)["reason"]
    assert assert_stored_equals_ledger(bench, run, 1) > 500
    assert len(bench.control.tests("bts-1")) == 1
    assert f"bts-1 (127.0.0.1:{bench.lab.instruments['bts-1'].address.partition(':')[2]}) is driven by" in (
        bench.node_log.read_text(errors="replace")
    )
