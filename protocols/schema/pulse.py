"""``pulse`` and ``gitt``: current for a time, then rest; once, or until a voltage is reached."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from protocols.errors import Place, Refusal
from protocols.program import Direction
from protocols.quantity import Quantity
from protocols.schema.fields import Count, Current, Duration, Voltage
from protocols.schema.limits import StepLimitsSection
from protocols.schema.record import RecordSection
from protocols.schema.rest import RestSection
from protocols.schema.section import Section
from protocols.schema.written import Written

__all__ = ["GittSection", "PulseSection"]


class _Directed(Section):
    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["charge"]}, {"required": ["discharge"]}]})

    charge: Current | None = Field(None, description="current of a pulse that charges")
    discharge: Current | None = Field(None, description="current of a pulse that discharges")

    @property
    def current(self) -> tuple[Direction, Written[Quantity]]:
        """Which way, and the current. Raises Refusal where not exactly one is written."""
        if self.charge is not None and self.discharge is not None:
            remedy = "write one of them, and the other as a step of its own"
            raise Refusal(self.discharge.node.place, "stands beside charge", remedy)
        if self.charge is not None:
            return "charge", self.charge
        if self.discharge is not None:
            return "discharge", self.discharge
        raise Refusal(Place(self.place.line, self.place.key), "says neither charge nor discharge", "add discharge: 1C")


class PulseSection(_Directed):
    """``{discharge: 2C, for: 10 s, rest: 40 s}``."""

    for_: Duration = Field(alias="for", description="how long the current flows", examples=["10 s"])
    rest: RestSection | None = Field(None, description="open circuit afterwards")
    record: RecordSection | None = None
    limits: StepLimitsSection | None = None


class GittUntilSection(Section):
    """What ends the titration, whichever comes first."""

    voltage: Voltage = Field(description="a pulse reaches this voltage", examples=["0.01 V"])
    pulses: Count | None = Field(None, description="so many pulses; else what twice the nominal capacity takes")


class GittSection(_Directed):
    """``{discharge: 0.1C, pulse: 10 min, rest: 1 h, until: {voltage: 0.01 V}}``."""

    pulse: Duration = Field(description="how long the current flows each time", examples=["10 min"])
    rest: RestSection = Field(description="open circuit after each pulse", examples=["1 h"])
    until: GittUntilSection = Field(description="what ends the titration", examples=["{voltage: 0.01 V}"])
    record: RecordSection | None = None
    limits: StepLimitsSection | None = None
