"""Channels and what was last seen of them."""

from __future__ import annotations

from pydantic import BaseModel, Field

__all__ = ["ChannelAnswer"]


class ChannelAnswer(BaseModel):
    """One channel. Its state is ``unknown`` when the last observation is older than the lab file allows."""

    instrument: str = Field(examples=["bts-1"])
    channel: str = Field(examples=["27-21-1-1"])
    bench: str | None = Field(default=None, examples=["A1"])
    chamber: str | None = None
    state: str = Field(
        description="idle, running, paused, finished, stopped, tripped or unknown.", examples=["running"]
    )
    native_state: str | None = Field(default=None, description="The instrument's own word.", examples=["working"])
    observed_unix_s: float | None = None
    age_s: float | None = Field(default=None, description="Lab time since the observation.", examples=[4.2])
    stale: bool = Field(description="True: too old to be trusted; the values are the last that were seen.")
    run_id: int | None = Field(default=None, description="Our run, where one is there.", examples=[17])
    held_by: int | None = Field(
        default=None, description="Our run that has the channel, also while it waits.", examples=[17]
    )
    held_state: str | None = Field(default=None, description="State of that run.", examples=["waiting"])
    tag: str | None = Field(default=None, description="Text carried with the test.", examples=["L1#17.0.1"])
    cycle: int | None = None
    step: int | None = None
    voltage_V: float | None = Field(default=None, examples=[0.412])
    current_A: float | None = Field(default=None, examples=[-0.00055])
    temperature_degC: float | None = None
