"""``when`` of a step as a Condition: which analysis, of which step, and the bounds with their unit."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from orchestrator.campaigns.definition import PLAIN, Condition, Step
from orchestrator.campaigns.schema import ConditionSection
from protocols.errors import Refusal, quoted
from protocols.node import ScalarNode
from protocols.number import NUMBER, plain_text

__all__ = ["bind_condition", "check_condition"]

_BOUND = re.compile(rf"({NUMBER}) *(\S.*)?")
_RESULT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\.(\S.*)")


def bind_condition(section: ConditionSection, after: tuple[str, ...]) -> Condition:
    """Raises Refusal."""
    result = _RESULT.fullmatch(section.result.text)
    if result is None:
        message = f"{quoted(section.result.text)} names no result of an analysis"
        raise Refusal(section.result.place, message, "write cycles.initial coulombic efficiency")
    if section.of is None and not after:
        raise Refusal(section.place, "of which step is this the result?", "add of: formation")
    bounds = [(_bound(written) if written else None) for written in (section.above, section.below)]
    units = {bound[1] for bound in bounds if bound is not None}
    if not units:
        raise Refusal(section.place, "has no bound", "add above: 70 %, or below: 5 Ohm")
    if len(units) > 1:
        raise Refusal(section.place, f"compares in {' and in '.join(sorted(units))}", "write both in one unit")
    above, below = (None if bound is None else bound[0] for bound in bounds)
    value = result[2].replace("_", " ")
    return Condition(result[1], value, section.of.text if section.of else after[-1], units.pop(), above, below)


def _bound(written: ScalarNode) -> tuple[float, str]:
    found = _BOUND.fullmatch(plain_text(written.text.strip()))
    if found is None:
        raise Refusal(written.place, f"{quoted(written.text)} is no number with a unit", "write 70 %, or 1200 mAh/g")
    unit = (found[2] or "").strip()
    if not unit:
        remedy = f"write {found[1]} %, or {found[1]} {PLAIN} where the result is a plain number"
        raise Refusal(written.place, f"{quoted(written.text)} has no unit", remedy)
    return float(found[1]), unit


def check_condition(
    step: Step, section: ConditionSection, earlier: Mapping[str, Step], named: Mapping[str, Collection[str]]
) -> list[Refusal]:
    """What is wrong with what it refers to. ``earlier``: steps that come before; ``named``: analyses by step."""
    condition = step.when
    if condition is None:
        return []
    place = (section.of or section.result).place
    of = earlier.get(condition.of)
    if of is None:
        known = ", ".join(earlier) or "none"
        return [Refusal(place, f"{quoted(condition.of)} is no step that comes before {step.name}", f"before: {known}")]
    if of.protocol is None:
        return [Refusal(place, f"step {of.name} asks a person; it has no results", "name a step with a protocol")]
    strangers = [cell for cell in step.cells if cell not in of.cells]
    if strangers:
        return [Refusal(place, f"cell {strangers[0]} does not go through step {of.name}", "name another step")]
    if condition.analysis not in named[of.name]:
        remedy = f"add analyses: [{condition.analysis}] to step {of.name}"
        return [Refusal(section.result.place, f"step {of.name} is not analysed by {condition.analysis}", remedy)]
    return []
