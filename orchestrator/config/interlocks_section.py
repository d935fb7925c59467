"""The ``interlocks:`` of a lab file: one line a rule, read into frozen dataclasses, one line for every mistake."""

from __future__ import annotations

import re

from orchestrator.config.interlock_conditions import CONDITIONS, read_condition
from orchestrator.config.keys import Keys, seconds, text
from orchestrator.config.lab import BenchPlace, Lab
from orchestrator.config.temperature_source import AIR
from orchestrator.interlocks.condition import Bound, Condition, Frozen, HeatingRate, Lost
from orchestrator.interlocks.rule import Action, Kind, Rule, Severity, Subject
from protocols.errors import Refusal
from protocols.node import Node, SequenceNode

__all__ = ["read_interlocks"]

_EXAMPLE = "{when: {chamber: oven-1, temperature: above 70 degC, for: 10 s}, do: stop all cells in oven-1}"
_KINDS: tuple[Kind, ...] = ("cell", "chamber", "instrument")
_ALL_CELLS = re.compile(r"(pause|stop) all cells in (\S+)")
_ANY_IN = re.compile(r"any in (\S+)")


def read_interlocks(node: Node, lab: Lab) -> tuple[Rule, ...]:
    """Read the rules of a lab whose instruments and benches are known. Raises Refusal."""
    if not isinstance(node, SequenceNode):
        raise Refusal(node.place, "interlocks is not a list", f"write `- {_EXAMPLE}`")
    rules: dict[str, Rule] = {}
    for item in node.items:
        rule = _rule(item, lab)
        if str(rule) in rules:
            raise Refusal(item.place, f"the same rule stands in {rules[str(rule)].origin}", "take one of them out")
        rules[str(rule)] = rule
    return tuple(rules.values())


def _rule(node: Node, lab: Lab) -> Rule:
    keys = Keys(node, "interlock")
    subject, condition, for_s = keys.required("when", lambda when: _when(when, lab), "{cell: any, voltage: below 0 V}")
    do = keys.optional("do", lambda written: _action(written, lab)) or Action("nothing")
    alarm = keys.optional("alarm", _severity) or ("warning" if do.verb == "nothing" else "critical")
    keys.done()
    return Rule(subject, condition, do, alarm, for_s, f"line {node.line} of {lab.path.name}")


def _when(node: Node, lab: Lab) -> tuple[Subject, Condition, float]:
    keys = Keys(node, "when")
    named = [kind for kind in _KINDS if keys.node.get(kind) is not None]
    if len(named) != 1:
        raise Refusal(node.place, "a rule is about one of `cell`, `chamber`, `instrument`", f"write `- {_EXAMPLE}`")
    kind = named[0]
    subject = keys.required(kind, lambda who: _subject(who, kind, lab), "any")
    held_s = keys.optional("for", seconds) or 0.0
    known = CONDITIONS[kind]
    written = [entry for entry in keys.node.entries if entry.key not in (kind, "for")]
    for name in known:
        keys.optional(name, lambda _: None)
    keys.done()
    if len(written) != 1:
        raise Refusal(node.place, "a rule has one condition", f"of a {kind}: {', '.join(known)}")
    condition, silent_s = read_condition(written[0].key, written[0].value)
    if held_s and silent_s:
        raise Refusal(node.place, "`silent` says how long already", "leave `for` out")
    _require_sources(written[0].value, subject, condition, lab)
    return subject, condition, held_s or silent_s


def _subject(node: Node, kind: Kind, lab: Lab) -> Subject:
    known = {"cell": lab.benches, "chamber": lab.chambers, "instrument": lab.instruments}[kind]
    if not isinstance(node, SequenceNode):
        written = text(node)
        if written == "any":
            return Subject(kind)
        inside = _ANY_IN.fullmatch(written) if kind == "cell" else None
        if inside is not None:
            return Subject(kind, chamber=_chamber(node, inside.group(1), lab))
    names = tuple(text(item) for item in node.items) if isinstance(node, SequenceNode) else (text(node),)
    for name in names:
        if name not in known:
            what = "bench" if kind == "cell" else kind
            told = ", ".join(known) or "none"
            raise Refusal(node.place, f"there is no {what} {name!r} in this file", f"write `any`, or one of: {told}")
    return Subject(kind, names)


def _action(node: Node, lab: Lab) -> Action:
    written = text(node)
    all_cells = _ALL_CELLS.fullmatch(written)
    if all_cells is not None:
        chamber = _chamber(node, all_cells.group(2), lab)
        return Action("pause" if all_cells.group(1) == "pause" else "stop", chamber)
    match written:
        case "nothing" | "pause" | "stop":
            return Action(written)
        case _:
            remedy = "write `nothing`, `pause`, `stop`, or `stop all cells in oven-1`"
            raise Refusal(node.place, f"{written!r} is nothing that can be done", remedy)


def _chamber(node: Node, name: str, lab: Lab) -> str:
    if name not in lab.chambers:
        known = ", ".join(lab.chambers) or "none"
        raise Refusal(node.place, f"chamber {name!r} is not in this file", f"known: {known}")
    return name


def _severity(node: Node) -> Severity:
    match text(node):
        case "warning":
            return "warning"
        case "critical":
            return "critical"
        case written:
            raise Refusal(node.place, f"{written!r} is no severity", "write `warning` or `critical`")


def _require_sources(node: Node, subject: Subject, condition: Condition, lab: Lab) -> None:
    """Every temperature names its source: a rule that would watch nothing is no rule."""
    about = isinstance(condition, HeatingRate | Lost | Frozen)
    if subject.kind != "cell" or not (about or (isinstance(condition, Bound) and condition.quantity == "temperature")):
        return
    meant = [bench for bench in lab.benches.values() if subject.matches(bench.name, bench.chamber)]
    if not meant:
        raise Refusal(node.place, "there is no bench that it could be about", "name benches with a `temperature`")
    for bench in meant:
        _require_source(node, bench, condition)


def _require_source(node: Node, bench: BenchPlace, condition: Condition) -> None:
    if bench.temperature is None:
        remedy = f"add `temperature: channel` (or another source) to {bench.name}, or name the cells that are meant"
        raise Refusal(node.place, f"nobody tells the temperature of bench {bench.name}", remedy)
    if bench.temperature == AIR and isinstance(condition, HeatingRate) and condition.relative:
        remedy = "give the cell a sensor of its own, or name other cells"
        raise Refusal(node.place, f"the temperature of bench {bench.name} is that of its chamber", remedy)
