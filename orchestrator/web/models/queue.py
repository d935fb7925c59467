"""The queue: what waits on every channel, why, and in which order; and what people are asked to do."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from orchestrator.web.models.fields import CellId
from orchestrator.web.models.run import Desired, Order
from orchestrator.web.sentences.reader import Sentence

__all__ = [
    "ChannelQueue",
    "Confirmation",
    "MoveAnswer",
    "MoveOrder",
    "PromptAnswer",
    "QueueAnswer",
    "QueuedJob",
    "QueuedRun",
]


class MoveOrder(Order):
    """Another place in the queue of its channel."""

    move: Literal["earlier", "later", "first", "last"] = Field(
        description="Past its neighbour, or to an end of what has not begun; a batch moves as a whole."
    )


class MoveAnswer(BaseModel):
    """What was moved, and how the channel's queue is now."""

    run_id: int
    message: Sentence = Field(examples=["run 9 now comes before run 8"])
    order: list[int] = Field(description="Runs of the channel that are not over, in order.", examples=[[7, 9, 8]])


class Confirmation(Order):
    """A person has done what a run asked for."""

    barcode: CellId | None = Field(
        default=None, description="As scanned: of the run's cell; another one confirms nothing.", examples=["L1"]
    )


class QueuedRun(BaseModel):
    """One run that is not over."""

    run_id: int = Field(examples=[17])
    protocol: str = Field(examples=["rate-ladder"])
    cell: str = Field(examples=["L1"])
    state: str = Field(examples=["queued"])
    desired: Desired
    begun: bool = Field(description="Whether it, or another of its batch, has had its channel or chamber already.")
    may_move: bool
    why: Sentence | None = Field(
        default=None, description="What it waits for.", examples=["run 16 has the channel first"]
    )
    batch_id: int | None = None
    campaign_id: int | None = None
    fraction: float
    start_unix_s: float = Field(description="When it began, or is expected to.")
    end_unix_s: float


class QueuedJob(BaseModel):
    """A step of a campaign with one cell that waits and is no run yet."""

    campaign_id: int
    campaign: str
    step: str
    cell: str
    bench: str | None
    why: Sentence | None = Field(default=None, examples=["begins 2026-12-01 08:00 (Asia/Shanghai)"])
    start_unix_s: float | None
    end_unix_s: float | None


class ChannelQueue(BaseModel):
    """One channel on which something runs or waits."""

    place: str = Field(description="Bench, else ``instrument/channel``.", examples=["A1"])
    instrument: str | None
    channel: str | None
    chamber: str | None
    trip: Sentence | None = Field(
        default=None, description="A trip that has not been acknowledged: nothing begins there."
    )
    runs: list[QueuedRun]
    jobs: list[QueuedJob]


class PromptAnswer(BaseModel):
    """What a person is to do, and then to confirm by scanning the cell."""

    run_id: int | None = Field(description="Of a run; else of a campaign.")
    campaign_id: int | None
    campaign: str | None
    step: str
    cell: str
    bench: str | None = Field(description="Where the cell is, or is to be moved.")
    text: str = Field(examples=["Move cell L3 to VSP-300 bench P1, close the chamber, scan its barcode"])
    since_unix_s: float | None


class QueueAnswer(BaseModel):
    """Everything that waits."""

    now_unix_s: float
    prompts: list[PromptAnswer]
    channels: list[ChannelQueue]
    jobs: list[QueuedJob] = Field(description="Jobs of campaigns that have no bench yet.")
