"""Rules that are always there. A lab file adds to them, and so can only be stricter; nothing switches them off."""

from __future__ import annotations

from orchestrator.config.lab import BenchLimits, Lab
from orchestrator.interlocks.condition import (
    AgainstStep,
    Alarming,
    Bound,
    Condition,
    Frozen,
    LimitsDiffer,
    Lost,
    OutsideLimits,
    OutsideProtocol,
    Silent,
    StopUnconfirmed,
)
from orchestrator.interlocks.rule import Action, Kind, Rule, Subject

__all__ = ["all_rules", "built_in_rules"]

_TOLERANCE = 0.005
"""Of the lab's limits: a set point at a limit is allowed, and is measured a little to either side of it."""
_OVERSHOOT_K = 5.0
_OVERSHOOT_FOR_S = 30.0
_FROZEN_FOR_S = 600.0
_UNCONFIRMED_FOR_S = 120.0


def all_rules(lab: Lab) -> tuple[Rule, ...]:
    """The built-in rules, then those of the lab file."""
    return (*built_in_rules(lab), *lab.interlocks)


def built_in_rules(lab: Lab) -> tuple[Rule, ...]:
    """Lab limits, a protocol's temperatures, wrong currents, stops without effect, chambers, sensors, and silence."""
    rules = [_stop("cell", bound) for bound in _bounds(lab.limits)]
    rules += [
        _stop("cell", OutsideProtocol()),
        _stop("cell", AgainstStep()),
        _stop("cell", StopUnconfirmed(), _UNCONFIRMED_FOR_S),
    ]
    rules.append(Rule(Subject("cell"), LimitsDiffer(), Action("nothing"), "critical"))
    sensed = tuple(bench.name for bench in lab.benches.values() if bench.temperature is not None)
    if sensed:
        rules.append(Rule(Subject("cell", sensed), Lost(), Action("stop"), "critical"))
    rules += [_silence(place.name, place.lost_after_s) for place in lab.instruments.values()]
    if lab.chambers:
        rules += [
            _stop("chamber", OutsideLimits(_OVERSHOOT_K), _OVERSHOOT_FOR_S),
            _stop("chamber", Lost()),
            _stop("chamber", Frozen(), _FROZEN_FOR_S),
            Rule(Subject("chamber"), Alarming(), Action("nothing"), "critical"),
        ]
    return tuple(rules)


def _bounds(limits: BenchLimits) -> tuple[Bound, ...]:
    span_V = limits.voltage_max_V - limits.voltage_min_V
    return (
        Bound("voltage", "above", limits.voltage_max_V + _TOLERANCE * span_V),
        Bound("voltage", "below", limits.voltage_min_V - _TOLERANCE * span_V),
        Bound("current", "above", limits.current_max_A * (1 + _TOLERANCE)),
    )


def _stop(kind: Kind, condition: Condition, for_s: float = 0.0) -> Rule:
    return Rule(Subject(kind), condition, Action("stop"), "critical", for_s)


def _silence(instrument: str, lost_after_s: float) -> Rule:
    """Of a cycler: a silent chamber is told of by its own loop, which knows who waits for it."""
    return Rule(Subject("instrument", (instrument,)), Silent(in_use=True), Action("nothing"), "warning", lost_after_s)
