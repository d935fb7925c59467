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
"""Wall seconds, as a technician counts; the least of three, since a machine that is busy holds up one now and then."""
HUNG_S = 12
"""So long a hung call is waited for: it outlasts a stop on a machine that is busy."""


def seconds_until(bench: VirtualBench, instrument: str, run: int, state: str) -> float:
    """Order a stop; wall seconds until the instrument has it."""
    began = time.monotonic()
    bench.want(run, "stop")

    def stopped() -> bool:
        tests = bench.control.tests(instrument)
        return [test["state"] for test in tests if f"#{run}." in test["barcode"]] == [state]

    bench.wait_for(stopped, "the stop at the instrument")
    return time.monotonic() - began


def test_a_stop_reaches_the_vsp_300_within_a_second_and_is_verified(make_bench: Make) -> None:
    bench = make_bench(0, vsp=4)
    *runs, other = [bench.launch("linked", f"V{n}", f"P{n}", source=LINKED, passes="20000") for n in (1, 2, 3, 4)]
    with bench.new_control() as hold, bench.node():
        start = hold.attach("the test")  # lab time moves only when the test says so: the next look never comes
        bench.wait_until_up()
        hold.sleep(start + 120.0)
        for run in (*runs, other):
            bench.wait_state(run, "running")
        took_s = [seconds_until(bench, "vsp-1", run, "stopped") for run in runs]
        assert bench.control.now() == start + 120.0
        assert min(took_s) <= STOP_WITHIN_S, took_s
        hold.sleep(start + 140.0)
        for run in runs:
            bench.wait_state(run, "stopped", "failed")
            assert bench.run(run)["state"] == "stopped"
        assert bench.run(other)["state"] == "running", "the other channel runs on"
        with reading(bench.engine) as connection:
            stops = connection.scalars(sa.select(intents.c.outcome).where(intents.c.action == "stop")).all()
            assert connection.scalars(sa.select(alarms.c.message)).all() == []
    assert stops == ["stopped"] * 3
    for place, run in zip(("P1", "P2", "P3"), runs, strict=True):
        assert assert_stored_equals_ledger(bench, run, place) > 1000


def test_a_hung_dll_does_not_delay_a_stop_on_the_neware(make_bench: Make) -> None:
    bench = make_bench(1, vsp=1, options={"vsp-1": {"timeout": f"{HUNG_S} s"}})
    cycling = bench.launch("short", "L1", "A1", source=SHORT, cycles="200")
    linked = bench.launch("short", "V1", "P1", source=SHORT, cycles="200")
    with bench.new_control() as hold, bench.node():
        start = hold.attach("the test")
        bench.wait_until_up()
        hold.sleep(start + 900.0)
        bench.wait_state(cycling, "running")
        bench.wait_state(linked, "running")
        bench.control.fault("vsp-1", "GetCurrentValues", {"hang_s": 600})
        ticket = hold.start_sleep(start + 7200.0)
        stuck_at = until_hung(bench, "vsp-1")
        assert seconds_until(bench, "bts-1", cycling, "stop") < HUNG_S
        assert bench.control.now() == stuck_at, "the call had ended: nothing was shown"
        bench.wait_for(
            lambda: f"EClib has not answered for {HUNG_S} s" in bench.node_log.read_text(), "the hung call killed"
        )
        hold.finish_sleep(ticket)
        bench.want(linked, "stop")
        hold.detach()
        bench.wait_state(linked, "stopped", "failed")
        bench.wait_state(cycling, "stopped", "failed")
    assert (bench.run(cycling)["state"], bench.run(linked)["state"]) == ("stopped", "stopped")
    assert assert_stored_equals_ledger(bench, linked, "P1") > 50


def until_hung(bench: VirtualBench, instrument: str) -> float:
    """Lab time at which the fault of this instrument holds a node up: it stands while a node is at work."""
    bench.wait_for(lambda: instrument in {one["instrument"] for one in bench.control.fired()}, "the hung call")
    return bench.control.now()


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
