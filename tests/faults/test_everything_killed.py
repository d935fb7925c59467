"""Row 17: the node, all that it has started, and the web process die at one instant."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from orchestrator.store.tables import records, segments
from orchestrator.store.transactions import reading
from orchestrator.testing.virtual_bench import VirtualBench
from tests.faults.story import assert_stored, orders_sent, states_of
from tests.faults.timed_protocol import TIMED
from tests.soak.web_process import WebProcess

Make = Callable[..., VirtualBench]
PLACES = {"L1": "A1", "V1": "P1"}


def stored(bench: VirtualBench, run: int) -> int:
    query = sa.select(sa.func.count()).select_from(records).join(segments, segments.c.id == records.c.segment_id)
    with reading(bench.engine) as connection:
        return connection.scalar(query.where(segments.c.run_id == run)) or 0


def test_node_and_web_die_together_and_others_take_everything_up(make_bench: Make, free_port: int) -> None:
    bench = make_bench(
        1, vsp=1, poll="30 s", lost_after="2 h", speed_without_node=2.0, lab={"web": {"port": free_port}}
    )
    with WebProcess(bench.lab.path, bench.lab.web.port, bench.wait_for) as web:
        runs = {cell: bench.launch("timed", cell, place, source=TIMED, rest="20 min") for cell, place in PLACES.items()}
        with bench.new_control() as time, bench.node() as node:
            time.attach("the test")
            bench.wait_until_up()
            web.check()
            while not all(stored(bench, run) > 50 for run in runs.values()):
                time.sleep(time.now() + 31.371)  # to between two looks: whoever is killed there has nothing in hand
            bench.kill_group(node)
            web.kill()
        with bench.node():
            web.check()
            for run in runs.values():
                bench.wait_state(run, "completed", "failed", "stopped")
    for cell, run in runs.items():
        assert bench.run(run)["state"] == "completed", bench.run(run)["reason"]
        assert "failed" not in states_of(bench, run)
        assert assert_stored(bench, run, PLACES[cell]) > 200
    assert [len(orders_sent(bench, name)) for name in ("bts-1", "vsp-1")] == [1, 1]
