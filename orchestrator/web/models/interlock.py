"""Interlock rules and their trips."""

from __future__ import annotations

from pydantic import BaseModel, Field

from orchestrator.web.sentences.reader import Sentence

__all__ = ["InterlockAnswer", "TripAnswer"]


class InterlockAnswer(BaseModel):
    """One rule, and what it has come to."""

    rule: str = Field(examples=["chamber oven-1: temperature above 70 degC for 10 s → stop, critical"])
    subject: str = Field(examples=["chamber oven-1"])
    condition: str = Field(examples=["temperature above 70 degC"])
    for_s: float
    do: str = Field(examples=["stop all cells in oven-1"])
    alarm: str = Field(examples=["critical"])
    origin: str = Field(description="`built in`, or its line of the lab file.")
    open_trips: list[int] = Field(description="Trips whose cause is not over, or that wait for an acknowledgement.")


class TripAnswer(BaseModel):
    """A rule that has tripped, about one subject."""

    id: int
    rule: str
    origin: str
    subject: str = Field(examples=["cell A1"])
    message: Sentence = Field(description="What was seen.")
    severity: str = Field(examples=["critical"])
    action: str = Field(examples=["stop"])
    latches: bool
    latched: bool = Field(description="Nothing starts where it holds before somebody has acknowledged it.")
    instrument: str | None
    channel: str | None
    chamber: str | None
    cell_id: str | None
    run_id: int | None
    raised_unix_s: float
    over_unix_s: float | None
    acknowledged_by: str | None
    acknowledged_unix_s: float | None
    acknowledged_reason: str | None
