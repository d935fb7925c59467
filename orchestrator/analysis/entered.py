"""Numbers measured elsewhere and entered with the cell, in its metadata: ``alkali_solubility_pct = 4.8``."""

from __future__ import annotations

from orchestrator.analysis.errors import AnalysisError
from orchestrator.entered.value import NUMBER_REMEDY, is_plain_number
from protocols.cell import Cell

__all__ = ["entered_number", "known_numbers"]

_PROPERTIES = ("active_mass_g", "area_cm2", "nominal_capacity_Ah", "window_min_V", "window_max_V")


def entered_number(cell: Cell, name: str) -> float | None:
    """Return a property of the cell or a number from its metadata; None where nothing stands there.

    Raises AnalysisError where what stands there is no plain number: the unit belongs into the name.
    """
    if name in _PROPERTIES:
        number: float | None = getattr(cell, name)
        return number
    text = cell.metadata.get(name)
    if text is None or not text.strip():
        return None
    if not is_plain_number(text.strip()):
        raise AnalysisError(f"cell {cell.id}: {name} is {text!r}; {NUMBER_REMEDY}")
    return float(text)


def known_numbers(cell: Cell) -> str:
    """Names under which this cell has something, for a message."""
    have = [name for name in _PROPERTIES if getattr(cell, name) is not None]
    return ", ".join([*have, *sorted(cell.metadata)]) or "none"
