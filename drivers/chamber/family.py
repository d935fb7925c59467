"""The chambers that are known, each by the wires it speaks: ports, options and tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from drivers.chamber import binder_mb2, thermotron_8200, watlow_f4t
from drivers.chamber.command import LineTable
from drivers.chamber.register import ModbusTable

__all__ = ["BINDER_MB2", "FAMILIES", "THERMOTRON_8200", "WATLOW_F4T", "Family", "Place", "Transport"]


@dataclass(frozen=True, slots=True)
class Place:
    """Which part of the controller is meant."""

    loop: int = 1
    """Control loop, or process variable, that is the air's temperature."""
    power_event: int | None = 1
    """Event or output that switches the chamber; None: there is none."""


@dataclass(frozen=True, slots=True)
class Transport:
    """One wire of a family."""

    port: int
    table: Callable[[Place], ModbusTable | LineTable]


@dataclass(frozen=True, slots=True)
class Family:
    """Chambers with one controller."""

    name: str
    transports: Mapping[str, Transport]
    """The first is taken where the lab file names none."""
    own_options: frozenset[str] = frozenset()


WATLOW_F4T = Family(
    "watlow-f4t",
    {
        "modbus": Transport(502, lambda place: watlow_f4t.register_map(place.loop, place.power_event)),
        "scpi": Transport(5025, lambda place: watlow_f4t.command_set(place.loop, place.power_event)),
    },
    frozenset({"loop", "power_event"}),
)
THERMOTRON_8200 = Family(
    "thermotron-8200",
    {"line": Transport(8888, lambda place: thermotron_8200.command_set(place.loop))},
    frozenset({"loop"}),
)
BINDER_MB2 = Family("binder-mb2", {"modbus": Transport(502, lambda _: binder_mb2.register_map())})
FAMILIES = {family.name: family for family in (WATLOW_F4T, THERMOTRON_8200, BINDER_MB2)}
