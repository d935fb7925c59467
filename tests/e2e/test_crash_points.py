"""The node dies exactly there: the virtual instrument holds a reply, or the database a lock, until it is killed."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from orchestrator.store.tables import alarms, intents, records
from orchestrator.store.transactions import reading
from orchestrator.testing.virtual_bench import VirtualBench
from tests.e2e.conftest import assert_stored_equals_ledger
from tests.e2e.short_protocol import SHORT

Make = Callable[..., VirtualBench]
TIMEOUT = {"bts-1": {"timeout": "60 s"}}
HELD_S = 50.0
"""Wall seconds: shorter than that, so that the node is still waiting when it dies."""
SWITCHED_OFF_WITHIN_S = 10.0
"""Wall seconds: the reply is held so long, and nobody notices earlier that the instrument has gone."""
TWO_SEGMENTS = """\
cellbench: 1
protocol: two-segments
cell: {window: [0.01 V, 1.5 V]}
limits: {voltage: [-0.05 V, 2.0 V], current: 3C}
record: {every: 60 s}
steps:
  - repeat: 2
    stop_when: {capacity_retention: {below: 1 %, since_cycle: 1}}
    steps:
      - discharge: {current: 2C, until: {voltage: 0.01 V}}
      - charge: {current: 2C, until: {voltage: 1.5 V}}
  - rest: 30 min
"""


def starts(bench: VirtualBench) -> list[str | None]:
    """Outcomes of all start intents, in order; None: open."""
    query = sa.select(intents.c.outcome).where(intents.c.action == "start").order_by(intents.c.id)
    with reading(bench.engine) as connection:
        return list(connection.execute(query).scalars())


def barcodes(bench: VirtualBench) -> list[str]:
    return [test["barcode"] for test in bench.control.tests("bts-1")]


def complete(bench: VirtualBench, run: int) -> None:
    """A new node brings the run to its end, with every record once and nothing left open."""
    with bench.node():
        bench.wait_state(run, "completed", "failed")
    assert bench.run(run)["state"] == "completed", bench.run(run)["reason"]
    assert_stored_equals_ledger(bench, run, 1)
    assert None not in starts(bench)


def test_killed_between_the_intent_and_the_start(make_bench: Make) -> None:
    bench = make_bench(options=TIMEOUT)
    bench.control.fault("bts-1", "inquire", {"delay_s": HELD_S}, 2)  # the driver's own look before it sends start
    run = bench.launch("short", "L1", "A1", source=SHORT, cycles="1")
    with bench.node() as node:
        bench.wait_for(lambda: starts(bench) == [None], "the intent")
        node.kill()
        node.wait()
    assert barcodes(bench) == [], "the start had been sent: not the window"
    complete(bench, run)
    assert barcodes(bench) == [f"L1#{run}.0.2"]
    assert starts(bench) == ["not started", "started"]


def test_killed_between_the_start_and_its_answer(make_bench: Make) -> None:
    bench = make_bench(options=TIMEOUT)
    bench.control.fault("bts-1", "start", {"delay_s": HELD_S})
    run = bench.launch("short", "L1", "A1", source=SHORT, cycles="1")
    with bench.node() as node:
        bench.wait_for(lambda: barcodes(bench) != [], "the start at the instrument")
        node.kill()
        node.wait()
    assert starts(bench) == [None]
    complete(bench, run)
    assert barcodes(bench) == [f"L1#{run}.0.1"]


def test_killed_between_reading_records_and_their_commit(make_bench: Make) -> None:
    bench = make_bench()
    run = bench.launch("short", "L1", "A1", source=SHORT, cycles="8")

    def stored() -> int:
        with reading(bench.engine) as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(records)) or 0

    with bench.node() as node:
        bench.wait_for(lambda: stored() > 0, "the first records")
        with bench.engine.connect() as blocker:
            blocker.exec_driver_sql("SELECT 1")  # begins BEGIN IMMEDIATE: nobody else can write
            held = stored()
            bench.wait_for(lambda: "nothing was stored" in (bench.folder / "node.log").read_text(), "a refused commit")
            node.kill()
            node.wait()
        assert stored() == held
    complete(bench, run)
    assert barcodes(bench) == [f"L1#{run}.0.1"]


def test_killed_between_two_segments(make_bench: Make) -> None:
    bench = make_bench(options={"bts-1": {"timeout": "20 s"}})  # nobody knows earlier that the second start is lost
    bench.control.fault("bts-1", "start", "drop_request", 2)
    run = bench.launch("two", "L1", "A1", source=TWO_SEGMENTS)
    with bench.node() as node:
        bench.wait_for(lambda: len(starts(bench)) == 2, "the second start's intent")
        node.kill()
        node.wait()
    assert bench.segments(run)[0]["outcome"] == "finished"
    assert bench.run(run)["state"] == "starting"
    complete(bench, run)
    # Killed before the lost start or after it: then the first start of the new node is the one that gets lost.
    first, *lost, second = bench.segments(run)
    assert [attempt["outcome"] for attempt in lost] == ["not started"] * len(lost)
    assert second["attempt"] in (2, 3)
    assert barcodes(bench) == [f"L1#{run}.0.1", f"L1#{run}.1.{second['attempt']}"]
    assert second["cycle_offset"] == 2
    end_s = bench.stored(first["id"])["test_time_s"][-1]
    assert second["time_offset_s"] == end_s, "test time of the second segment goes on where the first ended"


def test_an_instrument_that_goes_away_just_before_the_start_costs_nothing(make_bench: Make) -> None:
    bench = make_bench(lost_after="30 d", options=TIMEOUT)  # lab time runs on while this test switches it on again
    bench.control.fault("bts-1", "inquire", {"delay_s": SWITCHED_OFF_WITHIN_S}, 2)
    run = bench.launch("short", "L1", "A1", source=SHORT, cycles="1")
    with bench.node() as node:
        bench.wait_for(lambda: starts(bench) == [None], "the intent")
        bench.control.power("bts-1", on=False)
        bench.wait_for(lambda: starts(bench) == ["not sent"], "the start was not sent")
        assert bench.run(run)["state"] == "queued"
        bench.control.power("bts-1", on=True)
        bench.wait_state(run, "completed", "failed")
        assert node.poll() is None
    assert bench.run(run)["state"] == "completed", bench.run(run)["reason"]
    assert barcodes(bench) == [f"L1#{run}.0.1"]
    with reading(bench.engine) as connection:
        assert connection.execute(sa.select(alarms)).all() == []
