"""``impedance``: one spectrum, around a voltage or around a current."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import ConfigDict, Field, PlainValidator, WithJsonSchema

from protocols.errors import Refusal, quoted
from protocols.schema.amplitude import CurrentAmplitude, VoltageAmplitude
from protocols.schema.bias_current import Bias
from protocols.schema.fields import Count, Duration, Frequency, Periods
from protocols.schema.limits import StepLimitsSection
from protocols.schema.record import RecordSection
from protocols.schema.section import Section
from protocols.schema.voltage_level import Level
from protocols.schema.written import read_scalar

__all__ = ["ImpedanceSection"]


def _switch(node: Any) -> bool:
    scalar = read_scalar(node, "true or false")
    if scalar.text in {"true", "false"}:
        return scalar.text == "true"
    raise Refusal(scalar.place, f"{quoted(scalar.text)} is neither true nor false", "write true or false")


class ImpedanceSection(Section):
    """``{potentiostatic: 10 mV peak, from: 100 kHz, to: 0.1 Hz, per_decade: 10}``."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["potentiostatic"]}, {"required": ["galvanostatic"]}]}
    )

    from_: Frequency = Field(alias="from", description="first frequency", examples=["100 kHz"])
    to: Frequency = Field(description="last frequency", examples=["0.1 Hz"])
    per_decade: Count = Field(description="points per decade of frequency", examples=["10"])
    potentiostatic: VoltageAmplitude | None = Field(None, description="amplitude of the voltage, peak or rms stated")
    at: Level | None = Field(None, description="the voltage that it swings around; else open circuit")
    galvanostatic: CurrentAmplitude | None = Field(None, description="amplitude of the current, peak or rms stated")
    around: Bias | None = Field(None, description="the current that it swings around; else 0 mA")
    average: Count | None = Field(None, description="measurements averaged at each frequency (default 1)")
    wait: Periods | None = Field(None, description="waited before each frequency (default 0.1 periods)")
    settle: Duration | None = Field(None, description="held at the bias before the first frequency (default: not)")
    drift_correction: Annotated[bool, PlainValidator(_switch), WithJsonSchema({"type": "boolean"})] = Field(
        default=False, description="the instrument corrects for a drifting cell"
    )
    record: RecordSection | None = None
    limits: StepLimitsSection | None = None
