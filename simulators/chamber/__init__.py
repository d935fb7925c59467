"""Virtual temperature chambers: one thermal model behind every front end, with the cells inside following its air."""

from __future__ import annotations

from simulators.chamber.chamber import VirtualChamber
from simulators.chamber.enclosed_cell import CellWarmth

__all__ = ["CellWarmth", "VirtualChamber"]
