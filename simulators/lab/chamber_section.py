"""Sections of the virtual lab's file for temperature chambers."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from simulators.chamber.build import ChamberBuild
from simulators.chamber.plant import Plant
from simulators.lab.section import EndpointText, Section

__all__ = ["ChamberBody", "ThermotronSection", "WatlowF4tSection"]

Temperature = Annotated[float, Field(ge=-200, le=500)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]


class ChamberBody(Section):
    """The chamber itself, whatever controls it."""

    ambient_degC: Temperature = 25.0
    start_degC: Temperature = 25.0
    air_J_K: Positive = 8_000.0
    load_J_K: Positive = 30_000.0
    heater_W: Positive = 1_500.0
    cooler_W: NotNegative = 1_500.0
    coldest_degC: Annotated[float, Field(ge=-200, lt=25)] = -50.0
    low_degC: Temperature = -40.0
    high_degC: Temperature = 100.0
    trip_low_degC: Temperature = -55.0
    trip_high_degC: Temperature = 110.0
    noise_K: NotNegative = 0.01
    seed: Annotated[int, Field(ge=0, le=999_999)] = 0

    @model_validator(mode="after")
    def _limits_in_order(self) -> Self:
        if not self.trip_low_degC < self.low_degC < self.high_degC < self.trip_high_degC:
            raise ValueError("trip_low_degC, low_degC, high_degC and trip_high_degC must rise in this order")
        return self

    def build(self) -> ChamberBuild:
        """Return the chamber's own description."""
        plant = Plant(
            ambient_degC=self.ambient_degC,
            air_J_K=self.air_J_K,
            load_J_K=self.load_J_K,
            heater_W=self.heater_W,
            cooler_W=self.cooler_W,
            coldest_degC=self.coldest_degC,
        )
        return ChamberBuild(
            plant=plant,
            air_degC=self.start_degC,
            low_degC=self.low_degC,
            high_degC=self.high_degC,
            trip_low_degC=self.trip_low_degC,
            trip_high_degC=self.trip_high_degC,
            noise_K=self.noise_K,
            seed=self.seed,
        )


class WatlowF4tSection(Section):
    """A chamber with a Watlow F4T: Modbus TCP and SCPI on one thermal model."""

    kind: Literal["watlow_f4t"]
    listen: EndpointText
    scpi: EndpointText | None = None
    unit_id: Annotated[int, Field(ge=1, le=247)] = 1
    word_order: Literal["low", "high"] = Field(default="low", description="which word of a float comes first")
    unit: Literal["C", "F"] = Field(default="C", description="of the communications, not of the panel")
    power_event: Annotated[int, Field(ge=0, le=8, description="event that switches the chamber; 0: none")] = 1
    chamber: ChamberBody = ChamberBody()


class ThermotronSection(Section):
    """A chamber with a Thermotron 8200 and its line protocol."""

    kind: Literal["thermotron_8200"]
    listen: EndpointText
    chamber: ChamberBody = ChamberBody()
