"""A campaign over the wire: a start across a change to summer time, a dead node, a broken cell, a weak one, a move."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from orchestrator.campaigns.scan import scan
from orchestrator.store.alarms import list_alarms
from orchestrator.store.calendar import entries_of
from orchestrator.store.campaigns import run_ids, set_campaign_desired
from orchestrator.store.tables import events
from orchestrator.store.transactions import reading, writing
from orchestrator.testing.virtual_bench import VirtualBench
from tests.e2e.campaign_bench import jobs, outcomes, start, state
from tests.e2e.short_protocol import SHORT

BERLIN = ZoneInfo("Europe/Berlin")
CELL = {"active_mass_g": 0.002753, "area_cm2": 1.131}
CELLS = {
    "A1": {**CELL, "material": "sio_c_l", "seed": 1},
    "A2": {**CELL, "material": "sio_c_h", "seed": 2},
    "A3": {**CELL, "material": "sio_c_l", "seed": 3},
    "P1": {**CELL, "material": "sio_c_l", "seed": 1},  # where L1 is carried to
}
CAMPAIGN = """\
cellbench_campaign: 1
campaign: from-the-neware-to-the-vsp
cells: [L1, H1, BROKEN]
benches: {neware: [A1, A2, A3], vsp: [P1]}
time_zone: Europe/Berlin
cron: "30 2 * * *"
steps:
  - {name: formation, protocol: ./short.yaml, on: neware, set: {cycles: 1}}
  - name: to-vsp
    prompt: "Move cell {cell} to {bench}"
    to: vsp
    when: {result: cycles.initial coulombic efficiency, above: 55 %}
  - {name: again, protocol: ./short.yaml, on: vsp, set: {cycles: 1}}
"""
_FOLLOWS_MARCH_28 = datetime(2026, 3, 28, 12, tzinfo=BERLIN).timestamp()


def _scan(bench: VirtualBench, campaign: int, barcode: str) -> str | None:
    with writing(bench.engine) as connection:
        return scan(connection, campaign, barcode, None, actor="anna", now=bench.control.now())


def test_nothing_is_lost_doubled_or_forgotten(tmp_path: Path) -> None:
    with VirtualBench(tmp_path / "bench", CELLS, speed_without_node=0.0) as bench:
        for cell, place in (("L1", "A1"), ("H1", "A2"), ("BROKEN", "A3")):
            bench.add_cell(cell, place)
        bench.control.unplug("bts-1", bench.channel("A3"))
        bench.control.advance(_FOLLOWS_MARCH_28 - bench.control.now())
        campaign = start(bench, CAMPAIGN, {"./short.yaml": SHORT})
        with bench.node() as node:
            bench.wait_for(lambda: jobs(bench, campaign).get(("formation", "L1"), {}).get("run_id") is not None, "L1")
            bench.wait_state(jobs(bench, campaign)["formation", "L1"]["run_id"], "running", "completed")
            bench.kill_group(node)
        first = jobs(bench, campaign)["formation", "L1"]
        # 02:30 does not exist on that morning: it is half past three of summer time, 14.5 h after noon
        assert datetime.fromtimestamp(first["started_unix_s"], BERLIN).strftime("%d %H:%M %z") == "29 03:30 +0200"
        with bench.node():
            bench.wait_for(lambda: outcomes(bench, campaign)["to-vsp", "L1"] == "asking", "the prompt")
            bench.wait_for(lambda: outcomes(bench, campaign)["to-vsp", "H1"] == "left", "H1 leaves")
            assert "is not the cell that is asked for" in (_scan(bench, campaign, "H1") or "")
            assert outcomes(bench, campaign)["to-vsp", "L1"] == "asking"
            assert _scan(bench, campaign, "L1") is None
            bench.wait_for(lambda: outcomes(bench, campaign)["again", "L1"] == "done", "on the VSP-300")
            with writing(bench.engine) as connection:
                set_campaign_desired(connection, campaign, "stop", actor="anna", now=bench.control.now())
            bench.wait_for(lambda: state(bench, campaign) == "stopped", "stopped")
        _assert_told(bench, campaign)


def _assert_told(bench: VirtualBench, campaign: int) -> None:
    with reading(bench.engine) as connection:
        first = next(entry for entry in entries_of(connection, campaign) if entry.outcome == "begun")
        alarms = [alarm.message for alarm in list_alarms(connection)]
        said = list(connection.scalars(sa.select(events.c.message).where(events.c.kind == "campaign")))
        runs = run_ids(connection, campaign)
    assert datetime.fromtimestamp(first.due_unix_s, BERLIN).strftime("%d %H:%M") == "29 03:30"
    assert any("formation of cell BROKEN failed" in message for message in alarms)
    assert any("to-vsp of cell H1 left: initial coulombic efficiency is" in message for message in said)
    assert sum("formation of cell L1 is run" in message for message in said) == len(
        [one for one in said if "running" in one and "waiting →" in one]
    )
    assert {bench.run(run)["cell_id"] for run in runs} == {"L1", "H1", "BROKEN"}
