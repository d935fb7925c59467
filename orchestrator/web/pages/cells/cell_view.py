"""A cell as its pages show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.store.cell_search import FoundCell
from orchestrator.web.pages.readings import NOTHING, quantity
from protocols.cell import Cell

__all__ = ["CellFields", "CellFigures", "CellLine", "cell_fields", "cell_figures", "cell_line"]


@dataclass(frozen=True, slots=True)
class CellFigures:
    """Its properties in words, a dash for what is not known."""

    material: str
    active_mass: str
    area: str
    loading: str
    capacity: str
    window: str

    @property
    def summary(self) -> str:
        """What is known, in one line."""
        known = (self.material, self.active_mass, self.loading, self.capacity, self.window)
        return ", ".join(one for one in known if one != NOTHING)


@dataclass(frozen=True, slots=True)
class CellLine:
    """One line of the list."""

    id: str
    figures: CellFigures
    runs: int
    last_run_id: int | None
    last_state: str | None


@dataclass(frozen=True, slots=True)
class CellFields:
    """Its properties as one would write them into the form; empty for what is not known."""

    id: str = ""
    material: str = ""
    written: Mapping[str, str] | None = None
    """Under the names of :data:`orchestrator.entered.written_cell.FIELDS`; None: a new cell."""
    entered: tuple[str, ...] = ()
    """Names of what is kept with it."""

    def of(self, name: str) -> str:
        """Text of a field."""
        return (self.written or {}).get(name, "")


def cell_figures(cell: Cell) -> CellFigures:
    """In words."""
    mass_g, area_cm2 = cell.active_mass_g, cell.area_cm2
    loading = f"{1e3 * mass_g / area_cm2:.4g} mg/cm²" if mass_g and area_cm2 else NOTHING
    low, high = ("?" if end is None else f"{end:g}" for end in (cell.window_min_V, cell.window_max_V))
    return CellFigures(
        material=cell.material or NOTHING,
        active_mass=quantity(mass_g, "g"),
        area=NOTHING if area_cm2 is None else f"{area_cm2:.4g} cm²",
        loading=loading,
        capacity=quantity(cell.nominal_capacity_Ah, "Ah"),
        window=NOTHING if low == high == "?" else f"{low} … {high} V".replace("-", "−"),
    )


def cell_line(found: FoundCell) -> CellLine:
    """For the list."""
    return CellLine(found.cell.id, cell_figures(found.cell), found.runs, found.last_run_id, found.last_state)


def cell_fields(cell: Cell) -> CellFields:
    """For the form; read again, each text gives the very value."""
    written = {
        "active_mass": _written(cell.active_mass_g, 1e3, "mg"),
        "area": _written(cell.area_cm2, 1, "cm2"),
        "capacity": _written(cell.nominal_capacity_Ah, 1e3, "mAh"),
        "window_low": _written(cell.window_min_V, 1, "V"),
        "window_high": _written(cell.window_max_V, 1, "V"),
    }
    return CellFields(cell.id, cell.material or "", written, tuple(cell.metadata))


def _written(value: float | None, factor: float, unit: str) -> str:
    return "" if value is None else f"{value * factor:.12g} {unit}"
