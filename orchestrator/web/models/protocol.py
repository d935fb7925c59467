"""Protocols: the library, checking a text, previewing a plan."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from orchestrator.web.models.cell import CellProperties
from orchestrator.web.models.fields import CellId, Name, PrintableText, Source
from orchestrator.web.sentences.reader import Row, Sentence

__all__ = [
    "CheckAnswer",
    "CheckRequest",
    "Finding",
    "PlanAnswer",
    "PlanEstimate",
    "PlanRequest",
    "ProtocolChoice",
    "ProtocolSummary",
    "ProtocolText",
]


class ProtocolSummary(BaseModel):
    """One protocol of the library."""

    name: str = Field(examples=["rate-ladder"])
    description: str = Field(examples=["Lithiation and delithiation at rising specific current"])


class ProtocolText(ProtocolSummary):
    """A protocol of the library with its text."""

    source: Source


class CheckRequest(BaseModel):
    """A protocol text to read."""

    model_config = ConfigDict(extra="forbid")

    source: Source
    name: Name = Field(default="protocol.yaml", description="Stands for the file in messages.")
    cell: CellId | None = Field(default=None, description="Also what this cell does not allow.", examples=["L1"])


class Finding(BaseModel):
    """One thing that is wrong, or probably not meant, and where."""

    severity: Literal["error", "warning"]
    line: int | None = Field(description="From 1; None: the file as a whole.", examples=[14])
    text: Sentence = Field(examples=['discharge.current: "0,2 A/g" has a decimal comma; write 0.2 A/g'])


class CheckAnswer(BaseModel):
    """What is wrong with it: nothing when ``problems`` is empty."""

    ok: bool
    problems: list[Sentence] = Field(
        examples=[['my.yaml:14  discharge.current: "0,2 A/g" has a decimal comma; write 0.2 A/g']]
    )
    protocol: str | None = Field(default=None, description="What it is called, where it can be read.")
    findings: list[Finding] = Field(
        default_factory=list, description="The problems by line; where there are none, the warnings."
    )


class ProtocolChoice(BaseModel):
    """A protocol of the library by name, or the text of one."""

    model_config = ConfigDict(extra="forbid")

    protocol: Name = Field(
        description="Name in the library or hash of a version; with `source`, what stands for it in messages.",
        examples=["rate-ladder"],
    )
    source: Source | None = Field(default=None, description="Text of the protocol; left out: what `protocol` means.")
    parameters: dict[Name, PrintableText] = Field(
        default_factory=dict, max_length=100, description="Written as in the file.", examples=[{"cycles_per_rate": "3"}]
    )


class PlanRequest(ProtocolChoice):
    """A plan to preview, for a known cell or for one that is only described."""

    cell: CellId | None = Field(default=None, examples=["L1"])
    properties: CellProperties | None = Field(default=None, description="A cell that is not in the database.")
    bench: Name | None = Field(default=None, description="Bench, or ``instrument/channel``.", examples=["A1"])

    @model_validator(mode="after")
    def _one_cell(self) -> PlanRequest:
        if (self.cell is None) == (self.properties is None):
            raise ValueError("name a cell, or give its properties")
        return self


class PlanEstimate(BaseModel):
    """What a plan is expected to take, from nominal capacity; not a promise."""

    duration_s: float
    records: int
    cycles: int
    bytes: int


class PlanAnswer(BaseModel):
    """A plan in words and in JSON."""

    protocol: str
    cell: str
    estimate: PlanEstimate
    finish_unix_s: float = Field(description="If it started now.")
    description: list[Row] = Field(description="Every absolute set point, one line each.")
    warnings: list[Sentence] = Field(description="What is allowed but probably not meant.")
    watched_by_service: list[Sentence] = Field(description="Limits that the instrument cannot hold itself.")
    obstacle: Sentence | None = Field(
        default=None,
        description="Why a known cell's run could not begin on this bench at this moment.",
        examples=["A1 (bts-1/27-21-1-1) has cell L2 in run 17; launch L1 there when that cell has been taken out"],
    )
    plan: dict[str, object] = Field(description="The plan as it would be stored.")
