"""``until``: what ends a step, whichever comes first."""

from __future__ import annotations

from pydantic import Field

from protocols.schema.fields import Capacity, Current, Duration, Voltage
from protocols.schema.section import Section

__all__ = ["UntilSection"]


class UntilSection(Section):
    """At least one; the step ends with the first that is reached."""

    voltage: Voltage | None = Field(None, description="the cell reaches this voltage", examples=["0.01 V"])
    duration: Duration | None = Field(None, description="the step has taken this long")
    capacity: Capacity | None = Field(None, description="this much charge has passed in the step; % of nominal")
    current: Current | None = Field(None, description="the current has fallen to this, at a held voltage")
