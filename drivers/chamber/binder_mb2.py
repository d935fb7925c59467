"""Binder MB2 (MKFT and others): register map. Sources: ``docs/instruments/chambers.md``."""

from __future__ import annotations

from drivers.chamber.behaviour import Behaviour, Order, StateRule
from drivers.chamber.field import Kind, Role
from drivers.chamber.register import ModbusTable, Register, RegisterType
from drivers.chamber.unit import Unit
from drivers.contracts import ChamberState

__all__ = ["register_map"]

_FLOAT = RegisterType.FLOAT32
_IDLE_BIT = 1
"""Of the operation contacts; the other bits are the humidity's, the switches', the dryer's."""


def register_map() -> ModbusTable:
    """Temperature only: humidity, fan and programs are left as they are."""
    idle = {0: "on", 1: "off"}
    registers = (
        Register(role=Role.PROCESS, kind=Kind.TEMPERATURE, address=0x1004, type=_FLOAT),
        Register(role=Role.RAMPING_SET_POINT, kind=Kind.TEMPERATURE, address=0x10B2, type=_FLOAT),
        Register(role=Role.SET_POINT, kind=Kind.TEMPERATURE, address=0x114C, type=_FLOAT, access="RW"),
        Register(role=Role.POWER, kind=Kind.WORD, address=0x1158, bit=_IDLE_BIT, words=idle, access="RW"),
        Register(role=Role.ACTIVE_MODE, kind=Kind.WORD, address=0x1292, bit=_IDLE_BIT, words=idle),
    )
    return ModbusTable(_BEHAVIOUR, registers, witnesses=(Role.SET_POINT, Role.RAMPING_SET_POINT))


_BEHAVIOUR = Behaviour(
    vendor="BINDER",
    identity=r"(?P<model>)",  # no register tells who it is: only the map's plausibility does
    states=(
        StateRule(ChamberState.OFF, {Role.POWER: frozenset({"off"})}),
        StateRule(ChamberState.OFF, {Role.ACTIVE_MODE: frozenset({"off"})}),
        StateRule(ChamberState.RUNNING, {Role.POWER: frozenset({"on"}), Role.ACTIVE_MODE: frozenset({"on"})}),
    ),
    switch_on=(Order(Role.POWER, "on"),),
    switch_off=(Order(Role.POWER, "off"),),
    ramp=None,
    unit=Unit.DEGC,  # unconfirmed on hardware: registers are in degrees Celsius whatever the panel shows
)
