"""``make calibrate``: from the paper's figures to the material files, with how closely each figure is met.

The model is put through the paper's own protocols and its inferred parameters are corrected until the figures come
out. Which figures, and what is inferred from them, stands in the files under ``targets`` and ``source``.
"""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from scipy.optimize import brentq, least_squares

from simulators.cell.kinetics import GAS_CONSTANT
from simulators.cell.material import Material, load_material, read_document
from simulators.cell.material_file import material_path, rewritten
from simulators.cell.paper_protocols import (
    AREA_cm2,
    CyclePoint,
    FORMATION_A_g,
    TWO_C_A_g,
    ladder_capacities,
    recovery,
    reference_cell,
    run_cycles,
    run_formation_and_ladder,
    run_voltammetry,
)
from simulators.cell.scan_rate_figures import SCAN_RATES_V_s, scan_rate_figures

__all__ = ["MATERIALS", "Targets", "calibrate", "load_targets", "reached"]

MATERIALS = ("sio_c_l", "sio_c_m", "sio_c_h")
_ROUNDS, _LADDER_ROUNDS = 3, 12
_GAIN = 0.9
_KELVIN = np.array([273.15, 283.15, 298.15, 313.15])


@dataclass(frozen=True)
class Targets:
    """What has to come out of the model; see the material files for units and sources."""

    first_discharge_mAh_g: float
    initial_efficiency: float
    mean_efficiency_of_5: float
    ladder_mAh_g: tuple[float, ...]
    """At each current of the ladder; the first is that of the first delithiation."""
    recovery_at_1_A_g: float
    retention_cycle: int
    retention: float
    """At 2C, of the first cycle at 2C; after formation of a fresh cell, without a ladder between."""
    activation_energy_kJ_mol: float
    b_value: float
    surface_share: float
    diffusion_cm2_s: float


def load_targets(name: str) -> Targets:
    """Read the targets of a material file."""
    entries = read_document(name)["targets"]
    values: dict[str, Any] = {key: entry["value"] for key, entry in entries.items()}
    return Targets(**{**values, "ladder_mAh_g": tuple(values["ladder_mAh_g"])})


def calibrate(material: Material, targets: Targets, rounds: int = _ROUNDS) -> Material:
    """Return the material with inferred parameters such that it meets its targets."""
    for _ in range(rounds):
        for _ in range(_LADDER_ROUNDS):
            material = _correct_formation_and_ladder(material, targets)
        material = _with_retention(material, targets)
    return _with_voltammetry(material, targets)


def reached(material: Material, targets: Targets) -> Targets:
    """Return what the material gives for each target."""
    points = run_formation_and_ladder(material)
    cell = reference_cell(material)
    cell.state = run_cycles(cell, cell.state, FORMATION_A_g)[1]
    scans = scan_rate_figures(run_voltammetry(cell, SCAN_RATES_V_s), AREA_cm2)
    return Targets(
        first_discharge_mAh_g=points[0].lithiation_mAh_g,
        initial_efficiency=_efficiency(points[:1]),
        mean_efficiency_of_5=_efficiency(points[:5]),
        ladder_mAh_g=tuple(ladder_capacities(points)),
        recovery_at_1_A_g=recovery(points),
        retention_cycle=targets.retention_cycle,
        retention=_retention(material, targets.retention_cycle),
        activation_energy_kJ_mol=_activation_energy_kJ_mol(material),
        **asdict(scans),
    )


def _efficiency(points: list[CyclePoint]) -> float:
    return float(np.mean([p.delithiation_mAh_g / p.lithiation_mAh_g for p in points]))


def _retention(material: Material, cycle: int) -> float:
    cell = reference_cell(material)
    points, _ = run_cycles(cell, cell.state, [*FORMATION_A_g, *[TWO_C_A_g] * cycle])
    return points[-1].delithiation_mAh_g / points[len(FORMATION_A_g)].delithiation_mAh_g


def _activation_energy_kJ_mol(material: Material) -> float:
    """From the small-signal charge transfer resistance at four temperatures, by the paper's Eq. 3."""
    transfer = []
    for temperature_K in _KELVIN:
        cell = reference_cell(material, temperature_K - 273.15)
        polarisation = cell.polarisation(cell.state)
        transfer.append(polarisation.slope_V / polarisation.scale_A)
    return float(-np.polyfit(1 / _KELVIN, np.log(_KELVIN / np.array(transfer)), 1)[0] * GAS_CONSTANT * 1e-3)


def _correct_formation_and_ladder(material: Material, targets: Targets) -> Material:
    """One step of a fixed point: what is missing in a figure is given to the parameter that governs it."""
    points = run_formation_and_ladder(material)
    missing = np.array(targets.ladder_mAh_g) - ladder_capacities(points)
    knots = np.sort(np.array(material.ladder_knot_mAh_g) + _GAIN * missing)[::-1]
    sink = material.first_sink_mAh_g + targets.first_discharge_mAh_g - points[0].lithiation_mAh_g
    early = 1 - np.array(material.efficiency[:4])
    early *= 1 - 5 * (targets.mean_efficiency_of_5 - _efficiency(points[:5])) / early.sum()
    rate_loss = material.rate_loss + _GAIN * (recovery(points) - targets.recovery_at_1_A_g)
    return replace(
        material,
        ladder_knot_mAh_g=tuple(np.round(knots, 2).tolist()),
        first_sink_mAh_g=round(sink - _GAIN * missing[0], 2),
        efficiency=(*np.round(1 - early, 5).tolist(), *material.efficiency[4:]),
        rate_loss=round(max(0.0, rate_loss), 5),
    )


def _with_retention(material: Material, targets: Targets) -> Material:
    def too_much(capacity_left: float) -> float:
        aged = replace(material, capacity_left_500=capacity_left)
        return _retention(aged, targets.retention_cycle) - targets.retention

    found = brentq(too_much, 0.2, 1.0, xtol=1e-4)
    return replace(material, capacity_left_500=round(float(found), 4))


def _with_voltammetry(material: Material, targets: Targets) -> Material:
    """Find both amplitudes and the breadth of the diffusion part."""
    cell = reference_cell(material)
    formed = run_cycles(cell, cell.state, FORMATION_A_g)[1]

    def with_values(logs: np.ndarray[Any, Any]) -> Material:
        surface, diffusion, breadth = np.exp(logs).tolist()
        return replace(material, cv_surface_F_g=surface, cv_diffusion_A_g_s05=diffusion, cv_diffusion_breadth=breadth)

    def misses(logs: np.ndarray[Any, Any]) -> list[float]:
        trial = reference_cell(with_values(logs))
        trial.state = formed
        found = scan_rate_figures(run_voltammetry(trial, SCAN_RATES_V_s), AREA_cm2)
        return [
            found.b_value - targets.b_value,
            found.surface_share - targets.surface_share,
            0.2 * float(np.log(found.diffusion_cm2_s / targets.diffusion_cm2_s)),
        ]

    start = np.log([material.cv_surface_F_g, material.cv_diffusion_A_g_s05, material.cv_diffusion_breadth])
    return with_values(least_squares(misses, start).x)


def main() -> None:
    """Calibrate every material and rewrite its file."""
    for name in MATERIALS:
        targets = load_targets(name)
        material = calibrate(load_material(name), targets)
        found = reached(material, targets)
        parameters = {key: value for key, value in asdict(material).items() if key != "name"}
        material_path(name).write_text(rewritten(name, parameters, asdict(found)), encoding="utf-8")
        for key, value in asdict(found).items():
            sys.stdout.write(f"{name} {key}: {value} for {getattr(targets, key)}\n")


if __name__ == "__main__":
    main()
