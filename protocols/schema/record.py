"""``record``: when the instrument writes down what it measures."""

from __future__ import annotations

from pydantic import Field

from protocols.schema.fields import Current, Duration, Voltage
from protocols.schema.section import Section

__all__ = ["RecordSection"]


class RecordSection(Section):
    """Each condition that is set writes a record, independently of the others."""

    every: Duration = Field(description="a record at least this often", examples=["10 s"])
    voltage_change: Voltage | None = Field(None, description="and at every change of the voltage by this much")
    current_change: Current | None = Field(None, description="and at every change of the current by this much")
