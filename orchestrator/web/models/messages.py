"""Messages about alarms, and how their receivers are."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from orchestrator.web.models.fields import Actor
from orchestrator.web.sentences.reader import Sentence

__all__ = ["MessageAnswer", "ReceiverAnswer", "TrialOrder"]


class MessageAnswer(BaseModel):
    """What one receiver is told of one alarm. Waiting while it is neither taken nor dropped."""

    receiver: str = Field(examples=["email bench@lab.example"])
    kind: str = Field(description="raised, acknowledged, cleared or test.")
    queued_unix_s: float = Field(description="Lab time.")
    taken_wall_unix_s: float | None = Field(description="Real time at which the receiver took it.")
    dropped: Sentence | None = Field(description="Why it is not tried any more.")


class ReceiverAnswer(BaseModel):
    """One receiver of messages, or one heartbeat. All times are real time."""

    name: str = Field(examples=["email bench@lab.example"])
    kind: str = Field(description="receiver or heartbeat.")
    ok: bool = Field(description="False: it has failed so often that others are told instead; or a heartbeat stands.")
    waiting: int = Field(description="Messages that it has not taken yet.")
    failures: int = Field(description="In a row.")
    failing_since_wall_unix_s: float | None
    last_error: Sentence | None
    tried_wall_unix_s: float | None
    taken_wall_unix_s: float | None


class TrialOrder(BaseModel):
    """Who asks for a test message."""

    model_config = ConfigDict(extra="forbid")

    actor: Actor = ""
