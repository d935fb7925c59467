"""A virtual half cell in closed form: voltage, current, impedance and ageing from one state, at any instant."""

from simulators.cell.material import Material, load_material
from simulators.cell.other_cell import OtherCell, Otherness
from simulators.cell.potential_course import PotentialCourse
from simulators.cell.response import Response
from simulators.cell.state import CellState
from simulators.cell.virtual_cell import VirtualCell
from simulators.cell.voltammetry import Voltammetry
from simulators.cell.warmth import Warmth, WarmthChange

__all__ = [
    "CellState",
    "Material",
    "OtherCell",
    "Otherness",
    "PotentialCourse",
    "Response",
    "VirtualCell",
    "Voltammetry",
    "Warmth",
    "WarmthChange",
    "load_material",
]
