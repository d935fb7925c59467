"""Whatever dies in between, records are stored once: compared with the instrument's own memory, in every column."""

from __future__ import annotations

import resource
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from orchestrator.store.tables import alarms, events, records
from orchestrator.store.transactions import reading
from orchestrator.testing.virtual_bench import VirtualBench
from tests.e2e.conftest import assert_stored_equals_ledger
from tests.e2e.short_protocol import SHORT

Make = Callable[..., VirtualBench]
HOUR_S = 3600.0


def stored(bench: VirtualBench) -> int:
    with reading(bench.engine) as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(records)) or 0


def test_a_node_killed_again_and_again_loses_and_doubles_nothing(make_bench: Make) -> None:
    bench = make_bench(2)
    runs = [bench.launch("short", f"L{number}", f"A{number}", source=SHORT) for number in (1, 2)]
    kills = 0
    while kills < 4 and bench.run(runs[0])["state"] != "completed":
        before = stored(bench)
        with bench.node() as node:
            bench.wait_for(lambda before=before: stored(bench) > before or ended(bench, runs), "new records")
            node.kill()
        kills += 1
    with bench.node():
        for run in runs:
            bench.wait_state(run, "completed", "failed")
    assert kills >= 2
    for number, run in enumerate(runs, start=1):
        assert bench.run(run)["state"] == "completed", bench.run(run)["reason"]
        assert_stored_equals_ledger(bench, run, number)
    assert len(bench.control.tests("bts-1")) == 2


def ended(bench: VirtualBench, runs: list[int]) -> bool:
    return all(bench.run(run)["state"] in ("completed", "failed") for run in runs)


def told(bench: VirtualBench) -> bool:
    """Whether anybody has been told: the instrument's alarm comes in a transaction of its own."""
    with reading(bench.engine) as connection:
        return connection.execute(sa.select(alarms.c.id)).first() is not None


def test_an_instrument_that_falls_silent_is_lost_and_comes_back(make_bench: Make) -> None:
    bench = make_bench(lost_after="30 min")
    run = bench.launch("short", "L1", "A1", source=SHORT, cycles="20")
    with bench.control as time, bench.node():
        start = time.attach("the test")
        bench.wait_until_up()
        time.sleep(start + HOUR_S)
        bench.wait_state(run, "running")
        time.power("bts-1", on=False)
        time.sleep(start + 2 * HOUR_S)
        bench.wait_state(run, "lost")
        bench.wait_for(lambda: told(bench), "the alarm")
        with reading(bench.engine) as connection:
            raised = connection.execute(sa.select(alarms)).mappings().one()
        assert "unknown" in raised["message"]
        assert raised["cleared_unix_s"] is None
        time.power("bts-1", on=True)
        time.sleep(start + 3 * HOUR_S)
        bench.wait_state(run, "running")
        time.detach()
        bench.wait_state(run, "completed", "failed")
        assert bench.run(run)["state"] == "completed", bench.run(run)["reason"]
    with bench.new_control() as bench.control:
        assert_stored_equals_ledger(bench, run, 1)
        assert len(bench.control.tests("bts-1")) == 1


def test_a_full_disk_stops_nothing_and_loses_nothing(make_bench: Make) -> None:
    """The kernel refuses the node any file growth, as a full disk does; no root needed."""
    bench = make_bench()
    run = bench.launch("short", "L1", "A1", source=SHORT, cycles="6")
    with bench.node() as node:
        bench.wait_for(lambda: stored(bench) > 200, "the first records")
        unlimited = resource.prlimit(node.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(node.pid, resource.RLIMIT_FSIZE, (4096, unlimited[1]))
        bench.wait_for(
            lambda: "not stored" in node_log(bench) or "nothing was stored" in node_log(bench), "the complaint"
        )
        assert bench.run(run)["state"] == "running"
        held = stored(bench)
        resource.prlimit(node.pid, resource.RLIMIT_FSIZE, unlimited)
        bench.wait_for(lambda: stored(bench) > held, "records after the disk has room again")
        bench.wait_state(run, "completed", "failed")
    assert bench.run(run)["state"] == "completed", bench.run(run)["reason"]
    assert_stored_equals_ledger(bench, run, 1)


def node_log(bench: VirtualBench) -> str:
    return (bench.folder / "node.log").read_text()


@pytest.mark.parametrize("fault", ["drop_reply", "close_before_reply", "close_mid_reply", "garble", {"split": 1}])
def test_faults_of_the_wire_while_downloading(make_bench: Make, fault: object) -> None:
    bench = make_bench()
    for nth in (2, 5, 9):
        bench.control.fault("bts-1", "download", fault, nth)
    run = bench.launch("short", "L1", "A1", source=SHORT)
    with bench.node():
        bench.wait_state(run, "completed", "failed")
    assert bench.run(run)["state"] == "completed", bench.run(run)["reason"]
    assert_stored_equals_ledger(bench, run, 1)


def test_one_error_is_one_event(make_bench: Make) -> None:
    bench = make_bench()
    bench.control.power("bts-1", on=False)
    with bench.node(), bench.control as time:
        start = time.attach("the test")
        bench.wait_for(lambda: "bts-1: " in node_log(bench), "the error")
        time.sleep(start + 5 * HOUR_S)
    with reading(bench.engine) as connection:
        said = connection.execute(sa.select(events).where(events.c.kind == "instrument")).all()
    assert len(said) == 1
