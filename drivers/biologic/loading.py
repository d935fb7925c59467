"""What every technique of a step is built with: its limits, its record conditions, the channel's ranges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from drivers.biologic.channel_facts import ChannelFacts
from drivers.biologic.current_ranges import least_current_range, least_potential_range
from drivers.biologic.technique_list import Parameter, ServiceLimits
from protocols.program import Limits, Loop, Program, Record, Step

__all__ = ["Loading", "loading"]

_BANDWIDTH, _FAST_BANDWIDTH = 5, 8
# unconfirmed on hardware: 5 is medium, as for cells; 8 (VMP-300 series only) lets 1 MHz pass


@dataclass(frozen=True, slots=True)
class Loading:
    """Of one step."""

    limits: Limits
    record: Record
    facts: ChannelFacts

    @property
    def service_limits(self) -> ServiceLimits:
        """Protection in numbers."""
        return ServiceLimits(self.limits.voltage_min_V, self.limits.voltage_max_V, self.limits.current_max_A)

    def current_range(self, current_A: float) -> int:
        """Code of the smallest range that carries a current."""
        return least_current_range(self.facts.ranges, current_A)

    def potential_range(self) -> Parameter:
        """The smallest that shows everything inside the limits."""
        return Parameter("E_Range", least_potential_range([self.limits.voltage_min_V, self.limits.voltage_max_V]))

    def hardware(
        self, current_range: int, time_base_s: float, bandwidth: Literal["medium", "fast"] = "medium"
    ) -> list[Parameter]:
        """Return parameters of the hardware; none can be changed later."""
        width = _FAST_BANDWIDTH if bandwidth == "fast" else _BANDWIDTH
        return [
            Parameter("I_Range", current_range),
            self.potential_range(),
            Parameter("Bandwidth", width),
            Parameter("tb", time_base_s),
        ]


def loading(step: Step, program: Program, facts: ChannelFacts) -> Loading:
    """Return what a step is built with: its own limits and record conditions, else the program's."""
    if isinstance(step, Loop):
        return Loading(program.limits, program.record, facts)
    return Loading(step.limits or program.limits, step.record or program.record, facts)
