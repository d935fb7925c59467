"""Analyses: what is asked for, and what came of it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from orchestrator.web.models.fields import ID_MAX, Actor, Name

__all__ = ["AnalysisAnswer", "AnalysisLine", "AnalysisOrder", "JointAnalysisOrder"]

_Scalar = float | int | str | bool
_Run = Annotated[int, Field(ge=1, le=ID_MAX)]


class AnalysisLine(BaseModel):
    """One version of an analysis: of which runs, with which options, by which code, from which data."""

    id: int
    run_id: int = Field(description="The first of its runs.")
    run_ids: list[int] = Field(default_factory=list, description="All of its runs, in the order asked for.")
    name: str = Field(examples=["cycles"])
    options: dict[str, object]
    state: str = Field(description="queued, running, done or failed.")
    code_version: str | None = Field(examples=["cellbench 0.1.0"])
    input_sha256: str | None = Field(default=None, description="Of the data that it used.")
    error: str | None
    created_unix_s: float
    finished_unix_s: float | None


class AnalysisAnswer(AnalysisLine):
    """The same with its result."""

    result: dict[str, object] | None


class AnalysisOrder(BaseModel):
    """An analysis to run again."""

    model_config = ConfigDict(extra="forbid")

    name: Name = Field(examples=["retention"])
    options: dict[Name, _Scalar | list[_Scalar] | dict[Name, _Scalar]] = Field(
        default_factory=dict, max_length=50, examples=[{"reference_cycle": 1}]
    )
    actor: Actor = ""


class JointAnalysisOrder(AnalysisOrder):
    """An analysis of several runs together, such as a correlation."""

    runs: list[_Run] = Field(min_length=1, max_length=1000, description="In this order, each once.", examples=[[3, 4]])
