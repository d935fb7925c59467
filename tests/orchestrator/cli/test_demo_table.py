"""The demo's table: every figure beside what was set, and none that is off goes unmarked."""

from __future__ import annotations

from collections import Counter

import pytest

from orchestrator.cli.demo_jobs import JOBS, chosen_jobs
from orchestrator.cli.demo_lab import CELLS, POTENTIOSTATS
from orchestrator.cli.demo_results import print_comparison
from orchestrator.cli.demo_tolerance import outside, tolerance_of
from orchestrator.cli.refusal import CommandRefused
from orchestrator.cli.simulated_truth import simulated_truth
from orchestrator.report.comparison import ComparisonRow


def row(key: str, mean: float, truth: float | None) -> ComparisonRow:
    return ComparisonRow(key, "b value", "1", "SiO@C-l", "0.86", mean, 0.001, (3, 4, 5), truth, None)


@pytest.mark.parametrize(
    ("key", "mean", "truth", "off"),
    [
        ("ladder_5_A_g", 306.9, 301.0, False),
        ("ladder_5_A_g", 307.1, 301.0, True),
        ("initial_efficiency_pct", 74.01, 74.5, False),
        ("initial_efficiency_pct", 73.99, 74.5, True),
        ("retention_500_pct", 45.7, 44.8, False),
        ("retention_500_pct", 43.7, 44.8, True),
        ("activation_energy_kJ_mol", 12.41, 12.06, False),
        ("activation_energy_kJ_mol", 12.43, 12.06, True),
        ("b_value", 0.879, 0.86, False),
        ("b_value", 0.881, 0.86, True),
        ("surface_share_pct", 74.3, 72.4, False),
        ("surface_share_pct", 70.3, 72.4, True),
        ("cv_diffusion_cm2_s", 4.5e-9, 4.12e-9, False),
        ("cv_diffusion_cm2_s", 4.6e-9, 4.12e-9, True),
        ("gitt_diffusion_time_s", 181.0, 200.0, False),
        ("gitt_diffusion_time_s", 179.0, 200.0, True),
        ("gitt_diffusion_time_s", 179.0, None, False),
        ("residual_stress_GPa", 99.0, 3.25, False),
    ],
)
def test_how_far_a_figure_may_be_off(key: str, mean: float, truth: float | None, off: bool) -> None:
    assert outside(row(key, mean, truth)) is off


def test_a_figure_that_is_off_is_marked_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = row("b_value", 0.861, 0.86), row("b_value", 0.9, 0.86)
    assert print_comparison([good, bad]) == ["b value, SiO@C-l: 0.9000 ± 0.0010 1, set was 0.86"]
    header, first, second, _, sentence = capsys.readouterr().out.strip("\n").splitlines()
    assert " ".join(header.split()) == "unit material paper measured cells truth set may be off by"
    assert first.split()[-4:] == ["3", "0.86", "±", "0.02"]
    assert second.split()[-5:] == ["3", "0.86", "±", "0.02", "<<"]
    assert sentence == "2 figures beside what the simulator was set to: 1 marked << is further off than it may be"


def test_everything_that_is_set_and_asked_of_the_study_has_a_tolerance() -> None:
    assert [key for _, key in simulated_truth() if tolerance_of(key) is None and key != "ladder_0.1_A_g"] == []


def test_every_test_has_its_cells_of_three_materials_and_no_bench_two_cells() -> None:
    for job in JOBS:
        cells = Counter(cell.material for cell in job.cells)
        least = 1 if job.protocol in ("gitt", "cv-scan-rates") else 3
        assert {name: number % least for name, number in cells.items()} == {"sio_c_l": 0, "sio_c_m": 0, "sio_c_h": 0}
        assert min(cells.values()) >= least
    assert len({cell.bench for cell in CELLS}) == len({cell.id for cell in CELLS}) == len(CELLS)


def test_no_potentiostat_has_more_cells_than_slots() -> None:
    taken = Counter(cell.instrument for cell in CELLS)
    assert {name: taken[name] for name in POTENTIOSTATS} == {"vsp-1": 6, "vsp-2": 3}


def test_a_protocol_that_the_demo_has_not_is_refused_with_those_that_it_has() -> None:
    assert [job.protocol for job in chosen_jobs(["gitt"])] == ["gitt"]
    with pytest.raises(CommandRefused, match=r"the demo has no gitting; it has formation, cycling-2c-500, rate-ladder"):
        chosen_jobs(["gitting"])
