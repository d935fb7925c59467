"""A cell as it was weighed and measured, with units as people write them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from orchestrator.web.models.cell import CellProperties
from orchestrator.web.sentences.reader import Sentence

__all__ = ["WrittenCellAnswer", "WrittenCellRequest"]

_Written = Annotated[str, StringConstraints(max_length=200)]


class WrittenCellRequest(BaseModel):
    """Quantities with their units; empty where nothing was entered."""

    model_config = ConfigDict(extra="forbid")

    active_mass: _Written = Field(default="", examples=["2.75 mg"])
    electrode_mass: _Written = Field(default="", description="With its foil.", examples=["15.32 mg"])
    foil_mass: _Written = Field(default="", examples=["11.88 mg"])
    active_fraction: _Written = Field(
        default="", description="Active part of the coating; left out: all of it.", examples=["80 %"]
    )
    area: _Written = Field(default="", examples=["1.131 cm2"])
    diameter: _Written = Field(default="", description="Of a disc.", examples=["12 mm"])
    capacity: _Written = Field(default="", description="Nominal: 1C passes it in one hour.", examples=["3.35 mAh"])
    specific_capacity: _Written = Field(default="", examples=["1217 mAh/g"])
    window_low: _Written = Field(default="", examples=["0.01 V"])
    window_high: _Written = Field(default="", examples=["1.5 V"])


class WrittenCellAnswer(BaseModel):
    """What comes of it; nothing was stored."""

    properties: CellProperties = Field(description="As `POST /cells` takes them; `metadata` is what was measured.")
    steps: list[Sentence] = Field(description="The computation.", examples=[["area = π/4 × (12 mm)² = 1.131 cm²"]])
    problems: dict[str, Sentence] = Field(
        description="By field.", examples=[{"area": '"1.1" has no unit; write an area such as 1.131 cm2'}]
    )
