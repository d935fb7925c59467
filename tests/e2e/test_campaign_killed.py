"""A node that dies wherever it works on a campaign: everything of the campaign is launched, and once."""

from __future__ import annotations

import signal
from pathlib import Path

import sqlalchemy as sa

from drivers.crash_point import DIES_AT, VARIABLE
from orchestrator.crash_points import Point
from orchestrator.store.tables import events, runs
from orchestrator.store.transactions import reading
from orchestrator.testing.virtual_bench import VirtualBench
from tests.e2e.campaign_bench import outcomes, start, state

CELL = {"material": "sio_c_l", "active_mass_g": 0.002753, "area_cm2": 1.131, "seed": 1}
REST = """\
cellbench: 1
protocol: rest
cell: {window: [0.01 V, 1.5 V]}
limits: {voltage: [-0.05 V, 2.0 V], current: 3C}
record: {every: 60 s}
steps:
  - rest: 10 min
"""
CAMPAIGN = """\
cellbench_campaign: 1
campaign: two-rests
cells: [L1]
benches: {neware: [A1]}
steps:
  - {name: first, protocol: ./rest.yaml, on: neware}
  - {name: second, protocol: ./rest.yaml, on: neware}
"""
DEATHS = (
    f"{Point.CAMPAIGN_WRITTEN}:1",  # begun
    f"{Point.CAMPAIGN_LAUNCHED}:1",  # the first run
    f"{Point.CAMPAIGN_COMMITTED}:2",  # again, with its run: once for the bench, once for the launch
    f"{Point.CAMPAIGN_LAUNCHED}:1",  # the second run
    f"{Point.CAMPAIGN_WRITTEN}:1",
)


def test_killed_before_and_behind_every_commit_of_a_launch_nothing_is_launched_twice_or_forgotten(
    tmp_path: Path,
) -> None:
    with VirtualBench(tmp_path / "bench", {"A1": CELL}) as bench:
        bench.add_cell("L1", "A1")
        campaign = start(bench, CAMPAIGN, {"./rest.yaml": REST})
        for point in DEATHS:
            with bench.node(**{VARIABLE: point}) as node:
                bench.wait_for(lambda node=node: node.poll() is not None, f"dies at {point}")  # type: ignore[misc]
                assert node.poll() == -signal.SIGKILL
        with bench.node():
            bench.wait_for(lambda: state(bench, campaign) == "completed", "the campaign is over")
        assert outcomes(bench, campaign) == {("first", "L1"): "done", ("second", "L1"): "done"}
        assert bench.node_log.read_text().count(DIES_AT) == len(DEATHS)
        with reading(bench.engine) as connection:
            launched = list(connection.scalars(sa.select(runs.c.id)))
            said = list(connection.scalars(sa.select(events.c.message).where(events.c.kind == "campaign")))
        assert len(launched) == 2
        assert sum(" of cell L1 is run " in message for message in said) == 2
        assert len(bench.control.tests("bts-1")) == 2
