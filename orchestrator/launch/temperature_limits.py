"""A plan's temperatures held against where they are to be made: the chamber, the lab file, and the cell itself."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from sqlalchemy import Connection

from orchestrator.config import Lab
from orchestrator.entered.value import TEMPERATURE_RANGE
from orchestrator.launch.target import Target
from orchestrator.store.chambers import find_chamber
from protocols.cell import Cell
from protocols.kinds import TEMPERATURE
from protocols.plan import Plan, SetTemperature
from protocols.quantity import QuantityError, parse_quantity

__all__ = ["temperature_problems"]

_ROUNDING_K = 1e-6


def temperature_problems(plan: Plan, lab: Lab, target: Target, connection: Connection | None) -> list[str]:
    """One line for every temperature that cannot be made there, or that the cell must not have; each once.

    ``connection``: where the chamber's own limits are, as it told them; None: the lab file's alone count.
    """
    steps = [item for item in plan.items if isinstance(item, SetTemperature)]
    if not steps:
        return []
    if target.chamber is None:
        return [f"line {steps[0].line}: temperature: {target} is in no chamber; {_benches_in_chambers(lab)}"]
    ranges = [*_chamber_ranges(lab, target.chamber, connection)]
    try:
        ranges += _cell_range(plan.cell)
    except QuantityError as error:
        return [f"cell {plan.cell.id}: metadata {' or '.join(TEMPERATURE_RANGE)}: {error}"]
    found = (
        f"line {step.line}: temperature: {step.target_degC:g} degC is outside {_span(low, high)}, {whose}"
        for step in steps
        for whose, low, high in ranges
        if not low - _ROUNDING_K <= step.target_degC <= high + _ROUNDING_K
    )
    return list(dict.fromkeys(found))


def _span(low_degC: float, high_degC: float) -> str:
    """``-20 … 60 degC``, open where there is no limit."""
    low, high = (f"{value:g} " if isfinite(value) else "" for value in (low_degC, high_degC))
    return f"{low}… {high}degC"


def _benches_in_chambers(lab: Lab) -> str:
    inside = [f"{chamber}: {names}" for chamber in lab.chambers if (names := _names(lab, chamber))]
    return f"benches in a chamber: {'; '.join(inside)}" if inside else "no bench of this lab is in one"


def _names(lab: Lab, chamber: str) -> str:
    return ", ".join(bench.name for bench in lab.benches_in(chamber))


def _chamber_ranges(lab: Lab, chamber: str, connection: Connection | None) -> Iterator[tuple[str, float, float]]:
    given_degC = lab.chambers[chamber].temperature_degC
    if given_degC is not None:
        yield f"the limits of {chamber} in the lab file", *given_degC
    told = None if connection is None else find_chamber(connection, chamber)
    if told is not None and told.low_degC is not None and told.high_degC is not None:
        yield f"as far as {chamber} goes", told.low_degC, told.high_degC


def _cell_range(cell: Cell) -> Iterator[tuple[str, float, float]]:
    """Raises QuantityError for what is no temperature."""
    low, high = (cell.metadata.get(key) for key in TEMPERATURE_RANGE)
    if low is not None or high is not None:
        low_degC = float("-inf") if low is None else parse_quantity(low, TEMPERATURE).value
        high_degC = float("inf") if high is None else parse_quantity(high, TEMPERATURE).value
        yield f"which cell {cell.id} allows by its metadata", low_degC, high_degC
