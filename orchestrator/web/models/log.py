"""Events, alarms and analyses."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from orchestrator.web.models.fields import Actor, Line, Name

__all__ = ["Acknowledgement", "AlarmAnswer", "AnalysisAnswer", "AnalysisOrder", "EventAnswer"]


class EventAnswer(BaseModel):
    """Who did what when."""

    id: int
    unix_time_s: float
    actor: str = Field(examples=["anna", "engine"])
    kind: str
    run_id: int | None
    instrument: str | None
    channel: str | None
    message: str
    data: dict[str, object]


class AlarmAnswer(BaseModel):
    """Something that a person must know."""

    id: int
    raised_unix_s: float
    severity: str = Field(examples=["warning", "critical"])
    source: str = Field(examples=["run 17", "bts-1", "disk"])
    message: str
    cleared_unix_s: float | None
    acknowledged_by: str | None
    acknowledged_unix_s: float | None
    acknowledged_reason: str | None


class Acknowledgement(BaseModel):
    """Who has seen an alarm, and what comes of it."""

    model_config = ConfigDict(extra="forbid")

    actor: Actor
    reason: Line = Field(examples=["cable replaced, channel checked"])


class AnalysisAnswer(BaseModel):
    """An analysis of a run and its result."""

    id: int
    run_id: int
    name: str = Field(examples=["cycles"])
    options: dict[str, object]
    state: str = Field(description="queued, running, done or failed.")
    code_version: str | None
    result: dict[str, object] | None
    error: str | None
    created_unix_s: float
    finished_unix_s: float | None


class AnalysisOrder(BaseModel):
    """An analysis to run again."""

    model_config = ConfigDict(extra="forbid")

    name: Name = Field(examples=["retention"])
    options: dict[Name, float | int | str | bool] = Field(
        default_factory=dict, max_length=50, examples=[{"reference_cycle": 1}]
    )
    actor: Actor
