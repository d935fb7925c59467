"""``hold``: constant voltage as a step of its own."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, PlainValidator, WithJsonSchema

from protocols.errors import Refusal, quoted
from protocols.schema.fields import Current, Voltage
from protocols.schema.limits import StepLimitsSection
from protocols.schema.record import RecordSection
from protocols.schema.section import Section
from protocols.schema.until import UntilSection
from protocols.schema.written import read_scalar

__all__ = ["HoldSection"]

_DIRECTIONS: tuple[Literal["charge", "discharge"], ...] = ("charge", "discharge")


def _direction(node: Any) -> Literal["charge", "discharge"]:
    scalar = read_scalar(node, "charge or discharge")
    for direction in _DIRECTIONS:
        if scalar.text == direction:
            return direction
    raise Refusal(scalar.place, f"{quoted(scalar.text)} is no direction", "write charge or discharge")


_Direction = Annotated[
    Literal["charge", "discharge"],
    PlainValidator(_direction),
    WithJsonSchema({"enum": list(_DIRECTIONS)}),
]


class HoldSection(Section):
    """``{voltage: 1.5 V, until: {current: 0.05C, duration: 2 h}}``."""

    voltage: Voltage = Field(description="the voltage that is held", examples=["1.5 V"])
    until: UntilSection = Field(description="what ends the hold", examples=["{current: 0.05C, duration: 2 h}"])
    max_current: Current | None = Field(None, description="never more than this; else that of the step before")
    direction: _Direction | None = Field(None, description="which way current may flow; else as in the step before")
    record: RecordSection | None = None
    limits: StepLimitsSection | None = None
