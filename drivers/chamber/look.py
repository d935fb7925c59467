"""One look at a chamber: its values, in its own unit, as a ChamberStatus. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping

from drivers.chamber.behaviour import Behaviour
from drivers.chamber.field import Role, Value
from drivers.chamber.unit import Unit
from drivers.chamber.word_order import is_misread
from drivers.contracts import ChamberStatus

__all__ = ["alarms", "status", "temperature_degC"]

_LOWEST_degC, _HIGHEST_degC = -200.0, 500.0
"""A chamber's air is never outside; a sensor that says so has failed."""


def status(behaviour: Behaviour, values: Mapping[Role, Value], unit: Unit) -> ChamberStatus:
    """What the values say."""
    process_degC = temperature_degC(values, Role.PROCESS, unit)
    if Role.SENSOR in values and values[Role.SENSOR] not in behaviour.sensor_good:
        process_degC = None
    ramping_degC = temperature_degC(values, Role.RAMPING_SET_POINT, unit)
    output = values.get(Role.OUTPUT)
    return ChamberStatus(
        state=behaviour.state(values),
        native_state=", ".join(f"{role} {values[role]}" for role in behaviour.telling if role in values),
        process_degC=process_degC,
        set_point_degC=temperature_degC(values, Role.SET_POINT, unit),
        ramping_set_point_degC=ramping_degC,
        output_percent=output if isinstance(output, float) and math.isfinite(output) else None,
        alarms=alarms(behaviour, values, process_degC),
    )


def temperature_degC(values: Mapping[Role, Value], role: Role, unit: Unit) -> float | None:
    """A temperature that the chamber tells; None where it tells none, or nonsense."""
    value = values.get(role)
    if not isinstance(value, float) or not math.isfinite(value) or is_misread(value):
        return None
    found = unit.to_degC(value)
    return found if _LOWEST_degC <= found <= _HIGHEST_degC else None


def alarms(behaviour: Behaviour, values: Mapping[Role, Value], process_degC: float | None) -> tuple[str, ...]:
    """Everything that is not silent, one line each; a failed sensor is one."""
    told = [
        f"{role}: {values[role]}"
        for role, silent in behaviour.silent.items()
        if role in values and values[role] not in silent
    ]
    if process_degC is None:
        told.append(f"no process value: sensor {values.get(Role.SENSOR, 'tells nonsense')}")
    return tuple(told)
