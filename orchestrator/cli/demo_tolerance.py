"""How far a figure of the demo may lie from what was set in the simulator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.report.comparison import ComparisonRow

__all__ = ["Tolerance", "outside", "tolerance_of"]


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Either in the figure's own unit, or as a share of what was set."""

    absolute: float | None = None
    share: float | None = None

    def holds(self, measured: float, truth: float) -> bool:
        """Whether a figure is near enough."""
        allowed = self.absolute if self.absolute is not None else (self.share or 0.0) * abs(truth)
        return abs(measured - truth) <= allowed

    def __str__(self) -> str:
        """As the table has it."""
        return f"± {self.absolute:g}" if self.absolute is not None else f"± {100 * (self.share or 0.0):g} %"


_POINT, _HALF_POINT = Tolerance(absolute=1.0), Tolerance(absolute=0.5)
_BY_KEY = {
    "first_discharge_mAh_g": Tolerance(share=0.02),
    "initial_efficiency_pct": _HALF_POINT,
    "mean_efficiency_of_5_pct": _HALF_POINT,
    "recovery_pct": _POINT,
    "retention_200_pct": _POINT,
    "retention_500_pct": _POINT,
    "b_value": Tolerance(absolute=0.02),
    "surface_share_pct": Tolerance(absolute=2.0),
    "cv_diffusion_cm2_s": Tolerance(share=0.10),
    "activation_energy_kJ_mol": Tolerance(share=0.03),
    "gitt_diffusion_time_s": Tolerance(share=0.10),
}
_LADDER = Tolerance(share=0.02)


def tolerance_of(key: str) -> Tolerance | None:
    """By key of ``paper.yaml``; None for what the demo does not measure."""
    return _LADDER if key.startswith("ladder_") else _BY_KEY.get(key)


def outside(row: ComparisonRow) -> bool:
    """Whether a figure lies further from what was set than it may; False where nothing was set."""
    tolerance = tolerance_of(row.key)
    return tolerance is not None and row.truth is not None and not tolerance.holds(row.mean, row.truth)
