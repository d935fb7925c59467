"""Options of a chamber in the lab file: what each means, and what is wrong with it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from drivers.chamber.command import LineTable
from drivers.chamber.endpoint import Endpoint
from drivers.chamber.family import Family, Place
from drivers.chamber.field import Role
from drivers.chamber.register import ModbusTable, WordOrder
from drivers.chamber.unit import Unit
from protocols.kinds import DURATION, TEMPERATURE, Kind
from protocols.quantity import parse_quantity

__all__ = ["ChamberOptions", "read_options"]

_PORT_MAX = 65535
_TIMEOUT_s = 3.0
_LOOPS_MAX = 4
_EVENTS_MAX = 8
_DEVICE_ID_MAX = 247
_COMMON = frozenset({"transport", "temperature", "timeout", "unit"})
_MODBUS = frozenset({"word_order", "device_id"})


@dataclass(frozen=True, slots=True)
class ChamberOptions:
    """One chamber as the lab file describes it, checked."""

    endpoint: Endpoint
    """``address``, and ``timeout``: wall seconds of one exchange."""
    table: ModbusTable | LineTable
    """Of ``transport``, for ``loop`` and ``power_event``."""
    temperature_degC: tuple[float, float] | None
    """``temperature``: lowest and highest set point that the lab allows; None: as far as the chamber's own limits."""
    unit: Unit | None
    """``unit``: of a chamber that does not tell it."""
    word_order: WordOrder | None
    """``word_order``: None: found out."""
    device_id: int
    """``device_id``: Modbus unit."""


def read_options(family: Family, address: str, options: Mapping[str, object]) -> ChamberOptions:
    """Check address and options. Raises ValueError naming the option and the remedy."""
    transport = _choice(options, "transport", tuple(family.transports)) or next(iter(family.transports))
    known = _COMMON | family.own_options | (_MODBUS if transport == "modbus" else frozenset())
    unknown = sorted(options.keys() - known)
    if unknown:
        raise ValueError(
            f"unknown option {unknown[0]!r} of a {family.name} over {transport}; known: {', '.join(sorted(known))}"
        )
    wire = family.transports[transport]
    word_order = _choice(options, "word_order", tuple(WordOrder))
    found = ChamberOptions(
        endpoint=_endpoint(address, wire.port, options),
        table=wire.table(Place(_count(options, "loop", 1, _LOOPS_MAX), _power_event(options))),
        temperature_degC=_temperatures(options),
        unit=Unit(unit) if (unit := _choice(options, "unit", tuple(Unit))) else None,
        word_order=WordOrder(word_order) if word_order else None,
        device_id=_count(options, "device_id", 1, _DEVICE_ID_MAX),
    )
    _require_what_is_not_told(found, f"a {family.name} over {transport}")
    return found


def _require_what_is_not_told(options: ChamberOptions, which: str) -> None:
    table = options.table
    fields = table.registers if isinstance(table, ModbusTable) else table.commands
    told = {field.role for field in fields}
    if options.temperature_degC is None and Role.LIMIT_LOW not in told:
        raise ValueError(
            f"option temperature is missing: {which} does not tell its limits; "
            "write temperature: [-40 degC, 150 degC] as on the type plate, or narrower"
        )
    if options.unit is None and table.behaviour.unit is None and Role.UNIT not in told:
        raise ValueError(
            f"option unit is missing: {which} does not tell it; write unit: degC or unit: degF as the display shows"
        )


def _endpoint(address: str, default_port: int, options: Mapping[str, object]) -> Endpoint:
    host, _, port = address.rpartition(":") if ":" in address else (address, "", str(default_port))
    if not host or ":" in host or not (port.isascii() and port.isdigit()) or not 0 < int(port) <= _PORT_MAX:
        raise ValueError(f"address {address!r} is not host:port; write e.g. 192.0.2.20:{default_port}")
    timeout = _TIMEOUT_s if "timeout" not in options else _quantity("timeout", options["timeout"], DURATION)
    if timeout <= 0:
        raise ValueError(f"option timeout is {options['timeout']!r}; it must be above 0")
    return Endpoint(host, int(port), timeout)


def _temperatures(options: Mapping[str, object]) -> tuple[float, float] | None:
    if "temperature" not in options:
        return None
    remedy = "write temperature: [-40 degC, 150 degC]"
    pair = options["temperature"]
    if not isinstance(pair, (list, tuple)) or len(pair) != 2:
        raise ValueError(f"option temperature is {pair!r}; {remedy}")
    low, high = (_quantity("temperature", one, TEMPERATURE) for one in pair)
    if low >= high:
        raise ValueError(f"option temperature is no range: {pair!r}; {remedy}")
    return low, high


def _power_event(options: Mapping[str, object]) -> int | None:
    if options.get("power_event") == "none":
        return None
    return _count(options, "power_event", 1, _EVENTS_MAX)


def _choice(options: Mapping[str, object], name: str, choices: tuple[str, ...]) -> str | None:
    value = options.get(name)
    if value is not None and value not in choices:
        raise ValueError(f"option {name} is {value!r}; write {' or '.join(choices)}")
    return None if value is None else str(value)


def _count(options: Mapping[str, object], name: str, default: int, most: int) -> int:
    """A whole number from 1, as a number or as the lab file's text."""
    value = options.get(name, default)
    text = str(value)
    if isinstance(value, bool) or not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= most:
        raise ValueError(f"option {name} is {value!r}; write a number from 1 to {most}")
    return int(text)


def _quantity(name: str, value: object, kind: Kind) -> float:
    """A quantity such as ``3 s`` or ``25 degC``, or a number in that unit."""
    if isinstance(value, str):
        try:
            return parse_quantity(value, kind).value
        except ValueError as error:
            raise ValueError(f"option {name}: {error}") from error
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError(f"option {name} is {value!r}; write {kind.examples}")
    return float(value)
