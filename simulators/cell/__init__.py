"""A virtual half cell in closed form: voltage, current, impedance and ageing from one state, at any instant."""

from simulators.cell.material import Material, load_material
from simulators.cell.response import Response
from simulators.cell.state import CellState
from simulators.cell.virtual_cell import VirtualCell

__all__ = ["CellState", "Material", "Response", "VirtualCell", "load_material"]
