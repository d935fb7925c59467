"""Row 14: a batch whose chamber is disturbed while it soaks, and then does not arrive any more."""

from __future__ import annotations

from collections.abc import Callable

from orchestrator.testing.virtual_bench import VirtualBench
from tests.faults.story import (
    alarms,
    arm,
    assert_at_open_circuit,
    assert_failed_once,
    assert_fired,
    assert_stored,
    let_pass,
    orders_sent,
)
from tests.faults.test_bad_wires import assert_looks_at_the_chamber_are_its_own

Make = Callable[..., VirtualBench]
SOAKED = """\
cellbench: 1
protocol: soaked
cell: {window: [0.01 V, 1.5 V]}
limits: {voltage: [-0.05 V, 2.0 V], current: 3C, temperature: [-30 degC, 70 degC]}
record: {every: 20 s}
steps:
  - temperature: {to: 30 degC, within: 0.5 K, soak: 30 min, give_up_after: 5 h}
  - rest: 10 min
  - temperature: {to: 45 degC, within: 0.5 K, soak: 5 min, give_up_after: 1 h}
  - rest: 10 min
"""
PLACES = {"L1": "A1", "L2": "A2", "V1": "P1"}


SOAK_BROKEN_UNTIL_S, SOAK_S, GIVE_UP_S = 34 * 60.0, 30 * 60.0, 3600.0
LOOK_S = 60.0
JUMP_K = 3.5
"""A look between two rows of the ledger, where a faulty sensor jumps between them."""


def test_a_batch_waits_for_a_whole_soak_and_gives_up_in_time(make_held_bench: Make) -> None:
    bench = make_held_bench(2, vsp=1, poll="5 min", oven={"poll": "1 min"})
    arm(bench, "14_a_chamber_that_fails")
    armed_unix_s = bench.control.now()
    launched = bench.launch_together("soaked", PLACES, source=SOAKED)
    runs = dict(zip(PLACES, launched, strict=True))
    with bench.node():
        for run in launched:
            bench.wait_state(run, "completed", "failed", "stopped")
        let_pass(bench, 600.0)
    assert_fired(bench, "14_a_chamber_that_fails")
    assert assert_looks_at_the_chamber_are_its_own(bench, JUMP_K) > 100
    for cell, run in runs.items():
        told = alarms(bench, f"run {run}")
        assert_failed_once(bench, run, "oven-1 was not stable at 45 °C within 1 h; its temperature is")
        measured, never = bench.segments(run)
        assert measured["started_unix_s"] - armed_unix_s >= SOAK_BROKEN_UNTIL_S + SOAK_S, "the whole soak anew"
        assert never["test_id"] is None, "nothing was started at the wrong temperature"
        waited_s = told[0].raised_unix_s - measured["finished_unix_s"]
        assert GIVE_UP_S <= waited_s <= GIVE_UP_S + 2 * LOOK_S + 600.0, "for the slowest of the batch, and no longer"
        assert assert_stored(bench, run, PLACES[cell]) >= 30
        assert_at_open_circuit(bench, PLACES[cell])
    (of_chamber,) = alarms(bench, "trip")
    assert "oven-1: it shows: alarm 2" in of_chamber.message
    assert len(alarms(bench)) == len(runs) + 1, "one for each run, and the chamber's own"
    assert [len(orders_sent(bench, name)) for name in ("bts-1", "vsp-1")] == [2, 1]
