"""Campaigns as lines and tables at the prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from orchestrator.cli.table import print_table
from orchestrator.cli.wording import NOTHING, clock_time

if TYPE_CHECKING:
    from orchestrator.web.models.campaign import CampaignAnswer, CampaignDetail, ForecastAnswer, JobAnswer
    from orchestrator.web.models.page import Page

__all__ = ["print_campaign", "print_campaigns", "print_forecast", "say_started"]


def say_started(campaign: CampaignDetail) -> None:
    """What was handed in, and where each cell must be."""
    begins = campaign.begins_unix_s
    when = f", begins {clock_time(begins, campaign.now_unix_s)}" if begins is not None else ""
    click.echo(f"campaign {campaign.id} ({campaign.name}) was handed in{when}; follow it: {_show(campaign)}")
    for cell, bench in campaign.placed.items():
        click.echo(f"cell {cell} must be on {bench}")


def print_campaigns(page: Page[CampaignAnswer]) -> None:
    """One line each."""
    header = ("campaign", "name", "state", "jobs", "begun", "by", "reason")
    print_table(header, [_line(one) for one in page.items], "no campaigns")
    if page.total > len(page.items):
        click.echo(f"… and {page.total - len(page.items)} more (--limit)")


def print_campaign(campaign: CampaignDetail) -> None:
    """Its state, a table of its jobs, and what people are asked to do."""
    now = campaign.now_unix_s
    as_wanted = campaign.desired == "run" or campaign.ended or campaign.state in ("paused", "stopping")
    wanted = "" if as_wanted else f", {campaign.desired} is wanted"
    reason = f": {campaign.reason}" if campaign.reason else ""
    click.echo(f"campaign {campaign.id} ({campaign.name}) {campaign.state}{wanted}{reason}")
    if campaign.begins_unix_s is not None:
        click.echo(f"begins {clock_time(campaign.begins_unix_s, now)}")
    header = ("step", "cell", "bench", "state", "run", "begins", "ends", "reason")
    print_table(header, [_job(job, now) for job in campaign.table], "it has not begun")
    for job in campaign.table:
        if job.prompt is not None:
            click.echo(f"asks: {job.prompt}")


def print_forecast(queue: ForecastAnswer, number: int | None) -> None:
    """The queue in the order in which it begins."""
    slots = [one for one in queue.slots if number in (None, one.campaign_id)]
    rows = [
        (
            clock_time(one.start_unix_s, queue.now_unix_s),
            clock_time(one.end_unix_s, queue.now_unix_s),
            one.bench or NOTHING,
            one.chamber or NOTHING,
            one.cell,
            one.step,
            NOTHING if one.campaign_id is None else f"{one.campaign_id} {one.campaign}",
            NOTHING if one.run_id is None else str(one.run_id),
        )
        for one in slots
    ]
    print_table(("begins", "ends", "bench", "chamber", "cell", "step", "campaign", "run"), rows, "nothing is to come")
    ends = [one.end_unix_s for one in slots if one.end_unix_s is not None]
    if ends:
        last = clock_time(max(ends), queue.now_unix_s)
        click.echo(f"done {last}, if conditions are met, nothing fails, and a person takes 15 min for what is asked")
    if any(one.start_unix_s is None for one in slots):
        click.echo("without a time: no bench becomes free for it as things are")


def _show(campaign: CampaignAnswer) -> str:
    return f"cellbench campaign show {campaign.id}"


def _line(one: CampaignAnswer) -> tuple[str, ...]:
    jobs = ", ".join(f"{count} {state}" for state, count in sorted(one.jobs.items())) or NOTHING
    return (str(one.id), one.name, one.state, jobs, str(one.occurrence), one.created_by, one.reason or "")


def _job(job: JobAnswer, now: float) -> tuple[str, ...]:
    run = NOTHING if job.run_id is None else f"{job.run_id} {job.run_state}"
    starts = job.started_unix_s if job.started_unix_s is not None else job.expected_start_unix_s
    ends = job.finished_unix_s if job.finished_unix_s is not None else job.expected_end_unix_s
    times = (clock_time(starts, now), clock_time(ends, now))
    reason = "a person is asked, see below" if job.prompt is not None else job.reason or ""
    return (job.step, job.cell, job.bench or NOTHING, job.state, run, *times, reason)
