"""What is drawn beside the records of a run."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from orchestrator.web.models.fields import Actor, Line
from orchestrator.web.sentences.reader import Sentence

__all__ = ["GapAnswer", "MarkAnswer", "MarksAnswer", "NewNote", "VoltammogramAnswer"]


class MarkAnswer(BaseModel):
    """An event or an alarm, and where it lies on the run's test time."""

    source: Literal["event", "alarm"]
    id: int
    test_time_s: float = Field(description="Of the first record at or behind it; 0 before all of them.")
    unix_time_s: float
    kind: str = Field(description="Of an event its kind, of an alarm its severity.", examples=["order", "warning"])
    actor: str | None = Field(description="None for an alarm.", examples=["anna"])
    message: Sentence


class GapAnswer(BaseModel):
    """Records that are known to be missing."""

    cycle: int
    start_test_time_s: float
    end_test_time_s: float
    records: int | None = Field(description="How many; None where nobody knows.")


class MarksAnswer(BaseModel):
    """What is marked on a run's plot."""

    run_id: int
    marks: list[MarkAnswer] = Field(description="In order; of events and of alarms the newest 200 each.")
    gaps: list[GapAnswer]


class VoltammogramAnswer(BaseModel):
    """One cycle of voltage sweeps as a curve, in the order of time."""

    cycle: int
    label: str | None
    scan_rate_V_per_s: float = Field(description="As measured, mean over its sweeps.", examples=[0.0005])
    voltage_V: list[float]
    current_A: list[float]


class NewNote(BaseModel):
    """Something that a person has to say about a run."""

    model_config = ConfigDict(extra="forbid")

    text: Line = Field(examples=["contact of the cell holder tightened"])
    actor: Actor = ""
