"""Row 20, for good: what will not turn again ends its process, and the next node goes on where the tests are."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from orchestrator.exit_codes import STOOD_STILL
from orchestrator.store.tables import alarms
from orchestrator.store.transactions import reading
from orchestrator.testing.forked_process import start_module
from orchestrator.testing.virtual_bench import VirtualBench
from tests.e2e.conftest import assert_stored_equals_ledger
from tests.e2e.short_protocol import SHORT

Make = Callable[..., VirtualBench]
STUCK_AFTER_S = 8.0
PATIENCE_S = 300.0


def stands_still(bench: VirtualBench, run: int, wish: signal.Signals) -> str:
    """A node runs until the run does, and is then made to stand still. Returns what it says in the end."""
    arguments = [str(bench.lab.path), str(STUCK_AFTER_S)]
    with bench.node_log.open("ab") as log:
        to = log.fileno()
        node = start_module(
            "tests.e2e.standing_node", arguments, stdout=to, stderr=to, environment=dict(os.environ), own_group=True
        )
    try:
        bench.wait_state(run, "running")
        node.send_signal(wish)
        assert node.wait(PATIENCE_S) == STOOD_STILL
    finally:
        if node.poll() is None:
            bench.kill_group(node)
    return bench.node_log.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("wish", "names"),
    [
        (signal.SIGUSR1, r"the event loop stood still for \d s in threading\.py:"),
        (signal.SIGUSR2, r"the loop of bts-1 stood still for \d s: a call into it is in threading\.py:"),
    ],
    ids=["event-loop", "call"],
)
def test_a_node_that_stands_still_ends_itself_and_the_next_one_tells_and_goes_on(
    make_bench: Make, wish: signal.Signals, names: str
) -> None:
    bench = make_bench()
    run = bench.launch("short", "L1", "A1", source=SHORT, cycles="10")

    log = stands_still(bench, run, wish)
    assert re.search(f"ended itself: {names}", log)
    assert "in _a_call_that_blocks" in log.partition("ended itself")[2]

    with bench.node():
        bench.wait_state(run, "completed", "failed")
        bench.wait_for(lambda: not bench.lab.state_dir.joinpath("lab.node.ended").exists(), "it is told, and once")
    assert bench.run(run)["state"] == "completed", bench.run(run)["reason"]
    assert assert_stored_equals_ledger(bench, run, 1) > 500
    (alarm,) = told(bench)
    assert alarm.source == "node node"
    assert alarm.severity == "critical"
    assert re.search(f" UTC: {names}", alarm.message)
    assert alarm.cleared_unix_s is not None


def told(bench: VirtualBench) -> list[sa.Row[tuple[object, ...]]]:
    with reading(bench.engine) as connection:
        query = sa.select(alarms).where(alarms.c.message.startswith("ended itself at "))
        return list(connection.execute(query).all())
