"""How much of a cell is left in its n-th cycle."""

from __future__ import annotations

from dataclasses import dataclass

from simulators.cell.material import Material

__all__ = ["Ageing", "ageing"]

_LEAST_CAPACITY = 0.02
"""The power law would reach zero; below this a cell is dead anyway."""


@dataclass(frozen=True, slots=True)
class Ageing:
    """Factors on a fresh cell."""

    capacity: float
    resistance: float
    leak: float
    """Share of lithiation charge that does not stay."""


def ageing(material: Material, cycle: int) -> Ageing:
    """Power law in the number of cycles, fixed by what is left after 500."""
    worn = (max(cycle, 0) / 500) ** material.fade_exponent
    capacity = max(_LEAST_CAPACITY, 1 - (1 - material.capacity_left_500) * worn)
    resistance = 1 + (material.resistance_growth_500 - 1) * worn
    # the first cycle's loss is the sink's
    leak = 0.0 if cycle < 2 else 1 - material.efficiency[min(cycle - 2, len(material.efficiency) - 1)]
    return Ageing(capacity, resistance, leak)
