"""A cell of the lab file as a model, in the chamber that the file puts it into."""

from __future__ import annotations

from collections.abc import Mapping

from simulators.cell import VirtualCell, load_material
from simulators.chamber import CellWarmth, VirtualChamber
from simulators.lab.lab_file import CellSection
from simulators.lab.refusal import LabRefusal

__all__ = ["plugged_cell"]


def plugged_cell(section: CellSection, chambers: Mapping[str, VirtualChamber]) -> VirtualCell:
    """Return a fresh cell; raises LabRefusal where the chamber that it names does not exist."""
    cell = VirtualCell(
        load_material(section.material).with_numbers(section.parameters),
        section.active_mass_g,
        section.area_cm2,
        temperature_degC=section.temperature_degC,
        seed=section.seed,
    )
    if section.chamber is not None:
        if section.chamber not in chambers:
            raise LabRefusal(f"cell.chamber: there is no chamber {section.chamber!r:.80}")
        cell.warmth = CellWarmth(chambers[section.chamber], section.time_constant_s, section.temperature_degC)
    return cell
