"""What the paper does to a cell, done to the model without a wire: formation, rate ladder, long cycling, voltammetry.

Capacities are per gram; all cycles go between 0.01 and 1.5 V without rests.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.cell.material import Material
from simulators.cell.state import CellState
from simulators.cell.virtual_cell import VirtualCell

__all__ = [
    "CyclePoint",
    "FORMATION_A_g",
    "RETURN_A_g",
    "TWO_C_A_g",
    "Voltammogram",
    "ladder_capacities",
    "recovery",
    "reference_cell",
    "run_cycles",
    "run_formation_and_ladder",
    "run_voltammetry",
]

LOWER_V, UPPER_V = 0.01, 1.5
AREA_cm2 = 1.131
FORMATION_A_g = (0.1,) * 5
RETURN_A_g = 1.0
TWO_C_A_g = 2.434
_CYCLES_PER_RATE = 5
_ENOUGH_s = 1e6


@dataclass(frozen=True, slots=True)
class CyclePoint:
    """Capacities of one full cycle."""

    specific_current_A_g: float
    lithiation_mAh_g: float
    delithiation_mAh_g: float


@dataclass(frozen=True, slots=True)
class Voltammogram:
    """A cycle at one scan rate, down and up again; currents at rising potentials."""

    rate_V_s: float
    voltage_V: NDArray[np.float64]
    lithiation_A: NDArray[np.float64]
    delithiation_A: NDArray[np.float64]


def reference_cell(material: Material, temperature_degC: float = 25.0) -> VirtualCell:
    """Return a nominal cell with the loading for which the material's ladder holds."""
    return VirtualCell(material, material.reference_loading_mg_cm2 * 1e-3 * AREA_cm2, AREA_cm2, temperature_degC)


def run_cycles(
    cell: VirtualCell, state: CellState, rates_A_g: tuple[float, ...] | list[float]
) -> tuple[list[CyclePoint], CellState]:
    """One full cycle at each specific current."""
    points = []
    for rate in rates_A_g:
        passed = []
        for sign, limit_V in ((-1.0, LOWER_V), (1.0, UPPER_V)):
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
    cell = reference_cell(material)
    rates = list(FORMATION_A_g)
    for rate in (*material.ladder_current_A_g[1:], RETURN_A_g):
        rates += [rate] * _CYCLES_PER_RATE
    return run_cycles(cell, cell.state, rates)[0]


def ladder_capacities(points: list[CyclePoint]) -> list[float]:
    """First delithiation, then the mean delithiation of five cycles at each further current of the ladder."""
    rates = range(len(FORMATION_A_g), len(points) - _CYCLES_PER_RATE, _CYCLES_PER_RATE)
    means = [float(np.mean([p.delithiation_mAh_g for p in points[i : i + _CYCLES_PER_RATE]])) for i in rates]
    return [points[0].delithiation_mAh_g, *means]


def recovery(points: list[CyclePoint]) -> float:
    """Mean delithiation back at 1 A/g over that of the ladder's own five cycles at 1 A/g."""
    again = points[-_CYCLES_PER_RATE:]
    before = [p for p in points[:-_CYCLES_PER_RATE] if p.specific_current_A_g == RETURN_A_g]
    return float(np.mean([p.delithiation_mAh_g for p in again]) / np.mean([p.delithiation_mAh_g for p in before]))


def run_voltammetry(cell: VirtualCell, rates_V_s: tuple[float, ...]) -> list[Voltammogram]:
    """One cycle at each scan rate, each from the cell's present state; 1 mV apart."""
    found = []
    passed_V = np.linspace(0, UPPER_V - LOWER_V, 1491)
    for rate in rates_V_s:
        down = cell.voltammetry(cell.state, UPPER_V, -rate).response(passed_V / rate)
        vertex = down.state_at(float(passed_V[-1]) / rate)
        up = cell.voltammetry(vertex, LOWER_V, rate, float(down.current_A[-1])).response(passed_V / rate)
        found.append(Voltammogram(rate, up.voltage_V, down.current_A[::-1], up.current_A))
    return found
