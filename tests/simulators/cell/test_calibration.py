"""The material files: what the paper measured comes out of the model, and the files say how closely."""

from dataclasses import asdict

import numpy as np
import pytest
import yaml

from simulators.cell import load_material
from simulators.cell.calibrate import MATERIALS, calibrate, load_targets, reached
from simulators.cell.material import read_document
from simulators.cell.material_file import material_path, rewritten


@pytest.mark.parametrize("name", MATERIALS)
def test_targets_are_met_and_the_files_say_how_closely(name: str) -> None:
    targets = load_targets(name)
    found = asdict(reached(load_material(name), targets))
    entries = read_document(name)["targets"]
    for key, value in asdict(targets).items():
        assert found[key] == pytest.approx(value, rel=1e-3), key
        assert entries[key]["reached"] == pytest.approx(found[key], rel=1e-5), key


def test_targets_are_the_papers() -> None:
    targets = [load_targets(name) for name in MATERIALS]
    assert targets[0].ladder_mAh_g[1:] == (1217, 994, 933, 689, 533, 422, 301)
    assert (targets[0].first_discharge_mAh_g, targets[0].initial_efficiency) == (1865, 0.745)
    assert [t.mean_efficiency_of_5 for t in targets] == [0.945, 0.930, 0.889]
    assert [t.recovery_at_1_A_g for t in targets] == [0.992, 0.901, 0.854]
    assert [(t.retention_cycle, t.retention) for t in targets] == [(500, 0.90), (500, 0.448), (200, 0.38)]
    assert [t.activation_energy_kJ_mol for t in targets] == [12.06, 15.55, 24.53]
    assert [t.b_value for t in targets] == [0.86, 0.77, 0.60]
    assert [t.surface_share for t in targets] == [0.724, 0.560, 0.247]
    assert [t.diffusion_cm2_s for t in targets] == [4.12e-9, 8.15e-10, 2.04e-10]


def test_shipped_parameters_are_the_fixed_point_of_the_calibration() -> None:
    shipped = load_material("sio_c_l")
    again = calibrate(shipped, load_targets("sio_c_l"), rounds=1)
    assert again.ladder_knot_mAh_g == pytest.approx(shipped.ladder_knot_mAh_g, abs=0.5)
    assert again.first_sink_mAh_g == pytest.approx(shipped.first_sink_mAh_g, abs=0.5)
    assert again.capacity_left_500 == pytest.approx(shipped.capacity_left_500, abs=1e-3)
    assert again.cv_surface_F_g == pytest.approx(shipped.cv_surface_F_g, rel=1e-2)


@pytest.mark.parametrize("name", MATERIALS)
def test_a_file_written_again_with_nothing_new_is_the_same_file(name: str) -> None:
    document = read_document(name)
    reached_before = {key: entry["reached"] for key, entry in document["targets"].items()}
    text = rewritten(name, {}, reached_before)
    assert text == material_path(name).read_text(encoding="utf-8")
    assert yaml.safe_load(text) == document


def test_diffusion_and_resistance_order_the_materials_as_the_paper_does() -> None:
    low, middle, high = (load_material(name) for name in MATERIALS)
    assert low.diffusion_time_s < middle.diffusion_time_s < high.diffusion_time_s
    assert low.charge_transfer_ohm_cm2 < middle.charge_transfer_ohm_cm2 < high.charge_transfer_ohm_cm2


@pytest.mark.parametrize("name", MATERIALS)
def test_the_lithiation_branch_falls_all_the_way(name: str) -> None:
    assert np.all(np.diff(load_material(name).ladder_knot_mAh_g) < 0)
