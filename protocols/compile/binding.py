"""Amperes and ampere hours from what is written relative to a cell: A/g, C, mA/cm2, %."""

from __future__ import annotations

import math
from dataclasses import dataclass

from protocols.cell import Cell
from protocols.errors import Place, Refusal, quoted
from protocols.quantity import Quantity

__all__ = ["CellBinding", "impossible_values"]


@dataclass(frozen=True, slots=True)
class CellBinding:
    """Binds to one cell. What is NaN in the cell gives NaN: nothing that compares with it is ever wrong."""

    cell: Cell

    def current_A(self, current: Quantity, place: Place) -> float:
        """Magnitude of a current. Raises Refusal where the cell lacks what it is relative to."""
        match current.unit:
            case "A*g**-1":
                return current.value * self._mass_g(current, place)
            case "A*cm**-2":
                return current.value * self._area_cm2(current, place)
            case "C":
                return current.value * self._nominal_Ah(current, place)
            case _:
                return current.value

    def capacity_Ah(self, capacity: Quantity, place: Place) -> float:
        """Charge. Raises Refusal where the cell lacks what it is relative to."""
        match capacity.unit:
            case "A*h*g**-1":
                return capacity.value * self._mass_g(capacity, place)
            case "A*h*cm**-2":
                return capacity.value * self._area_cm2(capacity, place)
            case "%":
                return capacity.value / 100 * self._nominal_Ah(capacity, place)
            case _:
                return capacity.value

    def current_ratio(self, one: Quantity, other: Quantity, place: Place) -> float:
        """How many times the other a current is; needs no cell where both are written in the same way."""
        if one.unit == other.unit:
            return one.value / other.value
        return self.current_A(one, place) / self.current_A(other, place)

    def _mass_g(self, quantity: Quantity, place: Place) -> float:
        option = "--active-mass '2.75 mg'"
        return self._known(self.cell.active_mass_g, "active mass", option, quantity, place)

    def _area_cm2(self, quantity: Quantity, place: Place) -> float:
        return self._known(self.cell.area_cm2, "area", "--area '1.131 cm2'", quantity, place)

    def _nominal_Ah(self, quantity: Quantity, place: Place) -> float:
        option = "--capacity '3.35 mAh'"
        return self._known(self.cell.nominal_capacity_Ah, "nominal capacity", option, quantity, place)

    def _known(self, value: float | None, what: str, option: str, quantity: Quantity, place: Place) -> float:
        remedy = f"cellbench cell change {self.cell.id} {option}"
        if value is None:
            message = f"{quoted(quantity.text)} needs the {what} of cell {self.cell.id}, which is not known"
            raise Refusal(place, message, remedy)
        return value


def impossible_values(cell: Cell) -> list[Refusal]:
    """What a cell is said to be and cannot be: a mass of zero, a capacity that is not a number."""
    said = {"active mass": cell.active_mass_g, "area": cell.area_cm2, "nominal capacity": cell.nominal_capacity_Ah}
    place = Place(None, f"cell {cell.id}")
    remedy = f"cellbench cell change {cell.id} with its true value"
    return [
        Refusal(place, f"the {what} is {value:g}", remedy)
        for what, value in said.items()
        if value is not None and not 0 < value < math.inf
    ]
