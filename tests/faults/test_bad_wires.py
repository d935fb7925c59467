"""Rows 6 to 8: exchanges that go wrong, connections that break, instruments that fall silent."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import sqlalchemy as sa

from orchestrator.store.tables import chamber_records
from orchestrator.store.transactions import reading
from orchestrator.testing.virtual_bench import VirtualBench
from tests.e2e.temperature_protocol import STEPPED
from tests.faults.story import alarms, arm, assert_fired, assert_stored, orders_sent, states_of
from tests.faults.timed_protocol import TIMED

Make = Callable[..., VirtualBench]
LATENESS_K = 0.2
"""By how much a chamber's air moves between its ledger's rows, and by what its display rounds."""


def assert_looks_at_the_chamber_are_its_own(bench: VirtualBench, within_K: float = LATENESS_K) -> int:
    """What is stored of a chamber is what it showed at that time."""
    ledger = bench.control.ledger("oven-1", "1", 1)
    query = sa.select(chamber_records.c.unix_time_s, chamber_records.c.process_degC)
    with reading(bench.engine) as connection:
        looks = np.array(connection.execute(query).all(), dtype=float)
    shown = np.interp(looks[:, 0], ledger["unix_time_s"], ledger["process_degC"])
    assert np.abs(looks[:, 1] - shown).max() < within_K
    return len(looks)


def test_every_fault_of_a_wire_is_survived_and_nothing_garbled_is_stored(make_held_bench: Make) -> None:
    options = {"bts-1": {"timeout": "500 ms"}}
    bench = make_held_bench(2, vsp=1, poll="20 s", oven={"poll": "20 s", "timeout": "500 ms"}, options=options)
    bench.add_cell("Zürich-µ1", "A2")
    places = {"Zürich-µ1": "A2", "V1": "P1"}
    runs = {cell: bench.launch("timed", cell, place, source=TIMED, rest="15 min") for cell, place in places.items()}
    arm(bench, "06_every_fault_of_a_wire")
    with bench.node():
        for run in runs.values():
            bench.wait_state(run, "completed", "failed", "stopped")
    assert_fired(bench, "06_every_fault_of_a_wire")
    kinds = {(one["instrument"], one["do"]) for one in bench.control.fired()}
    assert len(kinds) >= 20, "each kind of each list has happened"
    for cell, run in runs.items():
        assert bench.run(run)["state"] == "completed", f"{cell}: {bench.run(run)['reason']}"
        assert assert_stored(bench, run, places[cell]) > 100
    assert assert_looks_at_the_chamber_are_its_own(bench) > 20
    told = [one.message for one in alarms(bench)]
    assert told == [], f"a line that is bad now and then needs nobody: {told}"
    assert [len(orders_sent(bench, name)) for name in ("bts-1", "vsp-1")] == [1, 1]


def test_a_silent_instrument_is_lost_with_one_alarm_and_comes_back_while_the_others_run_on(
    make_held_bench: Make,
) -> None:
    bench = make_held_bench(2, vsp=1, poll="1 min", lost_after="5 min", oven={"poll": "1 min"})
    places = {"L1": "A1", "L2": "A2", "V1": "P1"}
    launched = bench.launch_together("stepped", places, source=STEPPED, stay="50 min")
    runs = dict(zip(places, launched, strict=True))
    arm(bench, "08_silence")
    with bench.node():
        for run in launched:
            bench.wait_state(run, "completed", "failed", "stopped")
    assert_fired(bench, "08_silence")
    for cell, run in runs.items():
        assert bench.run(run)["state"] == "completed", f"{cell}: {bench.run(run)['reason']}"
        assert assert_stored(bench, run, places[cell]) > 200
        assert states_of(bench, run).count("lost") == 1, "while its own instrument was silent"
    raised = alarms(bench)
    assert len(raised) == 3, [one.message for one in raised]
    for name, one in zip(("vsp-1", "bts-1", "oven-1"), raised, strict=True):
        assert name in one.message
        assert one.cleared_unix_s is not None, "it is over"
    sent = [len(orders_sent(bench, name)) for name in ("bts-1", "vsp-1")]
    assert sent == [4, 2], "one at each temperature: a start is never sent twice"
