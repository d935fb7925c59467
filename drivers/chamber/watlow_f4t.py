"""Watlow F4T: register map (data map 1) and SCPI command set. Sources: ``docs/instruments/chambers.md``."""

from __future__ import annotations

from drivers.chamber.behaviour import Behaviour, Order, StateRule
from drivers.chamber.command import Command, LineTable
from drivers.chamber.field import Kind, Role
from drivers.chamber.register import ModbusTable, Register, RegisterType
from drivers.contracts import ChamberState

__all__ = ["command_set", "register_map"]

_LOOP_STEP = 160
_ALARM_ROLES = (Role.ALARM_1, Role.ALARM_2, Role.ALARM_3, Role.ALARM_4)
_EVENT_ADDRESSES = (16594, 16596, 16598, 16600, 16822, 16824, 16826, 16828)
_FLOAT = RegisterType.FLOAT32
_ON_OFF = {62: "off", 63: "on"}
_MODES = {10: "auto", 54: "manual", 62: "off"}
_UNITS = {15: "degC", 30: "degF"}
_PROFILES = {62: "off", 149: "running", 146: "paused", 251: "not started", 252: "complete", 253: "terminated"}
_PROFILE_WORDS = _PROFILES | {1783: "waits for its start time"}
# unconfirmed on hardware: an alarm or a limit controller that is not there reads 0, or is no register
_ALARMS = {0: "absent", 88: "startup", 61: "none", 12: "blocked", 28: "error", 37: "high", 53: "low"}
_SILENT = frozenset({"absent", "startup", "none", "blocked"})
# unconfirmed on hardware: which of these codes a limit controller tells in its status
_SAFETY = {0: "absent", 1667: "safe", 138: "ok", 32: "fail", 61: "none", 62: "off", 28: "error", 37: "high", 53: "low"}
_SAFE = frozenset({"absent", "safe", "ok", "none", "off"})


def register_map(loop: int = 1, power_event: int | None = 1) -> ModbusTable:
    """Registers of one control loop; ``power_event`` is the event that switches the chamber, None: there is none."""
    at = _LOOP_STEP * (loop - 1)
    registers = (
        Register(role=Role.MODEL, kind=Kind.TEXT, address=16, type=RegisterType.TEXT, count=15),
        Register(role=Role.UNIT, kind=Kind.WORD, address=6730, words=_UNITS),
        Register(role=Role.CONTROL_MODE, kind=Kind.WORD, address=2730 + at, words=_MODES, access="RW"),
        Register(role=Role.LIMIT_LOW, kind=Kind.TEMPERATURE, address=2774 + at, type=_FLOAT),
        Register(role=Role.LIMIT_HIGH, kind=Kind.TEMPERATURE, address=2776 + at, type=_FLOAT),
        Register(role=Role.SET_POINT, kind=Kind.TEMPERATURE, address=2782 + at, type=_FLOAT, access="RW"),
        Register(
            role=Role.RAMP_ACTION,
            kind=Kind.WORD,
            address=2794 + at,
            words={62: "off", 88: "startup", 85: "set point", 13: "both"},
            access="RW",
        ),
        Register(
            role=Role.RAMP_SCALE,
            kind=Kind.WORD,
            address=2796 + at,
            words={57: "per minute", 39: "per hour"},
            access="RW",
        ),
        Register(role=Role.RAMP_RATE, kind=Kind.RATE, address=2798 + at, type=_FLOAT, access="RW"),
        Register(role=Role.OUTPUT, address=2808 + at, type=_FLOAT),
        Register(role=Role.RAMPING_SET_POINT, kind=Kind.TEMPERATURE, address=2810 + at, type=_FLOAT),
        Register(role=Role.ACTIVE_MODE, kind=Kind.WORD, address=2814 + at, words=_MODES),
        Register(role=Role.PROCESS, kind=Kind.TEMPERATURE, address=2820 + at, type=_FLOAT),
        *(
            Register(role=role, kind=Kind.WORD, address=1356 + 100 * index, words=_ALARMS, optional=True)
            for index, role in enumerate(_ALARM_ROLES)
        ),
        Register(role=Role.SAFETY, kind=Kind.WORD, address=11264, words=_SAFETY, optional=True),
        Register(role=Role.PROFILE, kind=Kind.WORD, address=16568, words=_PROFILE_WORDS, optional=True),
        Register(role=Role.PROFILE_ACTION, kind=Kind.WORD, address=16566, words={148: "terminate"}, access="W"),
    )
    if power_event is None:
        return ModbusTable(_behaviour_on_modbus(powered=False), registers, _WITNESSES)
    event = Register(
        role=Role.POWER, kind=Kind.WORD, address=_EVENT_ADDRESSES[power_event - 1], words=_ON_OFF, access="RW"
    )
    return ModbusTable(_behaviour_on_modbus(powered=True), (*registers, event), _WITNESSES)


def command_set(loop: int = 1, power_event: int | None = 1) -> LineTable:
    """Commands of one control loop; switching needs an output. Raises ValueError without ``power_event``."""
    if power_event is None:
        raise ValueError("option power_event cannot be none over scpi: nothing else switches the chamber there")
    source = f":SOURCE:CLOOP{loop}"
    output = f":OUTPUT{power_event}:STATE"
    commands = (
        Command(role=Role.MODEL, kind=Kind.TEXT, query="*IDN?", reply=r"(.+)"),
        Command(
            role=Role.UNIT,
            kind=Kind.WORD,
            query=":UNIT:TEMPERATURE?",
            reply="([CF])",
            replies={"C": "degC", "F": "degF"},
        ),
        Command(role=Role.PROCESS, kind=Kind.TEMPERATURE, query=f"{source}:PVALUE?", reply=_FLOAT_REPLY),
        Command(
            role=Role.SENSOR,
            kind=Kind.WORD,
            query=f"{source}:ERROR?",
            reply="(NONE|ERROR)",
            replies={"NONE": "good", "ERROR": "error"},
        ),
        # the query tells the active set point, the setting sets the user's
        Command(role=Role.RAMPING_SET_POINT, kind=Kind.TEMPERATURE, query=f"{source}:SPOINT?", reply=_FLOAT_REPLY),
        Command(role=Role.SET_POINT, kind=Kind.TEMPERATURE, setting=f"{source}:SPOINT {{value}}"),
        Command(
            role=Role.RAMP_ACTION,
            kind=Kind.WORD,
            settings={"off": f"{source}:RACTION OFF", "set point": f"{source}:RACTION SETPOINT"},
        ),
        Command(role=Role.RAMP_SCALE, kind=Kind.WORD, settings={"per minute": f"{source}:RSCALE MINUTES"}),
        Command(
            role=Role.RAMP_RATE,
            kind=Kind.RATE,
            query=f"{source}:RRATE?",
            setting=f"{source}:RRATE {{value}}",
            decimals=3,
        ),
        Command(
            role=Role.POWER,
            kind=Kind.WORD,
            query=f"{output}?",
            reply="(ON|OFF)",
            replies={"ON": "on", "OFF": "off"},
            setting=f"{output} {{value}}",
        ),
    )
    return LineTable(_BEHAVIOUR_ON_SCPI, commands)


_WITNESSES = (Role.LIMIT_LOW, Role.LIMIT_HIGH, Role.SET_POINT)
_FLOAT_REPLY = r"([-+]?(?:\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|[nN][aA][nN]|[iI][nN][fF]))"
# unconfirmed on hardware: what PVALUE? answers while the sensor is broken
_NO_RAMP = (Order(Role.RAMP_ACTION, "off"),)
_RAMP = (Order(Role.RAMP_ACTION, "set point"), Order(Role.RAMP_SCALE, "per minute"))
_PROFILE_RUNS = frozenset({"running", "paused"})


def _behaviour_on_modbus(*, powered: bool) -> Behaviour:
    on = {Role.CONTROL_MODE: frozenset({"auto"}), Role.ACTIVE_MODE: frozenset({"auto"})}
    power_on = {Role.POWER: frozenset({"on"})} if powered else {}
    power = (Order(Role.POWER, "on"),) if powered else ()
    no_power = (Order(Role.POWER, "off"),) if powered else ()
    off = frozenset({"off"})
    return Behaviour(
        vendor="Watlow",
        # unconfirmed on hardware: part numbers of rebadged controllers begin like this, too
        identity=r"(?P<model>F4[TD].*)",
        states=(
            StateRule(ChamberState.TRIPPED, {Role.SAFETY: frozenset(_SAFETY.values()) - _SAFE}),
            StateRule(ChamberState.PROFILE, {Role.PROFILE: _PROFILE_RUNS}),
            *((StateRule(ChamberState.OFF, {Role.POWER: off}),) if powered else ()),
            StateRule(ChamberState.OFF, {Role.CONTROL_MODE: off}),
            StateRule(ChamberState.RUNNING, on | power_on),
        ),
        switch_on=(Order(Role.CONTROL_MODE, "auto"), *power),
        # the loop too: what event 1 switches differs from chamber to chamber
        switch_off=(
            Order(Role.PROFILE_ACTION, "terminate", when={Role.PROFILE: _PROFILE_RUNS}),
            *no_power,
            Order(Role.CONTROL_MODE, "off"),
        ),
        no_ramp=_NO_RAMP,
        ramp=_RAMP,
        silent=dict.fromkeys(_ALARM_ROLES, _SILENT) | {Role.SAFETY: _SAFE},
    )


_BEHAVIOUR_ON_SCPI = Behaviour(
    vendor="Watlow",
    identity=r'"?Watlow[^,]*,\s*"?(?P<model>F4[TD][^,"]*)"?,(?P<serial>[^,]*),(?P<version>.*)',
    # SCPI tells no alarm, no profile and no limit controller
    states=(
        StateRule(ChamberState.OFF, {Role.POWER: frozenset({"off"})}),
        StateRule(ChamberState.RUNNING, {Role.POWER: frozenset({"on"})}),
    ),
    switch_on=(Order(Role.POWER, "on"),),
    switch_off=(Order(Role.POWER, "off"),),
    no_ramp=_NO_RAMP,
    ramp=_RAMP,
    sensor_good=frozenset({"good"}),
)
