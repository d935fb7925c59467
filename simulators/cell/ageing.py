"""How much of a cell is left in its n-th cycle."""

from __future__ import annotations

from dataclasses import dataclass

from simulators.cell.material import Material

__all__ = ["Ageing", "ageing", "strained"]

_LEAST_CAPACITY = 0.02
"""The power law would reach zero; below this a cell is dead anyway."""
_FULL_STRAIN_A_g = 5.0
_STRAIN_PER_CYCLE = 0.5


@dataclass(frozen=True, slots=True)
class Ageing:
    """Factors on a fresh cell."""

    capacity: float
    resistance: float
    leak: float
    """Share of lithiation charge that does not stay."""


def ageing(material: Material, cycle: int, strain: float = 0.0) -> Ageing:
    """Power law in the number of cycles, fixed by what is left after 500; less what high currents have cut off."""
    worn = (max(cycle, 0) / 500) ** material.fade_exponent
    capacity = max(_LEAST_CAPACITY, 1 - (1 - material.capacity_left_500) * worn - strain)
    resistance = 1 + (material.resistance_growth_500 - 1) * worn
    # the first cycle's loss is the sink's
    leak = 0.0 if cycle < 2 else 1 - material.efficiency[min(cycle - 2, len(material.efficiency) - 1)]
    return Ageing(capacity, resistance, leak)


def strained(material: Material, strain: float, specific_current_A_g: float) -> float:
    """Return the strain after a cycle began with this current.

    Particles crack, and lose contact, up to what the current's gradients ask for; a current no higher than one that
    the cell has had before costs nothing more. Each cycle goes half of the way that is left.
    """
    wanted = material.rate_loss * min(1.0, specific_current_A_g / _FULL_STRAIN_A_g) ** 2
    return strain + _STRAIN_PER_CYCLE * max(0.0, wanted - strain)
