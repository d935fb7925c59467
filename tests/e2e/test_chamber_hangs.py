"""A chamber that does not answer is nobody else's trouble."""

from __future__ import annotations

from collections.abc import Callable

from orchestrator.testing.virtual_bench import VirtualBench
from tests.e2e.conftest import assert_stored_equals_ledger
from tests.e2e.short_protocol import SHORT
from tests.e2e.test_vsp_orders import seconds_until, until_hung

Make = Callable[..., VirtualBench]
HUNG_S = 60


def test_a_hung_chamber_does_not_delay_a_stop_on_the_neware(make_bench: Make) -> None:
    bench = make_bench(1, oven={"timeout": f"{HUNG_S} s"})
    cycling = bench.launch("short", "L1", "A1", source=SHORT, cycles="200")
    with bench.new_control() as hold, bench.node():
        start = hold.attach("the test")
        bench.wait_until_up()
        hold.sleep(start + 900.0)
        bench.wait_state(cycling, "running")
        bench.control.fault("oven-1", "modbus read", "half_open")
        ticket = hold.start_sleep(start + 7200.0)
        stuck_at = until_hung(bench, "oven-1")
        assert seconds_until(bench, "bts-1", cycling, "stop") < HUNG_S
        assert bench.control.now() == stuck_at, "the chamber had answered: nothing was shown"
        bench.control.power("oven-1", on=False)  # nobody need wait so long
        bench.control.power("oven-1", on=True)
        hold.finish_sleep(ticket)
        hold.detach()
        bench.wait_state(cycling, "stopped", "failed")
    assert bench.run(cycling)["state"] == "stopped"
    assert assert_stored_equals_ledger(bench, cycling, 1) > 50
