"""Cells with parameters drawn at random, and the noise of what measures them; what was set, only the test knows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from simulators.cell import CellState, VirtualCell, load_material
from simulators.cell.material import Material
from simulators.cell.paper_protocols import FORMATION_A_g, reference_cell, run_cycles

__all__ = ["DRAWS", "Drawn", "draw", "formed"]

DRAWS = tuple(range(20))
"""Seeds."""
_MATERIALS = ("sio_c_l", "sio_c_m", "sio_c_h")
_VOLTAGE_NOISE_V = 2e-5  # of one row on the 5 V range, as simulators/cell/accuracy.yaml has it
_CURRENT_NOISE_A = 5e-7  # on the 100 mA range


@dataclass(frozen=True)
class Drawn:
    """One draw: the material as it was set, and the noise of what measures it."""

    seed: int
    material: Material
    rng: np.random.Generator
    impedance_noise: float = 2e-3
    """Of the modulus, each part."""

    def voltage_V(self, exact_V: np.ndarray) -> np.ndarray:
        return exact_V + _VOLTAGE_NOISE_V * self.rng.standard_normal(exact_V.shape)

    def current_A(self, exact_A: np.ndarray) -> np.ndarray:
        return exact_A + _CURRENT_NOISE_A * self.rng.standard_normal(exact_A.shape)

    def impedance_Ohm(self, exact_Ohm: np.ndarray) -> np.ndarray:
        parts = self.rng.standard_normal((2, *exact_Ohm.shape))
        return exact_Ohm * (1 + self.impedance_noise * (parts[0] + 1j * parts[1]))


def draw(seed: int) -> Drawn:
    """The same cell for the same seed."""
    rng = np.random.default_rng([2026, seed])
    base = load_material(str(rng.choice(_MATERIALS)))
    return Drawn(
        seed,
        replace(
            base,
            activation_energy_kJ_mol=rng.uniform(8, 40),
            charge_transfer_ohm_cm2=base.charge_transfer_ohm_cm2 * rng.uniform(0.6, 2),
            film_ohm_cm2=base.film_ohm_cm2 * rng.uniform(0.6, 1.5),
            film_energy_kJ_mol=rng.uniform(10, 30),
            diffusion_time_s=float(np.exp(rng.uniform(np.log(200), np.log(800)))),
            cv_surface_F_g=base.cv_surface_F_g * rng.uniform(0.5, 2),
            cv_diffusion_A_g_s05=base.cv_diffusion_A_g_s05 * rng.uniform(0.5, 2),
            cv_diffusion_breadth=rng.uniform(1, 1.8),
            first_sink_mAh_g=base.first_sink_mAh_g * rng.uniform(0.8, 1.2),
            capacity_left_500=rng.uniform(0.5, 0.97),
            resistance_growth_500=rng.uniform(1, 1.5),
        ),
        rng,
    )


def formed(material: Material) -> tuple[VirtualCell, CellState]:
    """A nominal cell after five slow cycles."""
    cell = reference_cell(material)
    return cell, run_cycles(cell, cell.state, FORMATION_A_g)[1]
