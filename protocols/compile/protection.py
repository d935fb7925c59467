"""Limits in absolute values, and whether something stays inside them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from protocols.compile.binding import CellBinding
from protocols.compile.scope import Scope
from protocols.errors import Place, Refusal, quoted
from protocols.program import Limits
from protocols.quantity import Quantity
from protocols.schema.fields import VoltageRange
from protocols.schema.limits import LimitsSection, StepLimitsSection

__all__ = ["TOLERANCE", "Protection", "bind_limits", "bind_range"]

TOLERANCE = 1 + 1e-9
"""Two ways of writing the same current may differ in the last bit."""


@dataclass(frozen=True, slots=True)
class Protection:
    """Limits that hold at one place of the program; the current also as written."""

    limits: Limits
    current: Quantity

    def check_current(self, current: Quantity, binding: CellBinding, place: Place) -> None:
        """Raise Refusal where a set point is above the limit."""
        if binding.current_ratio(current, self.current, place) > TOLERANCE:
            message = f"{quoted(current.text)} is above limits.current ({self.current.text})"
            raise Refusal(place, message, "lower the current, or raise the limit if the cell and channel allow it")

    def check_voltage(self, voltage: Quantity, place: Place) -> None:
        """Raise Refusal where a set point or cut-off is not between the limits."""
        low, high = self.limits.voltage_min_V, self.limits.voltage_max_V
        if not low <= voltage.value <= high:
            message = f"{quoted(voltage.text)} is outside limits.voltage [{low:g} V, {high:g} V]"
            raise Refusal(place, message, "protection would end the test before: choose a voltage between the limits")

    def check_capacity(self, capacity_Ah: float, place: Place) -> None:
        """Raise Refusal where protection would come first."""
        most = self.limits.capacity_max_Ah
        if most is not None and capacity_Ah > most * TOLERANCE:
            message = f"{capacity_Ah * 1000:g} mAh is above limits.capacity ({most * 1000:g} mAh)"
            raise Refusal(place, message, "protection would end the test before: choose less, or raise the limit")

    def narrowed(self, section: StepLimitsSection, scope: Scope, binding: CellBinding) -> Protection:
        """With the limits of one step on top. Raises Refusal where they are wider."""
        own: dict[str, float] = {}
        if section.voltage:
            own["voltage_min_V"], own["voltage_max_V"] = bind_range(section.voltage, scope)
            for written in section.voltage:
                self.check_voltage(scope.value(written), written.node.place)
        current = self.current
        if section.current:
            current, place = scope.value(section.current), section.current.node.place
            self.check_current(current, binding, place)
            own["current_max_A"] = binding.current_A(current, place)
        if section.capacity:
            place = section.capacity.node.place
            own["capacity_max_Ah"] = binding.capacity_Ah(scope.value(section.capacity), place)
            self.check_capacity(own["capacity_max_Ah"], place)
        if section.temperature:
            low, high = bind_range(section.temperature, scope)
            self._check_temperatures(low, high, section.temperature[0].node.place)
            own |= {"temperature_min_degC": low, "temperature_max_degC": high}
        return Protection(replace(self.limits, **own), current)

    def _check_temperatures(self, low: float, high: float, place: Place) -> None:
        coldest, hottest = self.limits.temperature_min_degC, self.limits.temperature_max_degC
        if coldest is not None and hottest is not None and not coldest <= low < high <= hottest:
            message = f"[{low:g} degC, {high:g} degC] is wider than the protocol's [{coldest:g} degC, {hottest:g} degC]"
            raise Refusal(place, message, "a step's limits can only be narrower")


def bind_range(written: VoltageRange, scope: Scope) -> tuple[float, float]:
    """Lowest and highest value. Raises Refusal where they are not in order."""
    low, high = (scope.value(end) for end in written)
    if low.value >= high.value:
        message = f"{quoted(low.text)} is not below {quoted(high.text)}"
        raise Refusal(written[0].node.place, message, f"write [{high.text}, {low.text}]")
    return low.value, high.value


def bind_limits(section: LimitsSection, scope: Scope, binding: CellBinding) -> Protection:
    """Bind the protocol's limits. Raises Refusal."""
    low, high = bind_range(section.voltage, scope)
    current = scope.value(section.current)
    limits = Limits(low, high, binding.current_A(current, section.current.node.place))
    if section.capacity:
        capacity_Ah = binding.capacity_Ah(scope.value(section.capacity), section.capacity.node.place)
        limits = replace(limits, capacity_max_Ah=capacity_Ah)
    if section.temperature:
        coldest, hottest = bind_range(section.temperature, scope)
        limits = replace(limits, temperature_min_degC=coldest, temperature_max_degC=hottest)
    return Protection(limits, current)
