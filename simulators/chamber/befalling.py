"""What may befall a chamber, from the control port: the door, a hand at its panel, a part that breaks."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from simulators.chamber.chamber import ChamberRefusal, VirtualChamber
from simulators.chamber.f4t import F4t
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
            chamber.change(measured_degC=None)
        case "frozen":
            chamber.freeze_sensor()
        case "open" | "shorted" | "nan":
            chamber.change(measured_degC=math.nan)
        case other:
            raise LabRefusal(f"sensor must be ok, frozen, open, shorted or nan, not {other:.80}")


def _limit(controller: Controller, request: Mapping[str, Any]) -> None:
    chamber = controller.chamber
    match text(request, "limit"):
        case "trip":
            chamber.trip()
        case "reset":
            chamber.reset()
        case other:
            raise LabRefusal(f"limit must be trip or reset, not {other:.80}")


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
    mode = text(request, "mode")
    if mode not in ("off", "auto"):
        raise LabRefusal(f"mode must be off or auto, not {mode:.80}")
    controller.switch(on=mode == "auto")


_SETTINGS: Mapping[str, Setting] = {
    "door_open": lambda controller, request: controller.chamber.change(door_open=flag(request, "door_open")),
    "heater_alive": lambda controller, request: controller.chamber.change(heater_alive=flag(request, "heater_alive")),
    "set_point_degC": lambda controller, request: controller.chamber.set_target(number(request, "set_point_degC")),
    "sensor": _sensor,
    "limit": _limit,
    "alarm": _alarm,
    "load_J_K": _load,
    "profile": _profile,
    "mode": _mode,
}
_ALONG = {"on": "alarm", "load_heat_W": "load_J_K"}
_F4T_SETTINGS = ("unit", "word_order")
_ALARM_KEYS = 2


_UNDONE: Mapping[str, Callable[[Controller], object]] = {
    "door_open": lambda it: it.chamber.drive.door_open,
    "heater_alive": lambda it: it.chamber.drive.heater_alive,
    "set_point_degC": lambda it: it.chamber.drive.target_degC,
    "mode": lambda it: "off" if it.chamber.drive.mode == "off" else "auto",
    "sensor": lambda _: "ok",
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
    match key, value:
        case "unit", "C" | "F":
            f4t.unit = "C" if value == "C" else "F"
        case "word_order", "low" | "high":
            f4t.low_word_first = value == "low"
        case _:
            raise LabRefusal(f"{key} must be {'C or F' if key == 'unit' else 'low or high'}, not {value:.80}")
