"""Campaigns: handing one in, following it, steering it, and when everything is expected."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from orchestrator.web.models.fields import Actor, CellId, Name, PrintableText, Source
from orchestrator.web.models.run import Desired
from orchestrator.web.sentences.reader import Sentence

__all__ = [
    "CampaignAnswer",
    "CampaignCheckAnswer",
    "CampaignDetail",
    "CampaignOrderAnswer",
    "CampaignStart",
    "CampaignSummary",
    "CampaignText",
    "ForecastAnswer",
    "JobAnswer",
    "PlacementAnswer",
    "Scan",
    "SlotAnswer",
    "StepAnswer",
    "TimingAnswer",
]

_MOST = 1000


class CampaignStart(BaseModel):
    """A campaign to hand in; it begins at once, or at the time that it says."""

    model_config = ConfigDict(extra="forbid")

    name: Name = Field(
        description="Name in the library; with `source`, the file's name.", examples=["sio-fast-charging"]
    )
    source: Source | None = Field(default=None, description="Text of the campaign file; None: the library's.")
    sources: dict[Name, Source] = Field(
        default_factory=dict, max_length=50, description="Texts of the protocol files that it names, by that name."
    )
    cells: dict[Name, list[CellId]] = Field(
        default_factory=dict, max_length=50, description="Other cells, by group.", examples=[{"cycled": ["L1", "M1"]}]
    )
    benches: dict[Name, list[Name]] = Field(
        default_factory=dict, max_length=50, description="Other benches, by pool.", examples=[{"neware": ["A1", "A2"]}]
    )
    actor: Actor = ""


class CampaignSummary(BaseModel):
    """One campaign of the library."""

    name: str = Field(examples=["sio-fast-charging"])
    description: str


class CampaignText(CampaignSummary):
    """A campaign of the library with its text."""

    source: Source


class CampaignAnswer(BaseModel):
    """One campaign."""

    id: int = Field(examples=[3])
    name: str = Field(examples=["sio-fast-charging"])
    state: str = Field(description="waiting, running, paused, stopping, stopped, completed or failed.")
    ended: bool
    desired: Desired
    reason: Sentence | None = Field(default=None, description="Why it waits, is paused; what came of it.")
    occurrence: int = Field(description="How often it has begun: more than once by a cron rule.", examples=[1])
    begins_unix_s: float | None = Field(default=None, description="When it begins next, where that is known.")
    jobs: dict[str, int] = Field(
        description="How many jobs are in each state, of the last time that it began.", examples=[{"done": 9}]
    )
    created_unix_s: float
    created_by: str
    finished_unix_s: float | None


class JobAnswer(BaseModel):
    """One step with one cell."""

    id: int
    occurrence: int
    step: str = Field(examples=["formation"])
    cell: str = Field(examples=["L1"])
    state: str = Field(description="waiting, asking, running, done, failed, left or stopped.")
    bench: str | None = Field(default=None, examples=["A1"])
    run_id: int | None = None
    run_state: str | None = Field(default=None, examples=["running"])
    reason: Sentence | None = Field(
        default=None, description="What it waits for, why it failed, why the cell has left."
    )
    prompt: str | None = Field(default=None, description="What a person is to do, and then to confirm by a scan.")
    answered_by: str | None = None
    started_unix_s: float | None
    finished_unix_s: float | None
    expected_start_unix_s: float | None = None
    expected_end_unix_s: float | None = None


class TimingAnswer(BaseModel):
    """When something begins, by the file."""

    zone: str = Field(description="Whose wall times they are.", examples=["Asia/Shanghai"])
    start_unix_s: float | None = None
    cron: str | None = Field(default=None, examples=["0 8 * * MON-FRI"])
    grace_s: float = Field(description="How late it may begin.")
    next_unix_s: list[float] = Field(description="The next times: one, or some of a rule; none: never again.")


class StepAnswer(BaseModel):
    """One step, as the file has it."""

    name: str = Field(examples=["rate-ladder"])
    protocol: str | None = Field(default=None, description="None: a person does it.")
    prompt: str | None = None
    cells: list[str]
    after: list[str] = Field(description="Steps of the same cell that must have been done before.")
    condition: Sentence | None = Field(default=None, examples=["initial coulombic efficiency of formation above 40 %"])
    pool: str | None = Field(
        default=None, description="Benches on which it is done; for a prompt: where the cell goes."
    )
    benches: list[str]
    parameters: dict[str, str]
    together: bool
    priority: str
    if_one_fails: str
    timing: TimingAnswer | None = None


class CampaignDetail(CampaignAnswer):
    """One campaign with its jobs."""

    description: str
    steps: list[StepAnswer] = Field(description="In the order in which a cell goes through them.")
    timing: TimingAnswer | None = Field(default=None, description="Of the campaign itself.")
    placed: dict[str, str] = Field(description="Where each cell is from the start.", examples=[{"L1": "A1"}])
    run_ids: list[int] = Field(examples=[[7, 8, 9]])
    table: list[JobAnswer] = Field(description="Every job, of every time that it began.")
    now_unix_s: float


class CampaignOrderAnswer(BaseModel):
    """What is wanted now; the node carries it out and ``state`` follows."""

    campaign_id: int
    state: str
    desired: Desired
    message: Sentence = Field(examples=["campaign 3: pause requested (running)"])


class Scan(BaseModel):
    """A person has done what was asked for, and has scanned the cell's barcode."""

    model_config = ConfigDict(extra="forbid")

    barcode: CellId = Field(description="As scanned: the cell's.", examples=["L1"])
    bench: Name | None = Field(default=None, description="Where it is now, if that was scanned too.", examples=["P1"])
    actor: Actor = ""
    reason: PrintableText = ""


class SlotAnswer(BaseModel):
    """When one job, or one run that belongs to no campaign, is expected to begin and to end, and where."""

    campaign_id: int | None = Field(description="None: a run that was launched by itself.")
    campaign: str = Field(description="Empty for a run that was launched by itself.")
    step: str = Field(description="Of the campaign; else the protocol.", examples=["formation"])
    cell: str
    by_hand: bool = Field(default=False, description="Whether a person does it.")
    begun: bool = Field(default=False, description="Whether it is under way.")
    bench: str | None
    chamber: str | None = Field(default=None, description="Whose temperature it sets.")
    run_id: int | None
    start_unix_s: float | None
    end_unix_s: float | None


class ForecastAnswer(BaseModel):
    """The whole queue on the calendar: if conditions are met, nothing fails, a person takes a quarter of an hour.

    Runs that were launched and jobs of campaigns, each from its beginning to its end.
    """

    now_unix_s: float
    end_unix_s: float | None = Field(description="Of the last of them.")
    slots: list[SlotAnswer]


class PlacementAnswer(BaseModel):
    """Where a cell must be before the campaign begins."""

    cell: str = Field(examples=["L1"])
    bench: str = Field(examples=["A1"])


class CampaignCheckAnswer(BaseModel):
    """What would become of a campaign if it were handed in now; nothing has been stored."""

    ok: bool
    problems: list[Sentence] = Field(
        description="With the line where it stands in a file.",
        examples=[["my.yaml:14  steps: ladder.on: no pool is called newar; write neware"]],
    )
    name: str | None = None
    cells: int = 0
    steps: int = 0
    placements: list[PlacementAnswer] = Field(default_factory=list, description="Where each cell is from the start.")
    forecast: ForecastAnswer | None = Field(default=None, description="Of this campaign alone, beside everything else.")
