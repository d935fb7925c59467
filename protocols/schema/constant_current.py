"""``charge`` and ``discharge``: constant current; with ``hold_at`` then constant voltage, in one step."""

from __future__ import annotations

from pydantic import Field

from protocols.schema.fields import Current, Voltage
from protocols.schema.limits import StepLimitsSection
from protocols.schema.record import RecordSection
from protocols.schema.section import Section
from protocols.schema.until import UntilSection

__all__ = ["ConstantCurrentSection"]


class ConstantCurrentSection(Section):
    """``{current: 1C, until: {voltage: 4.2 V}}`` or ``{current: 1C, hold_at: 4.2 V, until: {current: 0.05C}}``."""

    current: Current = Field(description="A, mA, A/g, mA/cm2 or C; always positive", examples=["0.2 A/g"])
    until: UntilSection = Field(description="ends the step as a whole", examples=["{voltage: 1.5 V}"])
    hold_at: Voltage | None = Field(None, description="reach this voltage, then hold it, all in one step")
    record: RecordSection | None = None
    limits: StepLimitsSection | None = None
