"""A program as linked techniques: loops stay on the channel, the end marks come last."""

from __future__ import annotations

from drivers.biologic import constant_techniques as constant
from drivers.biologic.channel_facts import ChannelFacts
from drivers.biologic.checks import problems
from drivers.biologic.impedance_techniques import impedance
from drivers.biologic.loading import Loading, loading
from drivers.biologic.numbering import placed_steps, step_map
from drivers.biologic.scan_techniques import voltage_scan
from drivers.biologic.technique_list import MEDIA_TYPE, Parameter, Technique, TechniqueList
from drivers.biologic.watched import watched_by_service
from drivers.contracts import Translation
from drivers.errors import Refused
from protocols.program import (
    ConstantCurrent,
    ConstantCurrentConstantVoltage,
    ConstantVoltage,
    Impedance,
    Loop,
    Program,
    Rest,
    VoltageScan,
)

__all__ = ["technique_list", "translate"]

Leaf = Rest | ConstantCurrent | ConstantVoltage | ConstantCurrentConstantVoltage | VoltageScan | Impedance


def translate(program: Program, facts: ChannelFacts) -> Translation:
    """Return what will be loaded, the step map, and what only the service watches. Raises Refused with the problems."""
    found = problems(program, facts)
    if found:
        raise Refused("; ".join(map(str, found)))
    content = technique_list(program, facts).dump()
    return Translation(content, MEDIA_TYPE, step_map(program), watched_by_service(program, facts))


def technique_list(program: Program, facts: ChannelFacts) -> TechniqueList:
    """Return the techniques of a program that has no problems."""
    techniques: list[Technique] = []
    begins: list[int] = []
    for placed in placed_steps(program):
        begins.append(len(techniques))
        if isinstance(placed.step, Loop):
            techniques.append(_loop(placed.step.count, begins[placed.body_start or 0]))
        else:
            techniques += _techniques(placed.step, loading(placed.step, program, facts), placed.numbers)
    return TechniqueList((*techniques, *constant.END_MARKS))


def _loop(count: int, first: int) -> Technique:
    """LOOP goes back n times, so that n + 1 passes are made."""
    return Technique("loop", (Parameter("loop_N_times", count - 1), Parameter("protocol_number", first)))


def _techniques(step: Leaf, given: Loading, numbers: tuple[int, ...]) -> list[Technique]:
    match step:
        case Rest():
            return constant.rest(step, given, numbers)
        case ConstantCurrent():
            return constant.constant_current(step, given, numbers)
        case ConstantVoltage():
            return constant.constant_voltage(step, given, numbers)
        case ConstantCurrentConstantVoltage():
            return constant.constant_current_constant_voltage(step, given, numbers)
        case VoltageScan():
            return voltage_scan(step, given, numbers)
        case Impedance():
            return impedance(step, given, numbers)
