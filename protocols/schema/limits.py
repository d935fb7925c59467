"""``limits``: protection. Passing any of these ends the test in the safe state."""

from __future__ import annotations

from pydantic import Field

from protocols.schema.fields import Capacity, Current, TemperatureRange, VoltageRange
from protocols.schema.section import Section

__all__ = ["LimitsSection", "StepLimitsSection"]


class LimitsSection(Section):
    """Of the whole protocol; they go to the instrument and are watched by the service."""

    voltage: VoltageRange = Field(description="lowest and highest voltage", examples=["[-0.05 V, 2.0 V]"])
    current: Current = Field(description="largest current, either direction", examples=["6 mA"])
    capacity: Capacity | None = Field(None, description="largest charge passed in one step")
    temperature: TemperatureRange | None = Field(None, description="lowest and highest temperature")


class StepLimitsSection(Section):
    """Of one step: narrower than the protocol's. What is not mentioned stays."""

    voltage: VoltageRange | None = Field(None, description="lowest and highest voltage")
    current: Current | None = Field(None, description="largest current, either direction")
    capacity: Capacity | None = Field(None, description="largest charge passed in this step")
    temperature: TemperatureRange | None = Field(None, description="lowest and highest temperature")
