"""Steps that a NEWARE channel executes, and why it does not execute the others."""

from __future__ import annotations

from drivers.contracts import Problem
from protocols.program import (
    ConstantCurrent,
    ConstantCurrentConstantVoltage,
    ConstantVoltage,
    Impedance,
    Rest,
    VoltageScan,
)

__all__ = ["ExecutableStep", "refusal"]

ExecutableStep = Rest | ConstantCurrent | ConstantVoltage | ConstantCurrentConstantVoltage


def refusal(step: VoltageScan | Impedance) -> Problem:
    """Return why the channel refuses this step, and what to do; the launch adds the channels of the lab that can."""
    if isinstance(step, VoltageScan):
        # unconfirmed on hardware: lists of step types name 25 "ramp"; no native file has one, so none is sent
        what = "cyclic voltammetry" if len(step.turns) > 1 or step.cycles > 1 else "sweep"
        why = "a NEWARE channel cannot sweep the voltage"
    else:
        what, why = f"{step.control} impedance", "a NEWARE channel has no frequency response analyser"
    return Problem(f"{what}: {why}; run this protocol on a potentiostat's channel", step.origin, technique=step.kind)
