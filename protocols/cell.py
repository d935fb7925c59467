"""The sample: one physical cell, with what is needed to turn A/g, C and percent into amperes and ampere hours."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Cell"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as the laboratory knows it. ``id`` is what stands on its barcode; it is text, whatever it looks like."""

    id: str
    active_mass_g: float | None = None
    area_cm2: float | None = None
    nominal_capacity_Ah: float | None = None
    """1C is the current that passes this in one hour."""
    window_min_V: float | None = None
    window_max_V: float | None = None
    material: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
