"""Row 15: what EClib, its link, its firmware and EC-Lab can do to runs on a VSP-300."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

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
    states_of,
)
from tests.faults.timed_protocol import TIMED

Make = Callable[..., VirtualBench]


def test_a_busy_library_costs_nothing_and_each_channel_that_is_taken_is_told(make_held_bench: Make) -> None:
    bench = make_held_bench(0, vsp=3, poll="20 s")
    places = {f"V{n}": f"P{n}" for n in (1, 2, 3)}
    arm(bench, "15_eclib")
    runs = {cell: bench.launch("timed", cell, place, source=TIMED) for cell, place in places.items()}
    with bench.node():
        for cell, end in (("V1", "completed"), ("V2", "failed"), ("V3", "lost")):
            bench.wait_state(runs[cell], end, "failed", "stopped")
        let_pass(bench, 600.0)
    assert_fired(bench, "15_eclib")
    fired = [one["name"] for one in bench.control.fired()]
    assert fired.count("busy") > 20
    assert fired.count("the link is lost") == 3
    assert bench.run(runs["V1"])["state"] == "completed", bench.run(runs["V1"])["reason"]
    assert states_of(bench, runs["V1"])[-2:] == ["running", "completed"], "nobody heard of a busy library"
    assert assert_stored(bench, runs["V1"], "P1") > 100
    assert_failed_once(bench, runs["V2"], "its memory is gone")
    assert_at_open_circuit(bench, "P2")
    assert bench.run(runs["V3"])["state"] == "lost"
    assert "foreign control: another program, probably EC-Lab, owns channel 3" in bench.run(runs["V3"])["reason"]
    (told,) = alarms(bench, f"run {runs['V3']}")
    assert (told.severity, told.cleared_unix_s) == ("critical", None)
    for cell in ("V2", "V3"):
        seq = bench.stored(bench.segments(runs[cell])[0]["id"])["seq"]
        assert len(seq) > 20, "what was read is kept"
        assert np.array_equal(seq, np.arange(1, len(seq) + 1))
    assert len(alarms(bench)) == 2
    assert len(orders_sent(bench, "vsp-1")) == 3, "nothing was started again"
