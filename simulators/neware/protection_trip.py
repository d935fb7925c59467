"""When a step trips a protection."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulators.cell import Response
from simulators.neware.channel_hardware import ChannelHardware
from simulators.neware.course import Course
from simulators.neware.step_program import Protection

__all__ = ["hardware_protection", "tripped_s"]

_DELAY_SAMPLES = 9


def hardware_protection(hardware: ChannelHardware) -> Protection:
    """Return the range's own ends, a hair inside so that a voltage at the rail is noticed."""
    return Protection(voltage_max_V=hardware.voltage_max_V - 1e-3, voltage_min_V=hardware.voltage_min_V + 1e-3)


def tripped_s(protection: Protection, course: Course, response: Response, passed_Ah: float) -> float | None:
    """Seconds until any limit has been passed for the whole delay, None when none is up to the response's end."""
    voltage_V, current_A = response.voltage_V, response.current_A
    lowest_V, highest_V = float(voltage_V.min()), float(voltage_V.max())
    lowest_A, highest_A = float(current_A.min()), float(current_A.max())
    found = [
        _Limit(limit, above=above, of_voltage=of_voltage).tripped_s(course, response, protection.delay_s)
        for limit, above, of_voltage, extreme in (
            (protection.voltage_max_V, True, True, highest_V),
            (protection.voltage_min_V, False, True, lowest_V),
            (protection.current_max_A, True, False, highest_A),
            (protection.current_min_A, False, False, lowest_A),
        )
        if limit is not None and (extreme > limit if above else extreme < limit)
    ]
    if protection.capacity_max_Ah is not None:
        # unconfirmed on hardware: taken as the capacity of one step, as the counter that the channel shows
        found.append(_full_s(protection.capacity_max_Ah - passed_Ah, protection.delay_s, course, response))
    return min((f for f in found if f is not None), default=None)


def _full_s(capacity_Ah: float, delay_s: float, course: Course, response: Response) -> float | None:
    horizon_s = float(response.elapsed_s[-1])
    full_s = course.time_to_charge_s(max(0.0, capacity_Ah), horizon_s)
    return None if full_s is None or full_s + delay_s >= horizon_s else full_s + delay_s


@dataclass(frozen=True, slots=True)
class _Limit:
    value: float
    above: bool
    of_voltage: bool

    def tripped_s(self, course: Course, response: Response, delay_s: float) -> float | None:
        """When a quantity has been beyond this for the whole delay, once the response is known to pass it."""
        horizon_s = float(response.elapsed_s[-1])
        index = int(self._beyond(response).argmax())
        began_s = float(response.elapsed_s[index])
        if index and self.of_voltage and course.held is None:
            exact = course.item.time_to_voltage(course.state, course.current_A, self.value, horizon_s, self.above)
            began_s = began_s if exact is None else exact
        if delay_s == 0:
            return began_s
        if began_s + delay_s > horizon_s:
            return None
        later = course.response(np.linspace(began_s, began_s + delay_s, _DELAY_SAMPLES)[1:])
        return began_s + delay_s if bool(self._beyond(later).all()) else None

    def _beyond(self, response: Response) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        values = response.voltage_V if self.of_voltage else response.current_A
        return values > self.value if self.above else values < self.value
