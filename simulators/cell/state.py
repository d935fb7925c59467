"""The whole memory of a virtual cell at one instant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["DIFFUSION_MODES", "CellState", "Direction"]

DIFFUSION_MODES = 8
"""Resolve diffusion from tau_D/600 on: a pulse shows its square root of time after half a second."""

Direction = Literal["lithiation", "delithiation", "none"]


@dataclass(frozen=True, slots=True)
class CellState:
    """Everything that the next volt depends on, besides current and temperature. Immutable; hand it back to go on.

    Charges are specific to the active mass, in mAh/g.
    """

    lithium_mAh_g: float = 0.0
    """Reversible lithium in the host; grows on lithiation, net of what sinks and leaks take."""
    hysteresis: float = 1.0
    """0 on the lithiation branch, 1 on the delithiation branch."""
    diffusion_mAh_g: tuple[float, ...] = (0.0,) * DIFFUSION_MODES
    """Excess at the surface, one number per diffusion mode."""
    lithiated_mAh_g: float = 0.0
    """Lithiation charge passed in the cell's whole life; drives the first-cycle sink."""
    cycle: int = 0
    """Counted by the cell itself: a cycle begins when lithiation starts after a delithiation, and is none where it is
    turned back before it has come to its branch."""
    last_direction: Direction = "none"
    lost_mAh_g: float = 0.0
    """Lithium gone for good, in the first-cycle sink and in leaks."""
    strain: float = 0.0
    """Share of the host that high currents have cut off."""
    unmet_mAh_g: float = 0.0
    """What voltammetry, whose charge is a model of its own, passed more than the host took: lithium + lost + unmet is
    all charge that ever passed."""
    branch: Direction = "delithiation"
    """The branch that the cell was on last: what tells a cycle from an excursion."""
