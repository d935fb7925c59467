"""Orders and intruders while a VSP-300 runs: stops are quick and verified, a hung DLL is nobody else's."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from orchestrator.store.tables import alarms, intents
from orchestrator.store.transactions import reading
from orchestrator.testing.virtual_bench import VirtualBench
from tests.e2e.linked_protocol import LINKED
from tests.e2e.short_protocol import SHORT
from tests.e2e.vsp_ledger import assert_stored_equals_ledger

Make = Callable[..., VirtualBench]
STOP_WITHIN_S = 1.0
"""Wall seconds, as a technician counts."""


def seconds_until(bench: VirtualBench, instrument: str, run: int, state: str) -> float:
    """Order a stop; wall seconds until the instrument has it."""
    began = time.monotonic()
    bench.want(run, "stop")

    def stopped() -> bool:
        tests = bench.control.tests(instrument)
        return [test["state"] for test in tests if f"#{run}." in test["barcode"]] == [state]

    bench.wait_for(stopped, "the stop at the instrument", 20.0)
    return time.monotonic() - began


def test_a_stop_reaches_the_vsp_300_within_a_second_and_is_verified(make_bench: Make) -> None:
    bench = make_bench(0, vsp=2)
    runs = [bench.launch("linked", f"V{n}", f"P{n}", source=LINKED, passes="20000") for n in (1, 2)]
    with bench.new_control() as hold, bench.node():
        start = hold.attach("the test")  # lab time moves only when the test says so: as slow as real time
        bench.wait_until_up()
        hold.sleep(start + 120.0)
        bench.wait_state(runs[0], "running")
        assert seconds_until(bench, "vsp-1", runs[0], "stopped") <= STOP_WITHIN_S
        hold.sleep(start + 140.0)
        bench.wait_state(runs[0], "stopped", "failed")
        assert bench.run(runs[0])["state"] == "stopped"
        assert bench.run(runs[1])["state"] == "running", "the other channel runs on"
        with reading(bench.engine) as connection:
            stops = connection.scalars(sa.select(intents.c.outcome).where(intents.c.action == "stop")).all()
            assert connection.scalars(sa.select(alarms.c.message)).all() == []
    assert stops == ["stopped"]
    assert assert_stored_equals_ledger(bench, runs[0], "P1") > 1000


def test_a_hung_dll_does_not_delay_a_stop_on_the_neware(make_bench: Make) -> None:
    bench = make_bench(1, vsp=1, options={"vsp-1": {"timeout": "6 s"}})
    cycling = bench.launch("short", "L1", "A1", source=SHORT, cycles="200")
    linked = bench.launch("short", "V1", "P1", source=SHORT, cycles="200")
    with bench.new_control() as hold, bench.node():
        start = hold.attach("the test")
        bench.wait_until_up()
        hold.sleep(start + 900.0)
        bench.wait_state(cycling, "running")
        bench.wait_state(linked, "running")
        bench.control.fault("vsp-1", "GetCurrentValues", {"hang_s": 30})
        ticket = hold.start_sleep(start + 7200.0)
        stuck_at = until_time_stands(bench)
        assert seconds_until(bench, "bts-1", cycling, "stop") <= STOP_WITHIN_S
        assert bench.control.now() == stuck_at, "the call had ended: nothing was shown"
        bench.wait_for(lambda: "EClib has not answered for 6 s" in bench.node_log.read_text(), "the hung call killed")
        hold.finish_sleep(ticket)
        bench.want(linked, "stop")
        hold.detach()
        bench.wait_state(linked, "stopped", "failed")
        bench.wait_state(cycling, "stopped", "failed")
    assert (bench.run(cycling)["state"], bench.run(linked)["state"]) == ("stopped", "stopped")
    assert assert_stored_equals_ledger(bench, linked, "P1") > 50


def until_time_stands(bench: VirtualBench) -> float:
    """Lab time at which a node is at work for longer than a look takes."""
    stood: list[tuple[float, float]] = []

    def stands() -> bool:
        now = bench.control.now()
        if not stood or now != stood[-1][0]:
            stood.append((now, time.monotonic()))
        return time.monotonic() - stood[-1][1] > 1.0

    bench.wait_for(stands, "lab time stands still")
    return stood[-1][0]


@pytest.mark.parametrize(
    ("what", "state", "severity", "says"),
    [
        ("eclab_loaded", "lost", "critical", "foreign control: another program, probably EC-Lab, owns channel 1"),
        ("firmware_lost", "failed", "critical", "its memory is gone"),
    ],
)
def test_a_channel_that_somebody_takes_is_told_at_once(
    make_bench: Make, what: str, state: str, severity: str, says: str
) -> None:
    bench = make_bench(0, vsp=2)
    taken, other = (bench.launch("short", f"V{n}", f"P{n}", source=SHORT, cycles="200") for n in (1, 2))
    with bench.new_control() as hold, bench.node():
        start = hold.attach("the test")
        bench.wait_until_up()
        hold.sleep(start + 900.0)
        bench.wait_state(taken, "running")
        bench.wait_state(other, "running")
        bench.control.fault("vsp-1", "GetCurrentValues", {"channel": 0, "set": what})
        hold.sleep(start + 2700.0)
        bench.wait_state(taken, state)
        assert bench.run(other)["state"] == "running"
        with reading(bench.engine) as connection:
            raised = connection.execute(sa.select(alarms).where(alarms.c.source == f"run {taken}")).mappings().all()
    assert says in bench.run(taken)["reason"]
    assert [(says in alarm["message"], alarm["severity"]) for alarm in raised] == [(True, severity)]
