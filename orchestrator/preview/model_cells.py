"""Models of cells by material; the composition root hands in what has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from orchestrator.preview.model_cell import ModelCell
from protocols.cell import Cell

__all__ = ["ModelCells", "NoModel", "Rehearsed", "described"]


class NoModel(ValueError):
    """There is no model of this cell; ``known`` are the materials of which there is one."""

    def __init__(self, message: str, known: Sequence[str]) -> None:
        self.known = tuple(known)
        super().__init__(f"{message}; there are {', '.join(known)}")


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A cell with what was not known of it filled in, and its model, fresh."""

    cell: Cell
    model: ModelCell


class ModelCells(Protocol):
    """What knows models of cells."""

    def materials(self) -> Sequence[str]:
        """Materials of which there is a model."""

    def rehearse(self, cell: Cell) -> Rehearsed:
        """The model of this cell. Raises NoModel."""


def described(cell: Cell) -> str:
    """``2.75 mg, 1.131 cm², 1C = 3.347 mA`` of a cell of which all three are known."""
    mass, capacity = 1e3 * (cell.active_mass_g or 0), 1e3 * (cell.nominal_capacity_Ah or 0)
    return f"{mass:.4g} mg, {cell.area_cm2:.4g} cm², 1C = {capacity:.4g} mA"
