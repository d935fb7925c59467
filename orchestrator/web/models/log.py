"""Events and alarms."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from orchestrator.web.models.fields import Actor, Line
from orchestrator.web.sentences.reader import Sentence

__all__ = ["Acknowledgement", "AlarmAnswer", "EventAnswer"]


class EventAnswer(BaseModel):
    """Who did what when."""

    id: int
    unix_time_s: float
    actor: str = Field(examples=["anna", "engine"])
    kind: str
    run_id: int | None
    instrument: str | None
    channel: str | None
    message: Sentence
    data: dict[str, object]


class AlarmAnswer(BaseModel):
    """Something that a person must know."""

    id: int
    raised_unix_s: float
    severity: str = Field(examples=["warning", "critical"])
    source: str = Field(examples=["run 17", "bts-1", "disk"])
    message: Sentence
    cleared_unix_s: float | None
    acknowledged_by: str | None
    acknowledged_unix_s: float | None
    acknowledged_reason: str | None


class Acknowledgement(BaseModel):
    """Who has seen an alarm, and what comes of it."""

    model_config = ConfigDict(extra="forbid")

    actor: Actor = ""
    reason: Line = Field(examples=["cable replaced, channel checked"])
