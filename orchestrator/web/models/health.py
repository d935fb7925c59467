"""How the service is."""

from __future__ import annotations

from pydantic import BaseModel, Field

from orchestrator.web.models.messages import ReceiverAnswer

__all__ = ["DiskHealth", "Health", "InstrumentHealth", "NodeHealth"]


class InstrumentHealth(BaseModel):
    """One instrument of the lab file, as its node last saw it."""

    name: str = Field(examples=["bts-1"])
    connected: bool
    age_s: float | None = Field(description="Lab time since it last answered.")
    node: str | None = Field(description="Who drives it.", examples=["bench-pc:4711"])
    node_age_s: float | None = Field(description="Lab time since its node renewed its lease.")
    last_error: str | None
    fresh: bool = Field(description="False: silent for longer than the lab file allows.")
    late_s: float | None = Field(default=None, description="The latest a look of late began after it was due.")


class NodeHealth(BaseModel):
    """One node, as it reported last."""

    name: str = Field(examples=["node"])
    holder: str = Field(examples=["process 4711 on bench-pc"])
    age_s: float = Field(description="Real seconds since it reported; it does every 5 s.")
    uptime_s: float
    ready: bool = Field(description="It has looked at each of its instruments.")
    stuck: str | None = Field(description="Which of its loops does not turn.")
    backlog: int = Field(description="Records and changes that wait to be committed, those in the spool too.")
    stalls: int = Field(description="How often it stood still since it began.")
    clock_jumps: int = Field(description="How often its computer's clock was set since it began.")
    ok: bool


class DiskHealth(BaseModel):
    """One disk that a node writes to."""

    node: str
    folder: str
    free_B: int
    total_B: int
    level: str = Field(description="ok, warning, or critical: nothing is launched.")


class Health(BaseModel):
    """Answers 200 when database, nodes, instruments and disks are well and people can be told, else 503."""

    ok: bool
    lab: str
    simulated: bool
    now_unix_s: float = Field(description="Lab time.")
    database: str = Field(description="ok, or what is wrong with it.")
    schema_version: str | None
    instruments: list[InstrumentHealth]
    nodes: list[NodeHealth] = []
    disks: list[DiskHealth] = []
    receivers: list[ReceiverAnswer] = Field(description="Who is told of alarms, and the heartbeats.")
