"""Runs: launching, following and steering them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from orchestrator.web.models.fields import Actor, CellId, Name, PrintableText
from orchestrator.web.models.protocol import ProtocolChoice
from orchestrator.web.sentences.reader import Row, Sentence

__all__ = [
    "LaunchAnswer",
    "LaunchRequest",
    "LaunchedAnswer",
    "Order",
    "OrderAnswer",
    "Placement",
    "ProgressAnswer",
    "RunAnswer",
    "RunDetail",
    "SegmentAnswer",
]

Desired = Literal["run", "pause", "stop"]


class Placement(BaseModel):
    """Which cell sits where."""

    model_config = ConfigDict(extra="forbid")

    cell: CellId = Field(examples=["L1"])
    bench: Name = Field(description="Bench, or ``instrument/channel``.", examples=["A1", "bts-1/27-21-1-1"])


class LaunchRequest(ProtocolChoice):
    """A protocol to launch on one or several cells: all of them, or none."""

    placements: list[Placement] = Field(min_length=1, max_length=256)
    actor: Actor = ""
    note: PrintableText = Field(default="", description="Free text for the event log.")


class LaunchedAnswer(BaseModel):
    """One run that was launched."""

    run_id: int = Field(examples=[17])
    cell: str = Field(examples=["L1"])
    place: str = Field(examples=["A1 (bts-1/27-21-1-1)"])
    cycles: int = Field(examples=[48])
    duration_s: float
    finish_unix_s: float | None = Field(description="Expected end; None while it waits for another run's end.")
    behind_run_id: int | None = Field(default=None, description="The run that has the channel first.")
    batch_id: int | None = Field(default=None, description="The runs that share its temperature steps.", examples=[3])
    chamber: str | None = Field(default=None, examples=["oven-1"])
    waits: Sentence | None = Field(
        default=None, description="Who has the chamber first.", examples=["waits for run 7, which has oven-1"]
    )
    warnings: list[Sentence] = Field(description="What is allowed but probably not meant.")
    watched_by_service: list[Sentence] = Field(description="Limits that the instrument cannot hold itself.")
    message: Sentence = Field(examples=["run 17  rate-ladder on L1 at A1 (bts-1/27-21-1-1), 48 cycles, about 2 d 7 h"])


class LaunchAnswer(BaseModel):
    """All runs of one launch."""

    now_unix_s: float
    runs: list[LaunchedAnswer]


class ProgressAnswer(BaseModel):
    """Where a run is."""

    cycle: int | None = Field(description="Present cycle of the run, from 1.", examples=[3])
    cycles_done: int = Field(examples=[2])
    cycles_total: int = Field(examples=[48])
    cycles_about: bool = Field(
        default=False,
        description="Whether ``cycles_total`` is what is expected: a loop ends at a voltage or by a stop rule.",
    )
    item: int = Field(description="Present item of the plan, from 0.")
    items: int
    step: str | None = Field(description="What the channel does.", examples=["constant current discharge"])
    label: str | None = Field(examples=["ladder 0.2 A/g"])
    line: int | None = Field(description="Line of the protocol file.", examples=[14])
    voltage_V: float | None
    current_A: float | None
    temperature_degC: float | None
    observed_unix_s: float | None = Field(description="When the channel was last seen with this run.")
    elapsed_s: float | None = Field(description="Since the start, pauses included.")
    time_left_s: float | None = Field(description="Estimated; None when it cannot be told.")
    finish_unix_s: float | None
    fraction: float = Field(description="0 … 1, by the plan's estimate.", examples=[0.06])


class RunAnswer(BaseModel):
    """One run."""

    id: int = Field(examples=[17])
    protocol: str = Field(examples=["rate-ladder"])
    cell: str = Field(examples=["L1"])
    instrument: str = Field(examples=["bts-1"])
    channel: str = Field(examples=["27-21-1-1"])
    bench: str | None = Field(default=None, examples=["A1"])
    state: str = Field(
        description="queued, waiting, starting, running, pausing, paused, stopping, completed, stopped, failed, lost."
    )
    ended: bool
    desired: Desired
    reason: Sentence | None = Field(default=None, description="Why it waits, failed, is lost.")
    chamber: str | None = Field(default=None, description="Around the cell.", examples=["oven-1"])
    batch_id: int | None = Field(default=None, description="The runs that share its temperature steps.", examples=[3])
    prompt: str | None = Field(default=None, description="What a person is to do, and then to confirm.")
    created_unix_s: float
    created_by: str
    started_unix_s: float | None
    finished_unix_s: float | None
    last_seen_unix_s: float | None
    progress: ProgressAnswer


class SegmentAnswer(BaseModel):
    """A program that the instrument executes by itself."""

    id: int
    number: int = Field(description="Index into the plan's items.")
    attempt: int
    tag: str
    test_id: str | None
    records: int
    started_unix_s: float | None
    finished_unix_s: float | None
    outcome: str | None


class RunDetail(RunAnswer):
    """One run with its plan."""

    parameters: dict[str, str]
    description: list[Row] = Field(description="The plan in words, one line each.")
    segments: list[SegmentAnswer]
    spectra: int = Field(description="Impedance spectra so far.", examples=[5])
    plan: dict[str, object]


class Order(BaseModel):
    """Who wants it, and why."""

    model_config = ConfigDict(extra="forbid")

    actor: Actor = ""
    reason: PrintableText = ""


class OrderAnswer(BaseModel):
    """What is wanted now; the node carries it out and ``state`` follows."""

    run_id: int
    state: str
    desired: Desired
    message: Sentence = Field(examples=["run 17: pause requested (running)"])
