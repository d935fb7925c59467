"""Cycles are counted by ``repeat``: a warning where they are written one after the other instead."""

from __future__ import annotations

from protocols.errors import Place, Refusal
from protocols.program import ConstantCurrent, ConstantCurrentConstantVoltage, Step

__all__ = ["uncounted_cycles"]


def uncounted_cycles(steps: tuple[Step, ...]) -> list[Refusal]:
    """Return a warning at the second pair of charge and discharge that stands in no ``repeat``."""
    counted = {"charge": 0, "discharge": 0}
    for step in steps:
        if not isinstance(step, ConstantCurrent | ConstantCurrentConstantVoltage) or _is_pulse(step):
            continue
        counted[step.direction] += 1
        if min(counted.values()) > 1:
            message = "more than one charge and discharge stand outside a repeat: all of them count as one cycle"
            return [Refusal(Place(step.origin.line, "steps"), message, "write them as repeat: 2 with steps")]
    return []


def _is_pulse(step: ConstantCurrent | ConstantCurrentConstantVoltage) -> bool:
    until = step.until
    return isinstance(step, ConstantCurrent) and until.voltage_V is None and until.capacity_Ah is None
