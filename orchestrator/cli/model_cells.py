"""The virtual cells of the simulators, for previews."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.preview.model_cells import NoModel, Rehearsed

if TYPE_CHECKING:
    from protocols.cell import Cell
    from simulators.cell import Material

__all__ = ["VirtualCells"]

_AREA_cm2 = 1.131
"""Of an electrode of 12 mm."""
_ONE_C_mAh_g = 1217.0
"""What 1C is taken as without a capacity: that of the best of the first lab's materials at 0.2 A/g."""


class VirtualCells:
    """One model for each material of the virtual lab, by its name there or by the one that the paper gives it."""

    def materials(self) -> tuple[str, ...]:
        """Names that are known."""
        return tuple(_names())

    def rehearse(self, cell: Cell) -> Rehearsed:
        """The model of this cell; what is not known of it is that of an electrode such as the virtual lab's."""
        from simulators.cell import VirtualCell

        material = _material(cell.material)
        area_cm2 = cell.area_cm2 or _AREA_cm2
        mass_g = cell.active_mass_g or material.reference_loading_mg_cm2 * area_cm2 / 1e3
        capacity_Ah = cell.nominal_capacity_Ah or mass_g * _ONE_C_mAh_g / 1e3
        whole = replace(cell, area_cm2=area_cm2, active_mass_g=mass_g, nominal_capacity_Ah=capacity_Ah)
        return Rehearsed(whole, VirtualCell(material, mass_g, area_cm2))


def _material(name: str | None) -> Material:
    from simulators.cell import load_material

    known = _names()
    if name is None:
        raise NoModel("a preview needs the material of the cell", tuple(known))
    spoken = {said: key for key, said in known.items()}
    try:
        return load_material(spoken.get(name, name))
    except ValueError:
        raise NoModel(f"there is no virtual cell of material {name!r}", tuple(known)) from None


def _names() -> dict[str, str]:
    """Names in the virtual lab, with those of the paper."""
    from orchestrator.report.paper import read_paper

    return {key: material.name for key, material in read_paper().materials.items()}
