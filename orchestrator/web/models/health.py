"""How the service is."""

from __future__ import annotations

from pydantic import BaseModel, Field

from orchestrator.web.models.messages import ReceiverAnswer

__all__ = ["Health", "InstrumentHealth"]


class InstrumentHealth(BaseModel):
    """One instrument of the lab file, as its node last saw it."""

    name: str = Field(examples=["bts-1"])
    connected: bool
    age_s: float | None = Field(description="Lab time since it last answered.")
    node: str | None = Field(description="Who drives it.", examples=["bench-pc:4711"])
    node_age_s: float | None = Field(description="Lab time since its node renewed its lease.")
    last_error: str | None
    fresh: bool = Field(description="False: silent for longer than the lab file allows.")


class Health(BaseModel):
    """Answers 200 when the database answers, every instrument is fresh and people can be told, else 503."""

    ok: bool
    lab: str
    simulated: bool
    now_unix_s: float = Field(description="Lab time.")
    database: str = Field(description="ok, or what is wrong with it.")
    schema_version: str | None
    instruments: list[InstrumentHealth]
    receivers: list[ReceiverAnswer] = Field(description="Who is told of alarms, and the heartbeats.")
