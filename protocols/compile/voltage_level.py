"""Voltages to go to, against the limits and the cell's window."""

from __future__ import annotations

from protocols.compile.job import Job
from protocols.errors import Place, Refusal, quoted
from protocols.program import VoltagePoint
from protocols.schema.voltage_level import VoltageLevel
from protocols.schema.written import Written

__all__ = ["bind_level", "distance_V"]


def bind_level(written: Written[VoltageLevel], job: Job, swing_V: float = 0.0) -> VoltagePoint:
    """Return the point. ``swing_V`` is how far the voltage goes to either side of it.

    Raises Refusal where an absolute voltage is past the limits or the cell's window; one against open circuit, where
    no open-circuit voltage inside them could have it.
    """
    level, place = job.scope.value(written), written.node.place
    limits = job.protection.limits
    bounds = [(limits.voltage_min_V, limits.voltage_max_V, "limits.voltage", swing_V)]
    if job.window is not None:
        bounds.append((*job.window, "the cell's window", 0.0))
    for low_V, high_V, what, margin_V in bounds:
        if level.versus == "open_circuit":
            _check_offset(level, (low_V, high_V), what, place)
        elif not low_V <= level.voltage.value - margin_V <= level.voltage.value + margin_V <= high_V:
            _refuse(level, (low_V, high_V), what, margin_V, place)
    return level.point


def distance_V(one: VoltagePoint, other: VoltagePoint) -> float | None:
    """Return how far two points are apart, None where that depends on the open-circuit voltage."""
    return abs(one.voltage_V - other.voltage_V) if one.versus == other.versus else None


def _check_offset(level: VoltageLevel, bound_V: tuple[float, float], what: str, place: Place) -> None:
    if abs(level.voltage.value) > bound_V[1] - bound_V[0]:
        message = (
            f"{quoted(level.voltage.text)} is outside {_range(what, bound_V)} whatever the open-circuit voltage is"
        )
        raise Refusal(place, message, "write a smaller difference")


def _refuse(level: VoltageLevel, bound_V: tuple[float, float], what: str, margin_V: float, place: Place) -> None:
    low_V, high_V = bound_V[0] + margin_V, bound_V[1] - margin_V
    swing = f" with an amplitude of {margin_V * 1000:g} mV" if margin_V else ""
    message = f"{quoted(level.voltage.text)}{swing} is outside {_range(what, bound_V)}"
    raise Refusal(place, message, f"write a voltage from {low_V:g} V to {high_V:g} V")


def _range(what: str, bound_V: tuple[float, float]) -> str:
    return f"{what} [{bound_V[0]:g} V, {bound_V[1]:g} V]"
