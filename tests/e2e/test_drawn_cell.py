"""A cell drawn at random, measured over the wires: the service finds what was set, and nothing told it."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import protocols.library
from orchestrator.analysis.result import AnalysisResult
from orchestrator.store.analyses import list_analyses, queue_analysis
from orchestrator.store.transactions import reading, writing
from orchestrator.testing.virtual_bench import VirtualBench
from simulators.cell import VirtualCell, load_material
from simulators.cell.paper_protocols import run_voltammetry
from simulators.cell.scan_rate_figures import HOST_LITHIUM_mol_cm3, SCAN_RATES_V_s, scan_rate_figures

MATERIAL, AREA_cm2, MASS_g = "sio_c_m", 1.131, 2.753e-3
TEMPERATURES = """\
cellbench: 1
protocol: drawn-spectra
parameters: {temperatures: [15 degC, 30 degC, 45 degC]}
cell: {window: [0.01 V, 1.5 V]}
limits: {voltage: [-0.05 V, 3.2 V], current: 10 A/g, temperature: [-30 degC, 70 degC]}
record: {every: 10 min}
steps:
  - discharge: {current: 1 A/g, until: {capacity: 40 %, voltage: 0.01 V}}
  - for_each: {temperature: $temperatures}
    steps:
      - temperature: {to: $temperature, within: 0.5 K, soak: 10 min, give_up_after: 8 h}
      - rest: 1 h
      - impedance: {potentiostatic: 10 mV peak, from: 100 kHz, to: 0.1 Hz, per_decade: 10, average: 1}
        label: eis $temperature
analyses: [arrhenius]
"""


@pytest.fixture(scope="module")
def drawn() -> dict[str, float]:
    rng = np.random.default_rng(20261)
    return {
        "activation_energy_kJ_mol": float(rng.uniform(8, 40)),
        "charge_transfer_ohm_cm2": float(rng.uniform(15, 40)),
        "cv_surface_F_g": float(rng.uniform(1500, 4500)),
        "cv_diffusion_A_g_s05": float(rng.uniform(20, 60)),
    }


def test_what_was_drawn_is_found_over_the_wires(tmp_path: Path, drawn: dict[str, float]) -> None:
    made = {"material": MATERIAL, "parameters": drawn, "active_mass_g": MASS_g, "area_cm2": AREA_cm2}
    cells: dict[int | str, dict[str, object]] = {"P1": made, "P2": {**made, "chamber": "oven-1"}}
    cv = (Path(protocols.library.__file__).parent / "cv_scan_rates.yaml").read_text(encoding="utf-8")
    oven = {"options": {"oven-1": {"temperature": ["-30 degC", "80 degC"], "poll": "1 h", "lost_after": "72 h"}}}
    with VirtualBench(tmp_path / "bench", cells, poll="24 h", lost_after="72 h", **oven) as bench:
        bench.add_cell("D1", "P1")
        bench.add_cell("D2", "P2")
        swept = bench.launch("cv-scan-rates", "D1", "P1", source=cv, last_cycles="1")
        warmed = bench.launch("drawn-spectra", "D2", "P2", source=TEMPERATURES)
        with bench.node():
            for run in (swept, warmed):
                bench.wait_state(run, "completed", "failed", "lost")
                assert bench.run(run)["state"] == "completed", bench.run(run)["reason"]
            options = {"max_scan_rate_mV_s": 0.5, "correct_fade": True, "concentration_mol_cm3": HOST_LITHIUM_mol_cm3}
            with writing(bench.engine) as connection:
                queue_analysis(connection, [swept], "voltammetry", options, now=bench.control.now())
            energy, scans = result(bench, warmed, "arrhenius"), result(bench, swept, "voltammetry")

    low, high = (energy.value(f"activation energy, {end} 95 % bound").value for end in ("lower", "upper"))
    assert low is not None
    assert high is not None
    assert low <= drawn["activation_energy_kJ_mol"] <= high
    assert high - low < 2 * 0.06 * drawn["activation_energy_kJ_mol"]
    fresh = VirtualCell(load_material(MATERIAL).with_numbers(drawn), MASS_g, AREA_cm2)
    truth = scan_rate_figures(run_voltammetry(fresh, SCAN_RATES_V_s), AREA_cm2)
    b_value = scans.value("b value, anodic")
    told = re.search(r"95 % confidence ± (\S+)", b_value.note or "")
    assert told is not None
    assert b_value.value == pytest.approx(truth.b_value, abs=min(0.02, float(told[1])))
    assert scans.value("surface share at 0.5 mV/s").value == pytest.approx(100 * truth.surface_share, abs=2.0)
    diffusion = scans.value("diffusion coefficient, anodic peak").value
    assert diffusion == pytest.approx(truth.diffusion_cm2_s, rel=0.10)


def result(bench: VirtualBench, run: int, name: str) -> AnalysisResult:
    """The newest result of an analysis, once every one of the run has ended."""
    found: list[AnalysisResult] = []

    def done() -> bool:
        with reading(bench.engine) as connection:
            asked = [one for one in list_analyses(connection, run) if one.name == name]
        if not asked or any(one.state in {"queued", "running"} for one in asked):
            return False
        assert asked[-1].result is not None, asked[-1].error
        found.append(AnalysisResult.from_json(asked[-1].result))
        return True

    bench.wait_for(done, f"{name} of run {run}")
    return found[-1]
