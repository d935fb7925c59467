"""Cells."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator

from orchestrator.web.models.fields import Actor, CellId, Finite, Name, Positive, PrintableText, Source

__all__ = ["METADATA_MAX", "CellAnswer", "CellChange", "CellImport", "CellProperties", "NewCell"]


METADATA_MAX = 100
"""Entries that a cell can have beside its properties."""


class CellProperties(BaseModel):
    """What turns A/g, C and percent into amperes and ampere hours, and what the sample is."""

    model_config = ConfigDict(extra="forbid")

    active_mass_g: Positive | None = Field(default=None, description="Mass of active material.", examples=[0.00275])
    area_cm2: Positive | None = Field(default=None, description="Electrode area.", examples=[1.131])
    nominal_capacity_Ah: Positive | None = Field(
        default=None, description="1C passes this in one hour.", examples=[0.00335]
    )
    window_min_V: Finite | None = Field(default=None, description="Lower end of the voltage window.", examples=[0.01])
    window_max_V: Finite | None = Field(default=None, description="Upper end of the voltage window.", examples=[1.5])
    material: PrintableText | None = Field(default=None, examples=["SiO@C"])
    metadata: dict[Name, PrintableText] = Field(
        default_factory=dict, max_length=METADATA_MAX, examples=[{"batch": "2026-04"}]
    )

    @model_validator(mode="after")
    def _window_is_a_window(self) -> CellProperties:
        low, high = self.window_min_V, self.window_max_V
        if low is not None and high is not None and low >= high:
            raise ValueError("window_min_V must be below window_max_V")
        return self


class NewCell(CellProperties):
    """A cell to add."""

    id: CellId = Field(description="What stands on its barcode.", examples=["L1"])
    actor: Actor = ""


class CellChange(CellProperties):
    """New values; what is left out stays as it is. Plans that are launched already keep the old ones."""

    metadata: dict[Name, PrintableText] = Field(
        default_factory=dict, max_length=METADATA_MAX, description="Replaces all of it."
    )
    set_metadata: dict[Name, PrintableText | None] = Field(
        default_factory=dict,
        max_length=METADATA_MAX,
        description="Adds or changes these entries of the metadata, and takes away those that are null.",
        examples=[{"alkali_solubility_pct": "4.8"}],
    )
    actor: Actor = ""


class CellImport(BaseModel):
    """A table of values measured elsewhere, one row a cell."""

    model_config = ConfigDict(extra="forbid")

    table: Source = Field(
        description="CSV: a column `cell` and one for each value, with its unit in the name.",
        examples=["cell,alkali_solubility_pct\nL1,4.8\n"],
    )
    name: Name = Field(default="table", description="What the table is called in messages.", examples=["exsitu.csv"])
    actor: Actor = ""


class CellAnswer(CellProperties):
    """A cell as the database has it."""

    model_config = ConfigDict(extra="ignore")

    id: str = Field(examples=["L1"])
