"""The words of a condition in ``interlocks:``, for each kind of subject."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Literal

from orchestrator.config.keys import seconds, text
from orchestrator.interlocks.condition import (
    AgainstStep,
    Alarming,
    BeyondExpected,
    Bound,
    Condition,
    ForeignClient,
    Frozen,
    HeatingRate,
    LimitsDiffer,
    Lost,
    SetPointChanged,
    Silent,
    StopUnconfirmed,
)
from orchestrator.interlocks.rule import Kind as Subjects
from protocols.errors import Refusal
from protocols.kinds import CURRENT, HEATING_RATE, TEMPERATURE, VOLTAGE, Kind
from protocols.node import Node
from protocols.quantity import QuantityError, parse_quantity

__all__ = ["CONDITIONS", "read_condition"]

_BOUND = re.compile(r"(above|below) +(.+)")
_RELATIVE = re.compile(r"(.*?) +relative to its chamber")
_TIMES = re.compile(r"above +(\d+(?:\.\d+)?) *[x×] +expected")
_UNITS = {VOLTAGE: "V", CURRENT: "A", TEMPERATURE: "degC", HEATING_RATE: "K*s**-1"}

CONDITIONS: Mapping[Subjects, tuple[str, ...]] = {
    "cell": (
        "voltage",
        "current",
        "temperature",
        "heating_rate",
        "capacity",
        "step_time",
        "sensor",
        "client",
        "limits",
        "stop",
    ),
    "chamber": ("temperature", "sensor", "alarm", "set_point", "silent"),
    "instrument": ("silent",),
}


def read_condition(key: str, node: Node) -> tuple[Condition, float]:
    """The condition, and for how long a silence may last (0: it is none). Raises Refusal."""
    if key == "silent":
        return Silent(), seconds(node)
    return _READERS[key](node), 0.0


def _voltage(node: Node) -> Condition:
    side, value = _beyond(node, VOLTAGE, "above 4.3 V")
    return Bound("voltage", side, value)


def _current(node: Node) -> Condition:
    if text(node) == "against its step":
        return AgainstStep()
    side, value = _beyond(node, CURRENT, "above 50 mA")
    if side == "below":
        raise Refusal(node.place, "a current has no lowest value", "write e.g. `current: above 50 mA`")
    return Bound("current", side, value)


def _temperature(node: Node) -> Condition:
    side, value = _beyond(node, TEMPERATURE, "above 60 degC")
    return Bound("temperature", side, value)


def _heating_rate(node: Node) -> Condition:
    written = text(node)
    relative = _RELATIVE.fullmatch(written)
    side, value = _beyond(node, HEATING_RATE, "above 3 K/min relative to its chamber", relative and relative.group(1))
    if side == "below":
        raise Refusal(node.place, "a heating rate has no lowest value", "write `above 3 K/min`")
    return HeatingRate(value * 60, relative is not None)


def _expected(node: Node, quantity: Literal["capacity", "step_time"]) -> Condition:
    match = _TIMES.fullmatch(text(node))
    if match is None:
        raise Refusal(node.place, f"{text(node)!r} is no multiple", "write e.g. `above 1.2 x expected`")
    factor = float(match.group(1))
    if factor < 1:
        raise Refusal(node.place, f"{factor:g} x what is expected is passed in every step", "write 1 or more")
    return BeyondExpected(quantity, factor)


def _sensor(node: Node) -> Condition:
    words: dict[str, Condition] = {"lost": Lost(), "frozen": Frozen()}
    return _word(node, words)


def _beyond(
    node: Node, kind: Kind, example: str, written: str | None = None
) -> tuple[Literal["above", "below"], float]:
    match = _BOUND.fullmatch(written or text(node))
    if match is None:
        raise Refusal(node.place, f"{text(node)!r} is no bound", f"write e.g. `{example}`")
    try:
        quantity = parse_quantity(match.group(2), kind)
    except QuantityError as error:
        raise Refusal(node.place, error.message, error.remedy) from error
    if quantity.unit != _UNITS[kind]:
        raise Refusal(node.place, f"{match.group(2)} is relative to a cell", f"write e.g. `{example}`")
    return ("above" if match.group(1) == "above" else "below"), quantity.value


def _word(node: Node, words: Mapping[str, Condition]) -> Condition:
    written = text(node)
    if written not in words:
        raise Refusal(node.place, f"{written!r} is no condition", f"write `{'` or `'.join(words)}`")
    return words[written]


_READERS: Mapping[str, Callable[[Node], Condition]] = {
    "voltage": _voltage,
    "current": _current,
    "temperature": _temperature,
    "heating_rate": _heating_rate,
    "capacity": lambda node: _expected(node, "capacity"),
    "step_time": lambda node: _expected(node, "step_time"),
    "sensor": _sensor,
    "client": lambda node: _word(node, {"foreign": ForeignClient()}),
    "limits": lambda node: _word(node, {"read back wrong": LimitsDiffer()}),
    "stop": lambda node: _word(node, {"not confirmed": StopUnconfirmed()}),
    "alarm": lambda node: _word(node, {"any": Alarming()}),
    "set_point": lambda node: _word(node, {"changed by someone else": SetPointChanged()}),
}
