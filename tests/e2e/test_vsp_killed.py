"""Kill -9 while linked techniques run on a VSP-300, whose memory a read empties.

At most the one buffer between DLL and spool is missing, and it is counted and said. Without a kill nothing is.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest
import sqlalchemy as sa

from drivers.contracts import LOST
from orchestrator.export.known_gaps import possible_gaps
from orchestrator.store.tables import alarms, events, intents, records
from orchestrator.store.transactions import reading
from orchestrator.testing.virtual_bench import VirtualBench
from simulators.lab.client import LabControl
from tests.e2e.linked_protocol import LINKED
from tests.e2e.vsp_ledger import assert_stored_equals_ledger, measured

Make = Callable[..., VirtualBench]
Kill = Callable[[subprocess.Popen[bytes]], None]
HELD_S = 4.0
"""Wall seconds; the library waits for five."""
BUFFERS_OF_ONE_PASS = 6
"""Four steps and two end marks."""
BUFFER = 333
"""Rows of three words in a buffer of a thousand."""


def kill_group(node: subprocess.Popen[bytes]) -> None:
    """The node and the process that owns EClib: nobody is left to keep what was read."""
    VirtualBench.kill_group(node)


def kill_node_alone(node: subprocess.Popen[bytes]) -> None:
    """The process that owns EClib notices, keeps what it has in hand, and ends."""
    node.kill()
    node.wait()


@pytest.fixture
def bench(make_bench: Make) -> VirtualBench:
    return make_bench(0, vsp=1, poll="5 s", lost_after="1 h", speed_without_node=2.0)


@contextmanager
def held_time(bench: VirtualBench) -> Iterator[LabControl]:
    """Lab time that moves only when the test says so."""
    with bench.new_control() as time:
        time.attach("the test")
        yield time


def stored(bench: VirtualBench) -> int:
    with reading(bench.engine) as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(records)) or 0


def starts(bench: VirtualBench) -> list[str | None]:
    query = sa.select(intents.c.outcome).where(intents.c.action == "start").order_by(intents.c.id)
    with reading(bench.engine) as connection:
        return list(connection.scalars(query))


def barcodes(bench: VirtualBench) -> list[str]:
    return [test["barcode"].partition(" ")[0] for test in bench.control.tests("vsp-1")]


def complete(bench: VirtualBench, run: int) -> None:
    """A new node brings the run to its end, with nothing left open."""
    with bench.node():
        bench.wait_state(run, "completed", "failed")
    assert bench.run(run)["state"] == "completed", bench.run(run)["reason"]
    assert None not in starts(bench)


def check_missing(bench: VirtualBench, run: int, gaps_max: int) -> int:
    """What is stored stands in the ledger, in order; what is not is told, in all places. Returns how many rows."""
    (segment,) = [one for one in bench.segments(run) if one["test_id"] is not None]
    ledger, mine = measured(bench, segment, "P1"), bench.stored(segment["id"])
    there = np.isin(ledger["test_time_s"], mine["test_time_s"])
    np.testing.assert_array_equal(mine["test_time_s"], ledger["test_time_s"][there])
    np.testing.assert_array_equal(mine["voltage_V"], ledger["ewe_V"][there].astype(float))
    np.testing.assert_array_equal(mine["current_A"], np.nan_to_num(ledger["i_A"][there].astype(float)))
    np.testing.assert_array_equal(mine["seq"], np.arange(1, there.sum() + 1))
    edges = np.flatnonzero(np.diff(np.concatenate(([1], there.astype(int), [1]))))
    stretches = (edges[1::2] - edges[::2]).tolist()
    told = gaps_told(bench, run)
    assert len(stretches) <= len(told) <= gaps_max
    assert all(rows <= BUFFER for rows in stretches)
    assert sum(stretches) <= sum(told)
    return sum(stretches)


def gaps_told(bench: VirtualBench, run: int) -> list[int]:
    """How many rows each event says may be missing; the export's list and an alarm say the same."""
    with reading(bench.engine) as connection:
        said = list(connection.scalars(sa.select(events.c.message).where(events.c.kind == "gap").order_by(events.c.id)))
        assert possible_gaps(connection, run) == said
        raised = connection.scalars(sa.select(alarms.c.message)).all()
    assert all(any(line in alarm for alarm in raised) for line in said)
    found = [re.search(LOST + r"(\d+) records between \S+Z and \S+Z may be missing", line) for line in said]
    assert all(found), said
    return [int(one[1]) for one in found if one]


def test_without_a_kill_nothing_is_missing(bench: VirtualBench) -> None:
    run = bench.launch("linked", "V1", "P1", source=LINKED)
    complete(bench, run)
    assert assert_stored_equals_ledger(bench, run, "P1") == 40 * 250 + 250
    assert gaps_told(bench, run) == []


@pytest.mark.parametrize(("kill", "missing"), [(kill_group, True), (kill_node_alone, False)])
def test_killed_between_the_dll_and_the_spool(bench: VirtualBench, kill: Kill, missing: bool) -> None:
    """The instrument has given rows that nobody has yet: the very worst moment."""
    run = bench.launch("linked", "V1", "P1", source=LINKED)
    with held_time(bench) as time, bench.node() as node:
        bench.wait_until_up()
        time.sleep(time.now() + 30.371)  # between two looks: from here on the node sleeps until the next
        bench.wait_for(lambda: stored(bench) > 0, "the first records")
        time.fault("vsp-1", "GetData", {"delay_s": HELD_S})
        before = taken(bench)
        time.start_sleep(time.now() + 20.0)
        bench.wait_for(lambda: taken(bench) > before, "the rows taken")
        kill(node)
    complete(bench, run)
    lost = check_missing(bench, run, gaps_max=1)
    assert (lost > 0) == missing
    assert len(gaps_told(bench, run)) == missing
    assert barcodes(bench) == [f"V1#{run}.0.1"]


def test_killed_with_the_last_buffer_in_hand_the_run_is_complete(bench: VirtualBench) -> None:
    """What was in it says that the program came to its end; it is not the only one to say so."""
    run = bench.launch("linked", "V1", "P1", source=LINKED, passes="1")
    with held_time(bench) as time:
        with bench.node():  # ended politely: a kill might hit a read, whose buffer would be told as well
            bench.wait_until_up()
            time.sleep(time.now() + 1.0)
            bench.wait_for(lambda: starts(bench) == ["started"], "the start")
        time.sleep(time.now() + 60.0)  # all four steps and both marks, while nobody looks
        time.fault("vsp-1", "GetData", {"delay_s": HELD_S}, nth=BUFFERS_OF_ONE_PASS)
        with bench.node() as node:
            bench.wait_for(lambda: taken(bench) == rows_of(bench), "the last buffer taken")
            kill_group(node)
    complete(bench, run)
    assert len(gaps_told(bench, run)) == 1
    assert assert_stored_equals_ledger(bench, run, "P1") == 250 + 250


def taken(bench: VirtualBench) -> int:
    """How many rows have been taken out of the channel's memory."""
    return int((fates(bench) == 1).sum())


def rows_of(bench: VirtualBench) -> int:
    """How many rows the test has measured, those of its end marks included."""
    return len(fates(bench))


def fates(bench: VirtualBench) -> np.ndarray:
    return np.asarray(bench.control.ledger("vsp-1", "0", bench.control.tests("vsp-1")[0]["test_id"])["fate"])


def test_killed_at_random_moments(bench: VirtualBench) -> None:
    """Whole groups and nodes alone; a new node goes on each time."""
    run = bench.launch("linked", "V1", "P1", source=LINKED)
    chance = np.random.default_rng(11)
    kills = 0
    while kills < 4:
        with held_time(bench) as time, bench.node() as node:
            bench.wait_until_up()
            bench.wait_for(lambda: starts(bench)[-1:] == ["started"], "the start")
            looked = float(chance.uniform(0, 0.3))
            time.start_sleep(time.now() + 25.0)
            wait_wall_s(bench, looked)
            (kill_group if kills % 2 == 0 else kill_node_alone)(node)
        kills += 1
    complete(bench, run)
    check_missing(bench, run, gaps_max=kills)
    assert barcodes(bench) == [f"V1#{run}.0.1"]


def wait_wall_s(bench: VirtualBench, seconds: float) -> None:
    """Let the node work for so long: this is about processes, which have wall time alone."""
    until = os.times().elapsed + seconds
    bench.wait_for(lambda: os.times().elapsed >= until, "wall time")


def test_killed_between_the_intent_and_the_start(bench: VirtualBench) -> None:
    run = bench.launch("linked", "V1", "P1", source=LINKED, passes="2")
    bench.control.fault("vsp-1", "LoadTechnique", {"delay_s": HELD_S}, 2)
    with bench.node() as node:
        bench.wait_for(lambda: starts(bench) == [None], "the intent")
        kill_group(node)
    assert bench.control.tests("vsp-1") == [], "the start had been sent: not the window"
    complete(bench, run)
    assert barcodes(bench) == [f"V1#{run}.0.2"]
    assert starts(bench) == ["not started", "started"]
    assert_stored_equals_ledger(bench, run, "P1")


@pytest.mark.parametrize("kill", [kill_group, kill_node_alone])
def test_killed_between_the_start_and_its_answer(bench: VirtualBench, kill: Kill) -> None:
    run = bench.launch("linked", "V1", "P1", source=LINKED, passes="2")
    bench.control.fault("vsp-1", "StartChannel", {"delay_s": HELD_S})
    with bench.node() as node:
        bench.wait_for(lambda: barcodes(bench) != [], "the start at the instrument")
        kill(node)
    assert starts(bench) == [None]
    complete(bench, run)
    assert barcodes(bench) == [f"V1#{run}.0.1"]
    assert_stored_equals_ledger(bench, run, "P1")
    assert gaps_told(bench, run) == []


def test_killed_between_the_spool_and_the_database(bench: VirtualBench) -> None:
    """What stands in the spool is read again by the next node, and once."""
    run = bench.launch("linked", "V1", "P1", source=LINKED)
    with held_time(bench) as time, bench.node() as node:
        bench.wait_until_up()
        time.sleep(time.now() + 30.371)  # between two looks
        bench.wait_for(lambda: stored(bench) > 0, "the first records")
        with bench.engine.connect() as blocker:
            blocker.exec_driver_sql("SELECT 1")  # begins BEGIN IMMEDIATE: nobody else can write
            held = stored(bench)
            time.sleep(time.now() + 6.0)  # one look and a bit: whoever is killed now has nothing in hand
            bench.wait_for(lambda: "nothing was stored" in bench.node_log.read_text(), "a refused commit")
            kill_group(node)
        assert stored(bench) == held
        assert taken(bench) > held
    complete(bench, run)
    assert assert_stored_equals_ledger(bench, run, "P1") == 40 * 250 + 250
    assert gaps_told(bench, run) == []
