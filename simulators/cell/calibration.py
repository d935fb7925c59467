"""Finding a material's inferred parameters: run the paper's protocol on the model, correct, repeat.

Its results stand in the material files; run it again after changing an assumption there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from simulators.cell.material import Material
from simulators.cell.state import CellState
from simulators.cell.virtual_cell import VirtualCell

__all__ = ["CyclePoint", "calibrate", "run_cycles", "run_formation_and_ladder"]

_LOWER_V, _UPPER_V = 0.01, 1.5
_AREA_cm2 = 1.131
_FORMATION_CYCLES = 5
_CYCLES_PER_RATE = 5
_ENOUGH_s = 1e6


@dataclass(frozen=True, slots=True)
class CyclePoint:
    """Capacities of one full cycle between 0.01 and 1.5 V."""

    specific_current_A_g: float
    lithiation_mAh_g: float
    delithiation_mAh_g: float


def run_cycles(cell: VirtualCell, state: CellState, rates_A_g: list[float]) -> tuple[list[CyclePoint], CellState]:
    """One full cycle at each specific current, without rests."""
    points = []
    for rate in rates_A_g:
        passed = []
        for sign, limit_V in ((-1.0, _LOWER_V), (1.0, _UPPER_V)):
            current_A = sign * rate * cell.active_mass_g
            duration_s = cell.time_to_voltage(state, current_A, limit_V, _ENOUGH_s)
            if duration_s is None:
                raise ValueError(f"{cell.parameters.name} never reaches {limit_V} V at {rate} A/g")
            state = cell.advance(state, current_A, duration_s)
            passed.append(rate * duration_s / 3.6)
        points.append(CyclePoint(rate, *passed))
    return points, state


def run_formation_and_ladder(material: Material) -> list[CyclePoint]:
    """Run formation at the ladder's lowest current, five cycles at each of the others, and back to 1 A/g."""
    cell = VirtualCell(material, material.reference_loading_mg_cm2 * 1e-3 * _AREA_cm2, _AREA_cm2)
    rates = [material.ladder_current_A_g[0]] * _FORMATION_CYCLES
    for rate in (*material.ladder_current_A_g[1:], 1.0):
        rates += [rate] * _CYCLES_PER_RATE
    return run_cycles(cell, cell.state, rates)[0]


def ladder_capacities(points: list[CyclePoint]) -> list[float]:
    """First delithiation, then the mean delithiation of five cycles at each further current of the ladder."""
    rates = range(_FORMATION_CYCLES, len(points) - _CYCLES_PER_RATE, _CYCLES_PER_RATE)
    means = [float(np.mean([p.delithiation_mAh_g for p in points[i : i + _CYCLES_PER_RATE]])) for i in rates]
    return [points[0].delithiation_mAh_g, *means]


def calibrate(material: Material, rounds: int = 12) -> Material:
    """Return the same material with knots and sink such that first discharge and ladder are what its file asks for."""
    for _ in range(rounds):
        points = run_formation_and_ladder(material)
        missing = np.array(material.ladder_capacity_mAh_g) - ladder_capacities(points)
        knots = np.sort(np.array(material.ladder_knot_mAh_g) + 0.9 * missing)[::-1]
        sink = material.first_sink_mAh_g + material.first_discharge_mAh_g - points[0].lithiation_mAh_g
        material = replace(
            material,
            ladder_knot_mAh_g=tuple(np.round(knots, 2).tolist()),
            first_sink_mAh_g=round(sink - 0.9 * missing[0], 2),
        )
    return material
