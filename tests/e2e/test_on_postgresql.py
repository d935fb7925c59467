"""The same story on PostgreSQL: records, cycles, leases and orders behave as they do on SQLite."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from orchestrator.exit_codes import CANNOT_START
from orchestrator.testing.virtual_bench import VirtualBench
from tests.e2e.conftest import assert_stored_equals_ledger
from tests.e2e.short_protocol import SHORT

Make = Callable[..., VirtualBench]


@pytest.mark.postgres
def test_a_node_is_killed_and_another_refused_while_records_stream(make_bench: Make, postgres_database: str) -> None:
    bench = make_bench(database=postgres_database)
    run = bench.launch("short", "L1", "A1", source=SHORT)
    with bench.new_control() as hold, bench.node() as node:
        start = hold.attach("the test")  # lab time stands while another node starts: the run is in its midst
        bench.wait_until_up()
        hold.sleep(start + 3600.0)
        bench.wait_state(run, "running")
        command = [sys.executable, "-m", "orchestrator.cli", "node", "--lab", str(bench.lab.path)]
        second = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        assert second.returncode == CANNOT_START
        assert f"driven by process {node.pid}" in second.stderr
        node.kill()
        node.wait()
    with bench.node():
        bench.wait_state(run, "completed", "failed")
    assert bench.run(run)["state"] == "completed", bench.run(run)["reason"]
    assert assert_stored_equals_ledger(bench, run, 1) > 500
    assert len(bench.control.tests("bts-1")) == 1
