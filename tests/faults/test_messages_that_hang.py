"""Row 21: a mail server that takes connections and says nothing, while runs are on."""

from __future__ import annotations

import time
from collections.abc import Callable

import sqlalchemy as sa

from orchestrator.store.outlets import FAILURES_MAX, outlet_tried
from orchestrator.store.tables import messages
from orchestrator.store.transactions import reading, writing
from orchestrator.testing.virtual_bench import VirtualBench
from tests.faults.story import alarms, assert_failed_once, assert_stored
from tests.faults.timed_protocol import TIMED
from tests.orchestrator.messages.mail_server import silent_port

Make = Callable[..., VirtualBench]
AN_HOUR_AGO_S = time.time() - 3600.0
CLIP = """\
cellbench_faults: 1
faults:
  - {name: a clip falls off, instrument: bts-1, channel: 27-21-1-1, at: 6 min, do: unplug}
"""


def taken(bench: VirtualBench) -> set[str]:
    """Receivers that have said yes to anything."""
    query = sa.select(messages.c.receiver).where(messages.c.taken_wall_unix_s.is_not(None))
    with reading(bench.engine) as connection:
        return set(connection.scalars(query))


def it_has_hung_before(bench: VirtualBench) -> None:
    """One more attempt in vain, and the receiver counts as unreachable, which else takes a minute."""
    with writing(bench.engine) as connection:
        for _ in range(FAILURES_MAX - 1):
            outlet_tried(connection, bench.lab.receivers[0].name, "receiver", AN_HOUR_AGO_S, "it says nothing")


def test_runs_go_on_and_the_next_receiver_is_told_without_waiting(make_held_bench: Make) -> None:
    with silent_port() as port:
        told = [{"email": "bench@lab.example"}, {"command": ["true"], "name": "siren", "after": "1000 h"}]
        bench = make_held_bench(2, vsp=1, poll="30 s", lab={"mail": {"server": f"127.0.0.1:{port}"}, "alarms": told})
        places = {"L1": "A1", "L2": "A2", "V1": "P1"}
        runs = {cell: bench.launch("timed", cell, place, source=TIMED) for cell, place in places.items()}
        it_has_hung_before(bench)
        bench.control.faults(CLIP)
        with bench.node() as node:
            for run in runs.values():
                bench.wait_state(run, "completed", "failed", "stopped")
            bench.wait_for(lambda: "siren" in taken(bench), "the second receiver")
            bench.wait_for(lambda: len(alarms(bench, "receiver")) == 1, "the alarm about the first")
            assert node.poll() is None
    assert taken(bench) == {"siren"}
    assert_failed_once(bench, runs["L1"], "the instrument's own protection ended")
    for cell in ("L2", "V1"):
        assert bench.run(runs[cell])["state"] == "completed", bench.run(runs[cell])["reason"]
        assert assert_stored(bench, runs[cell], places[cell]) > 100
