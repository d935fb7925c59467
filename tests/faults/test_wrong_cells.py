"""Row 13: another cell than the protocol's sits in the channel."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from orchestrator.testing.virtual_bench import VirtualBench
from tests.faults.story import (
    arm,
    assert_at_open_circuit,
    assert_failed_once,
    assert_fired,
    assert_stored,
    let_pass,
    orders_sent,
)
from tests.faults.timed_protocol import TIMED

Make = Callable[..., VirtualBench]


def test_a_cell_that_rests_outside_the_protocols_limits_is_not_started(make_held_bench: Make) -> None:
    bench = make_held_bench(3, vsp=3, poll="30 s")
    places = {f"L{n}": f"A{n}" for n in (1, 2, 3)} | {f"V{n}": f"P{n}" for n in (1, 2, 3)}
    arm(bench, "13_another_cell")
    with bench.node():
        let_pass(bench, 60.0)  # a BTS tells what it saw 5 s ago
        runs = {cell: bench.launch("timed", cell, place, source=TIMED) for cell, place in places.items()}
        for run in runs.values():
            bench.wait_state(run, "completed", "failed", "stopped")
        let_pass(bench, 300.0)
        there = bench.control.cells()
    assert_fired(bench, "13_another_cell")
    for cell in ("L3", "V3"):
        run = runs.pop(cell)
        assert bench.run(run)["state"] == "completed", bench.run(run)["reason"]
        assert assert_stored(bench, run, places[cell]) > 100
    for cell, run in runs.items():
        assert_failed_once(bench, run, "wrong cell?", "limits are -0.05 V to 2 V", severity="warning")
        told = re.search(r"It rests at (\S+) V", bench.run(run)["reason"])
        place = bench.described.places[places[cell]]
        assert told is not None
        seen_V = there[place.instrument][place.virtual_channel]["voltage_V"]
        assert float(told[1]) == pytest.approx(seen_V, abs=0.005), "what the channel itself reads"
        assert [one["test_id"] for one in bench.segments(run)] in ([], [None]), "nothing was started"
        assert_at_open_circuit(bench, places[cell])
    started = [[tag.partition("#")[0] for _, tag in orders_sent(bench, name)] for name in ("bts-1", "vsp-1")]
    assert started == [["L3"], ["V3"]], "nothing of the others, and nothing later"
