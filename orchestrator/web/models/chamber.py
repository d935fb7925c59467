"""Temperature chambers and what they measured."""

from __future__ import annotations

from pydantic import BaseModel, Field

from orchestrator.web.sentences.reader import Sentence

__all__ = ["ChamberAnswer", "ChamberRecords"]


class ChamberAnswer(BaseModel):
    """One chamber. Its state is ``unknown`` when it was last seen longer ago than the lab file allows."""

    name: str = Field(examples=["oven-1"])
    benches: list[str] = Field(description="Where cells sit in it.", examples=[["A1", "A2", "A3"]])
    state: str = Field(description="off, running, profile, tripped or unknown.", examples=["running"])
    native_state: str | None = Field(default=None, description="The chamber's own words.")
    process_degC: float | None = Field(default=None, description="Measured.", examples=[50.8])
    set_point_degC: float | None = Field(default=None, description="Where it is sent in the end.", examples=[55.0])
    output_percent: float | None = Field(default=None, description="Heating positive, cooling negative.")
    low_degC: float | None = Field(default=None, description="Lowest set point.", examples=[-20.0])
    high_degC: float | None = Field(default=None, description="Highest set point.", examples=[80.0])
    alarms: list[str] = Field(default_factory=list, description="The chamber's own alarms.")
    last_error: Sentence | None = None
    seen_unix_s: float | None = None
    age_s: float | None = Field(default=None, description="Lab time since it was seen.", examples=[4.2])
    stale: bool = Field(description="True: too old to be trusted; the values are the last that were seen.")
    holder: Sentence | None = Field(
        default=None,
        description="Who sets its temperature; None: nobody does.",
        examples=["batch 3 (runs 7, 8, 9)"],
    )
    waiting_for: Sentence | None = Field(
        default=None,
        description="What its holder waits for.",
        examples=["oven-1 to 55 °C: −4.2 K to go, soak starts at about 14:20"],
    )
    runs: list[int] = Field(default_factory=list, description="Runs in it that have not ended.", examples=[[7, 8, 9]])


class ChamberRecords(BaseModel):
    """Looks at a chamber in a window of time, in columns of one length; None: it did not tell, or its sensor failed."""

    chamber: str
    unix_time_s: list[float]
    process_degC: list[float | None]
    set_point_degC: list[float | None]
    output_percent: list[float | None]
    complete: bool = Field(description="False: there were more than `limit`; ask again from the last time on.")
