"""What the chamber is made of: air and load with their heat capacities, heater, cooler, door; and its exact steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.linalg import expm

__all__ = ["Plant", "PlantStep", "plant_step"]


@dataclass(frozen=True, slots=True)
class Plant:
    """Two heat capacities in a row: air (with fan, coils and liner), and load (with shelves and walls).

    C_air dT_air/dt = P - G_load (T_air - T_load) - G_air (T_air - T_out), where G_air counts while the door is open;
    C_load dT_load/dt = P_load + G_load (T_air - T_load) - G_wall (T_load - T_out).
    """

    ambient_degC: float = 25.0
    air_J_K: float = 8_000.0
    load_J_K: float = 30_000.0
    air_to_load_W_K: float = 60.0
    wall_W_K: float = 4.0
    door_W_K: float = 80.0
    load_heat_W: float = 0.0
    heater_W: float = 1_500.0
    cooler_W: float = 1_500.0
    """At 25 degC."""
    coldest_degC: float = -50.0
    """Where the cooler's power has fallen to nothing, in a straight line from 25 degC."""

    def cooling_W(self, air_degC: float) -> float:
        """Cooler's power at an air temperature; a compressor does not get stronger above 25 degC."""
        share = (air_degC - self.coldest_degC) / (25.0 - self.coldest_degC)
        return self.cooler_W * min(1.0, max(0.0, share))


class PlantStep(NamedTuple):
    """Coefficients of one step under a constant power into the air."""

    air_from_air: float
    air_from_load: float
    air_from_W: float
    air_constant: float
    load_from_air: float
    load_from_load: float
    load_from_W: float
    load_constant: float


def plant_step(plant: Plant, *, door_open: bool, step_s: float) -> PlantStep:
    """Return the exact solution over one step: the matrix exponential of the augmented system."""
    through_door_W_K = plant.door_W_K if door_open else 0.0
    air, load = plant.air_J_K, plant.load_J_K
    across = plant.air_to_load_W_K
    system = np.zeros((4, 4))  # air, load, power, one
    system[0] = [
        -(across + through_door_W_K) / air,
        across / air,
        1 / air,
        through_door_W_K * plant.ambient_degC / air,
    ]
    system[1, 0] = across / load
    system[1, 1] = -(across + plant.wall_W_K) / load
    system[1, 3] = (plant.wall_W_K * plant.ambient_degC + plant.load_heat_W) / load
    after = expm(system * step_s)
    return PlantStep(*(float(value) for value in (*after[0], *after[1])))
