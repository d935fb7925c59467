"""What may befall a chamber, from the control port: the door, a hand at its panel, a part that breaks."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from simulators.chamber.chamber import ChamberRefusal, VirtualChamber
from simulators.chamber.f4t import F4t
from simulators.faults.misreading import parse_misreading
from simulators.lab.arguments import flag, integer, number, text
from simulators.lab.refusal import LabRefusal

__all__ = ["Controller", "befall", "check_befalling", "undoing"]


class Controller(Protocol):
    """What a hand at any chamber's panel can do."""

    chamber: VirtualChamber

    def switch(self, *, on: bool) -> None:
        """Switch it on or off."""
        ...

    def reboot(self) -> None:
        """Come back from a loss of power with the set point of its own."""
        ...

    def start_profile(self, number: int) -> None:
        """Start one of its profiles. Raises ChamberRefusal."""
        ...


Setting = Callable[[Controller, Mapping[str, Any]], None]


def _sensor(controller: Controller, request: Mapping[str, Any]) -> None:
    chamber = controller.chamber
    match text(request, "sensor"):
        case "ok":
            chamber.change(measured_degC=None, sensor_scale=1.0, sensor_offset_K=0.0)
        case "frozen":
            chamber.freeze_sensor()
        case _:
            chamber.change(measured_degC=math.nan)


def _temperature(controller: Controller, request: Mapping[str, Any]) -> None:
    wrong = parse_misreading(request["temperature"], "K")
    chamber = controller.chamber
    stuck_degC = wrong.stuck_at(chamber.process_degC)
    chamber.change(measured_degC=stuck_degC, sensor_scale=wrong.scale, sensor_offset_K=wrong.offset)


def _limit(controller: Controller, request: Mapping[str, Any]) -> None:
    if text(request, "limit") == "trip":
        controller.chamber.trip()
    else:
        controller.chamber.reset()


def _alarm(controller: Controller, request: Mapping[str, Any]) -> None:
    chamber = controller.chamber
    index = integer(request, "alarm")
    if not 1 <= index <= len(chamber.alarms):
        raise LabRefusal(f"alarm must be 1 to {len(chamber.alarms)}")
    chamber.advance()
    chamber.alarms[index - 1].forced = flag(request, "on") if "on" in request else True


def _load(controller: Controller, request: Mapping[str, Any]) -> None:
    chamber = controller.chamber
    load_J_K = number(request, "load_J_K")
    if load_J_K <= 0:
        raise LabRefusal("load_J_K must be positive")
    chamber.set_load(load_J_K, number(request, "load_heat_W") if "load_heat_W" in request else 0.0)


def _profile(controller: Controller, request: Mapping[str, Any]) -> None:
    value, chamber = request.get("profile"), controller.chamber
    acts = {
        "pause": chamber.pause_profile,
        "resume": chamber.resume_profile,
        "terminate": chamber.terminate_profile,
    }
    if isinstance(value, str) and value in acts:
        acts[value]()
    else:
        controller.start_profile(integer(request, "profile"))


def _mode(controller: Controller, request: Mapping[str, Any]) -> None:
    controller.switch(on=text(request, "mode") == "auto")


_SETTINGS: Mapping[str, Setting] = {
    "door_open": lambda controller, request: controller.chamber.change(door_open=flag(request, "door_open")),
    "heater_alive": lambda controller, request: controller.chamber.change(heater_alive=flag(request, "heater_alive")),
    "set_point_degC": lambda controller, request: controller.chamber.set_target(number(request, "set_point_degC")),
    "sensor": _sensor,
    "temperature": _temperature,
    "limit": _limit,
    "alarm": _alarm,
    "load_J_K": _load,
    "profile": _profile,
    "mode": _mode,
}


def _one_of(*words: str) -> Callable[[Mapping[str, Any], str], object]:
    def check(request: Mapping[str, Any], key: str) -> None:
        if text(request, key) not in words:
            raise LabRefusal(f"{key} must be {', '.join(words[:-1])} or {words[-1]}, not {text(request, key):.80}")

    return check


_CHECKS: Mapping[str, Callable[[Mapping[str, Any], str], object]] = {
    "door_open": flag,
    "heater_alive": flag,
    "on": flag,
    "set_point_degC": number,
    "load_J_K": number,
    "load_heat_W": number,
    "alarm": integer,
    "sensor": _one_of("ok", "frozen", "open", "shorted", "nan"),
    "limit": _one_of("trip", "reset"),
    "mode": _one_of("off", "auto"),
    "unit": _one_of("C", "F"),
    "word_order": _one_of("low", "high"),
    "temperature": lambda request, key: parse_misreading(request[key], "K"),
}
"""What can be said of a value before anything happens."""
_ALONG = {"on": "alarm", "load_heat_W": "load_J_K"}
_F4T_SETTINGS = ("unit", "word_order")
_ALARM_KEYS = 2


def _present_temperature(controller: Controller) -> object:
    drive = controller.chamber.drive
    return {"scale": drive.sensor_scale, "offset_K": drive.sensor_offset_K}


_UNDONE: Mapping[str, Callable[[Controller], object]] = {
    "door_open": lambda it: it.chamber.drive.door_open,
    "heater_alive": lambda it: it.chamber.drive.heater_alive,
    "set_point_degC": lambda it: it.chamber.drive.target_degC,
    "mode": lambda it: "off" if it.chamber.drive.mode == "off" else "auto",
    "sensor": lambda _: "ok",
    "temperature": _present_temperature,
    "limit": lambda _: "reset",
    "unit": lambda it: it.unit if isinstance(it, F4t) else None,
    "word_order": lambda it: ("low" if it.low_word_first else "high") if isinstance(it, F4t) else None,
}


def undoing(controller: Controller, request: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what brings back the present; None where something in it cannot be brought back."""
    if "alarm" in request:
        return {"alarm": request["alarm"], "on": not request.get("on", True)} if len(request) <= _ALARM_KEYS else None
    if any(key not in _UNDONE for key in request):
        return None
    return {key: _UNDONE[key](controller) for key in request}


def check_befalling(controller: Controller, request: Mapping[str, Any]) -> None:
    """Raise LabRefusal for settings that there are not."""
    known = (*_SETTINGS, *(_F4T_SETTINGS if isinstance(controller, F4t) else ()))
    for key in request:
        if key not in known and _ALONG.get(key) not in request:
            raise LabRefusal(f"no such setting: {key!r:.80}; there are {', '.join(known)}")
        if key in _CHECKS:
            _CHECKS[key](request, key)


def befall(controller: Controller, request: Mapping[str, Any]) -> None:
    """Let all of this befall the chamber, now. Raises LabRefusal."""
    check_befalling(controller, request)
    try:
        for key in request:
            if key in _SETTINGS:
                _SETTINGS[key](controller, request)
            elif isinstance(controller, F4t) and key in _F4T_SETTINGS:
                _panel(controller, key, text(request, key))
    except ChamberRefusal as refusal:
        raise LabRefusal(str(refusal)) from refusal


def _panel(f4t: F4t, key: str, value: str) -> None:
    if key == "unit":
        f4t.unit = "C" if value == "C" else "F"
    else:
        f4t.low_word_first = value == "low"
