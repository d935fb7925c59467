"""The cell's voltage window: what the protocol asks for, and what the cell is."""

from __future__ import annotations

from protocols.cell import Cell
from protocols.compile.protection import Protection, bind_range
from protocols.compile.scope import Scope
from protocols.errors import Place, Refusal
from protocols.schema.protocol_file import CellSection

__all__ = ["bind_window"]

_SAME_WITHIN_V = 0.001


def bind_window(
    section: CellSection | None, scope: Scope, cell: Cell, protection: Protection, warnings: list[Refusal]
) -> tuple[float, float] | None:
    """Return the window in volts, None where neither tells. Raises Refusal where the cell is of another kind."""
    of_cell = _window_of(cell)
    if section is None:
        return of_cell
    window = bind_range(section.window, scope)
    place = section.window[0].node.place
    for written in section.window:
        protection.check_voltage(scope.value(written), written.node.place)
    if of_cell is not None and any(abs(a - b) > _SAME_WITHIN_V for a, b in zip(window, of_cell, strict=True)):
        message = (
            f"the protocol is for cells with the window {_written(window)}, cell {cell.id} has {_written(of_cell)}"
        )
        raise Refusal(Place(place.line, "cell.window"), message, "choose another cell or another protocol")
    if of_cell is None and cell.id:
        message = f"cell {cell.id} has no window; that of the protocol is taken, {_written(window)}"
        remedy = f"cellbench cell change {cell.id} --window '{window[0]:g} V' '{window[1]:g} V'"
        warnings.append(Refusal(Place(place.line, "cell.window"), message, remedy))
    return window


def _window_of(cell: Cell) -> tuple[float, float] | None:
    if cell.window_min_V is None or cell.window_max_V is None:
        return None
    return cell.window_min_V, cell.window_max_V


def _written(window: tuple[float, float]) -> str:
    return f"[{window[0]:g} V, {window[1]:g} V]"
