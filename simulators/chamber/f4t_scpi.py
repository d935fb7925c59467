"""The F4T's SCPI commands (TCP 5025): one reply line per query, none to anything else."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar, cast

from simulators.chamber.chamber import ChamberRefusal
from simulators.chamber.f4t import EVENTS, F4t, RampAction, Unit
from simulators.chamber.line_wire import LineWire

__all__ = ["scpi_wire"]

_FIRMWARE = "04:05:0007"
_LOOP = ":SOURCE:CLOOP1"
_RAMP_ACTIONS: Mapping[str, RampAction] = {
    "OFF": "off", "STARTUP": "startup", "SETPOINT": "set point", "BOTH": "both",
}  # fmt: skip

ValueT = TypeVar("ValueT")
Handler = Callable[[str], str | None]


def scpi_wire(f4t: F4t) -> LineWire:
    """Return the wire. # unconfirmed on hardware: what is no command, or out of range, is passed over in silence."""
    handlers = _identity(f4t) | _loop(f4t) | _outputs(f4t) | _program(f4t)
    return LineWire(handlers, _split, None, "\n")


def _split(line: str) -> tuple[str, str]:
    header, _, argument = line.partition(" ")
    return (header if header.startswith(("*", ":")) else f":{header}"), argument


def _text(value: float) -> str:
    # unconfirmed on hardware: what a failed sensor reads as
    return "NAN" if math.isnan(value) else f"{value:.4f}"


def _number(argument: str) -> float:
    value = float(argument)
    if not math.isfinite(value):
        raise ValueError(argument)
    return value


def _query(f4t: F4t, attribute: str, _: str) -> str:
    return _text(getattr(f4t, attribute))


def _set(f4t: F4t, attribute: str, argument: str) -> None:
    setattr(f4t, attribute, _number(argument))


def _identity(f4t: F4t) -> dict[str, Handler]:
    def set_unit(argument: str) -> None:
        if argument.upper() not in ("C", "F"):
            raise ChamberRefusal(argument)
        f4t.unit = cast("Unit", argument.upper())

    return {
        "*IDN?": lambda _: f'"Watlow Electric",F4T,{f4t.serial:06d},{_FIRMWARE}',
        ":UNIT:TEMPERATURE?": lambda _: f4t.unit,
        ":UNIT:TEMPERATURE": set_unit,
    }


def _loop(f4t: F4t) -> dict[str, Handler]:
    def set_action(argument: str) -> None:
        f4t.ramp_action = _chosen(argument, _RAMP_ACTIONS)

    def set_scale(argument: str) -> None:
        f4t.per_minute = _chosen(argument, {"MINUTES": True, "HOURS": False})

    return {
        f"{_LOOP}:PVALUE?": partial(_query, f4t, "process_value"),
        f"{_LOOP}:ERROR?": lambda _: "ERROR" if f4t.sensor_failed else "NONE",
        f"{_LOOP}:SPOINT?": partial(_query, f4t, "active_set_point"),  # not what SPOINT has set: the guide says so
        f"{_LOOP}:SPOINT": partial(_set, f4t, "set_point"),
        f"{_LOOP}:IDLE?": partial(_query, f4t, "idle_set_point"),
        f"{_LOOP}:IDLE": partial(_set, f4t, "idle_set_point"),
        f"{_LOOP}:RACTION": set_action,
        f"{_LOOP}:RSCALE": set_scale,
        f"{_LOOP}:RRATE?": partial(_query, f4t, "ramp_rate"),
        f"{_LOOP}:RRATE": partial(_set, f4t, "ramp_rate"),
    }


def _chosen(argument: str, choices: Mapping[str, ValueT]) -> ValueT:
    if argument.upper() not in choices:
        raise ChamberRefusal(argument)
    return choices[argument.upper()]


def _outputs(f4t: F4t) -> dict[str, Handler]:
    def switch(number: int, argument: str) -> None:
        f4t.set_event(number, on=_chosen(argument, {"ON": True, "OFF": False}))

    def tell(number: int, _: str) -> str:
        return "ON" if f4t.events[number - 1] else "OFF"

    handlers: dict[str, Handler] = {}
    for number in range(1, EVENTS + 1):
        handlers[f":OUTPUT{number}:STATE"] = partial(switch, number)
        handlers[f":OUTPUT{number}:STATE?"] = partial(tell, number)
    return handlers


def _program(f4t: F4t) -> dict[str, Handler]:
    def number(argument: str) -> None:
        f4t.profile_number = int(argument)

    def act(argument: str) -> None:
        chamber = f4t.chamber
        acts: Mapping[str, Callable[[], None]] = {
            "START": partial(f4t.start_profile, f4t.profile_number),
            "STOP": chamber.terminate_profile,
            "PAUSE": chamber.pause_profile,
            "RESUME": chamber.resume_profile,
        }
        _chosen(argument, acts)()

    return {":PROGRAM:NUMBER": number, ":PROGRAM:NAME?": lambda _: '"PROFILE"', ":PROGRAM:SELECTED:STATE": act}
