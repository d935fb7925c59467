"""Thermotron 8200 and 8800: a line protocol whose settings are answered. Sources: ``docs/instruments/chambers.md``."""

from __future__ import annotations

from drivers.chamber.behaviour import Behaviour, Order, StateRule
from drivers.chamber.command import Command, LineTable
from drivers.chamber.field import Kind, Role
from drivers.contracts import ChamberState

__all__ = ["command_set"]

_STOP_CODES = {
    0: "cold boot",
    1: "running",
    2: "stopped at the panel",
    3: "end of test",
    4: "stopped from outside",
    5: "stopped by computer",
    6: "open input",
    7: "process alarm",
    8: "system monitor",
    9: "power fail",
    10: "Therm-Alarm",
}
"""SCOD?"""
_TRIPS = frozenset(_STOP_CODES[code] for code in (4, 6, 7, 8, 9, 10))
_STOPPED = frozenset(_STOP_CODES[code] for code in (0, 2, 3, 5))
_ALARM_BITS = {0: "low deviation", 1: "high deviation", 4: "low process", 5: "high process"}
"""ALRMn?"""


def command_set(loop: int = 1) -> LineTable:
    """Commands of one process variable."""
    commands = (
        Command(role=Role.MODEL, kind=Kind.TEXT, query="IDEN?", reply="(.+)"),
        Command(role=Role.VERSION, kind=Kind.TEXT, query="VRSN?", reply="(.+)"),
        Command(role=Role.PROCESS, kind=Kind.TEMPERATURE, query=f"PVAR{loop}?"),
        Command(role=Role.SET_POINT, kind=Kind.TEMPERATURE, query=f"SETP{loop}?", setting=f"SETP{loop},{{value}}"),
        Command(role=Role.RAMP_RATE, kind=Kind.RATE, query=f"MRMP{loop}?", setting=f"MRMP{loop},{{value}}", decimals=3),
        # unconfirmed on hardware: throttle in percent, positive while heating
        Command(role=Role.OUTPUT, query=f"THTL{loop}?"),
        Command(role=Role.RUN_STATE, kind=Kind.WORD, query="SCOD?", words=_STOP_CODES),
        Command(role=Role.ALARM_1, kind=Kind.BITS, query=f"ALRM{loop}?", words=_ALARM_BITS),
        Command(role=Role.POWER, kind=Kind.WORD, settings={"on": "RUNM", "off": "STOP"}),
    )
    return LineTable(_BEHAVIOUR, commands, terminator="\r", accepted="0+")


_BEHAVIOUR = Behaviour(
    vendor="Thermotron",
    identity=r"(?P<model>.*\S.*)",  # unconfirmed on hardware: what IDEN? answers
    states=(
        StateRule(ChamberState.TRIPPED, {Role.RUN_STATE: _TRIPS}),
        StateRule(ChamberState.OFF, {Role.RUN_STATE: _STOPPED}),
        # unconfirmed on hardware: SCOD? says 1 in a program, too, which is not told apart
        StateRule(ChamberState.RUNNING, {Role.RUN_STATE: frozenset({"running"})}),
    ),
    switch_on=(Order(Role.POWER, "on", when={Role.RUN_STATE: _STOPPED}),),
    switch_off=(Order(Role.POWER, "off", when={Role.RUN_STATE: frozenset({"running"})}),),
    no_ramp=(Order(Role.RAMP_RATE, 0.0),),  # unconfirmed on hardware: 0 is no ramp
    ramp=(),
    silent={Role.ALARM_1: frozenset({"none"})},
)
