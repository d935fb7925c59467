"""The campaign that comes with cellbench, shortened: on two instruments and in a chamber, on four of its nine cells."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.campaigns.definition import Campaign
from orchestrator.campaigns.read_campaign import Overrides, read_campaign
from orchestrator.campaigns.scan import scan
from orchestrator.store.campaigns import run_ids
from orchestrator.store.transactions import reading, writing
from orchestrator.testing.virtual_bench import VirtualBench
from protocols.library.campaigns import find
from tests.e2e.campaign_bench import hand, outcomes, state

SHORT = {
    "formation": {"cycles": "1", "rate": "0.2 A/g", "wetting": "10 min"},
    "rate-ladder": {"cycles_per_rate": "1", "rates": "[1 A/g, 2 A/g]"},
    "cycling": {"cycles": "4"},
    "titration": {"pulse": "10 min", "relaxation": "5 min", "start_rate": "1C", "start_relaxation": "5 min"},
    "voltammetry": {"scan_rates": "[1 mV/s]", "cycles_per_rate": "1"},
    "impedance": {"temperatures": "[25 degC]", "soak": "10 min", "relaxation": "10 min", "rate": "1 A/g"},
}
MATERIALS = {"L": "sio_c_l", "M": "sio_c_m", "H": "sio_c_h"}


def shortened() -> Campaign:
    shipped = find("sio-fast-charging")
    assert shipped is not None
    fewer = {"cycled": ("L1",), "rated": ("M2",), "examined": ("L3", "H3")}
    campaign = read_campaign(shipped.content, shipped.file, overrides=Overrides(fewer))
    steps = [replace(step, parameters={**step.parameters, **SHORT.get(step.name, {})}) for step in campaign.steps]
    return replace(campaign, steps=tuple(steps))


@pytest.mark.timeout(1200)
def test_the_study_goes_through(tmp_path: Path) -> None:
    campaign = shortened()
    cells: dict[int | str, dict[str, object]] = {
        bench: {"material": MATERIALS[cell[0]], "active_mass_g": 0.002753, "area_cm2": 1.131, "seed": int(bench[1:])}
        for cell, bench in campaign.placed.items()
    }
    inside = (("P1", "L"), ("P2", "H"), ("P3", "H"))
    cells |= {bench: {**cells["A1"], "material": MATERIALS[one], "chamber": "oven-1"} for bench, one in inside}
    with VirtualBench(tmp_path / "bench", cells, poll="1 h", lost_after="12 h", speed_without_node=0.0) as bench:
        for cell, place in campaign.placed.items():
            bench.add_cell(cell, place)
        number = hand(bench, campaign)
        asked = [("to-vsp", cell) for cell in ("L3", "H3")]
        with bench.node():
            bench.wait_for(lambda: all(outcomes(bench, number).get(one) == "asking" for one in asked), "asked", 500)
            for _, cell in asked:
                with writing(bench.engine) as connection:
                    assert scan(connection, number, cell, None, actor="anna", now=bench.control.now()) is None
            bench.wait_for(lambda: state(bench, number) == "completed", "completed", 600)
        assert set(outcomes(bench, number).values()) == {"done"}
        with reading(bench.engine) as connection:
            runs = run_ids(connection, number)
        assert len(runs) == 4 + 1 + 1 + 2 * 3
        assert {bench.run(run)["state"] for run in runs} == {"completed"}
        together = {bench.run(run)["batch_id"] for run in runs if bench.run(run)["protocol"] == "impedance-temperature"}
        assert len(together) == 1
        assert None not in together
