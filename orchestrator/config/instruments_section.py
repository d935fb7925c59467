"""The instruments of a lab file: cyclers, and temperature chambers, which stand beside them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from orchestrator.config.default_poll import default_poll_s, is_chamber
from orchestrator.config.keys import Keys, amperes, degC, degC_pair, seconds, text, voltage_pair
from orchestrator.config.lab import ChamberPlace, InstrumentPlace
from protocols.errors import Refusal, quoted
from protocols.kinds import DURATION
from protocols.node import MappingNode, Node, ScalarNode, SequenceNode
from protocols.quantity import QuantityError, parse_quantity

__all__ = ["Places", "read_instruments"]

_NAME = re.compile(r"\w[\w.-]{0,63}")
"""It stands in paths of files and of the API, in rules, and before the ``/`` of a channel."""
_LOST_AFTER_S = 60.0
_PATIENCE_S = 7200.0
_WAIT_MAX_S = 120.0
"""Of one exchange: shorter than the time after which a node that stands still ends itself."""
_PLACE = ("driver", "address", "poll", "lost_after", "node")
_CHAMBER = (*_PLACE, "park", "patience")


@dataclass(frozen=True, slots=True)
class Places:
    """Everything that has an address."""

    cyclers: Mapping[str, InstrumentPlace]
    chambers: Mapping[str, ChamberPlace]


def read_instruments(node: Node, file: Path) -> Places:
    """Read the section; relative paths in it stand beside the file. Raises Refusal."""
    if not isinstance(node, MappingNode) or not node.entries:
        raise Refusal(node.place, "no instrument is named", "write `bts-1: {driver: neware, address: …}`")
    cyclers: dict[str, InstrumentPlace] = {}
    chambers: dict[str, ChamberPlace] = {}
    first: dict[str, str] = {}
    for entry in node.entries:
        if entry.key == "any" or _NAME.fullmatch(entry.key) is None:
            remedy = "write letters, digits, `-`, `_` and `.`, such as `bts-1`"
            raise Refusal(entry.value.place, f"{quoted(entry.key)} is no name of an instrument", remedy)
        keys = Keys(entry.value, f"instrument {entry.key}")
        driver = keys.required("driver", text, "neware")
        if is_chamber(driver):
            chambers[entry.key] = _chamber(entry.key, driver, keys)
        else:
            cyclers[entry.key] = _cycler(entry.key, driver, keys, file)
        address = (cyclers.get(entry.key) or chambers[entry.key]).address
        other = first.setdefault(address, entry.key)
        if other != entry.key:
            raise Refusal(entry.value.place, f"instrument {other} has this address already", "name every one once")
    _all_or_none_on_a_node(node, [*cyclers.values(), *chambers.values()])
    return Places(cyclers, chambers)


def _all_or_none_on_a_node(node: MappingNode, places: Sequence[InstrumentPlace | ChamberPlace]) -> None:
    named = next((place for place in places if place.node), None)
    other = next((place for place in places if not place.node), None)
    if named is not None and other is not None:
        message = f"{named.name} is on node {named.node}, {other.name} is on none: nobody would drive it"
        raise Refusal(node.place, message, "give every instrument and chamber a `node`, or none of them")


def _cycler(name: str, driver: str, keys: Keys, file: Path) -> InstrumentPlace:
    address = keys.required("address", text, "192.0.2.10:502")
    poll_s = keys.optional("poll", seconds) or default_poll_s(driver)
    lost_after_s = keys.optional("lost_after", seconds) or _LOST_AFTER_S
    options = {
        entry.key: keys.optional(entry.key, _READ.get(entry.key, _plain))
        for entry in keys.node.entries
        if entry.key not in _PLACE
    }
    if "step_dir" in options:
        options["step_dir"] = str(file.parent / str(options["step_dir"]))
    return InstrumentPlace(name, driver, address, poll_s, lost_after_s, options, keys.optional("node", _node) or "")


def _chamber(name: str, driver: str, keys: Keys) -> ChamberPlace:
    temperature_degC = keys.optional("temperature", degC_pair)
    options: dict[str, object] = {
        entry.key: keys.optional(entry.key, _wait if entry.key == "timeout" else _plain)
        for entry in keys.node.entries
        if entry.key not in (*_CHAMBER, "temperature")
    }
    if temperature_degC is not None:
        options["temperature"] = list(temperature_degC)
    return ChamberPlace(
        name=name,
        driver=driver,
        address=keys.required("address", text, "192.0.2.20"),
        poll_s=keys.optional("poll", seconds) or default_poll_s(driver),
        lost_after_s=keys.optional("lost_after", seconds) or _LOST_AFTER_S,
        temperature_degC=temperature_degC,
        park_degC=keys.optional("park", lambda node: _park(node, temperature_degC)),
        patience_s=keys.optional("patience", seconds) or _PATIENCE_S,
        options=options,
        node=keys.optional("node", _node) or "",
    )


def _node(node: Node) -> str:
    name = text(node)
    if _NAME.fullmatch(name) is None:
        raise Refusal(node.place, f"{quoted(name)} is no name of a node", "write letters, digits, `-`, `_` and `.`")
    return name


def _park(node: Node, allowed_degC: tuple[float, float] | None) -> float:
    park_degC = degC(node)
    if allowed_degC is not None and not allowed_degC[0] <= park_degC <= allowed_degC[1]:
        low, high = allowed_degC
        message = f"{park_degC:g} degC is outside the chamber's own `temperature: [{low:g} degC, {high:g} degC]`"
        raise Refusal(node.place, message, "park it between them")
    return park_degC


def _channel(node: Node) -> dict[str, float]:
    """What every channel of the instrument can do, where the wire does not tell."""
    keys = Keys(node, "channel")
    low, high = keys.required("voltage", voltage_pair, "[-5 V, 5 V]")
    current = keys.required("current", amperes, "50 mA")
    interval = keys.optional("record_interval", seconds)
    keys.done()
    found = {"voltage_min_V": low, "voltage_max_V": high, "current_max_A": current}
    return found | ({"record_interval_min_s": interval} if interval else {})


def _plain(node: Node) -> object:
    """A driver's own option: text, lists and mappings of text; the driver gives it a meaning."""
    if isinstance(node, ScalarNode):
        return text(node)
    if isinstance(node, SequenceNode):
        return [_plain(item) for item in node.items]
    return {entry.key: _plain(entry.value) for entry in node.entries}


def _wait(node: Node) -> object:
    """How long one exchange may take, still as it was written; what is no duration at all is refused by the driver."""
    written = _plain(node)
    if isinstance(written, str):
        with suppress(QuantityError):
            if parse_quantity(written, DURATION).value > _WAIT_MAX_S:
                message = f"{quoted(written)} is so long that nobody could tell a slow answer from none"
                raise Refusal(node.place, message, f"write {_WAIT_MAX_S:g} s or less")
    return written


_READ: Mapping[str, Callable[[Node], object]] = {"channel": _channel, "timeout": _wait, "connect_timeout": _wait}
"""Drivers' options that are looked at here; the others are text, lists and mappings of text."""
