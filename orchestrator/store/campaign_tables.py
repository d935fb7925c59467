"""The tables of campaigns: what is to be done with which cell, what became of it, when it is due, who sits where."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import JSON

from orchestrator.store.table_metadata import metadata, one_of

__all__ = ["CAMPAIGN_STATES", "JOB_STATES", "calendar", "campaign_jobs", "campaign_seats", "campaigns"]

CAMPAIGN_STATES = ("waiting", "running", "paused", "stopping", "stopped", "completed", "failed")
JOB_STATES = ("waiting", "asking", "running", "done", "failed", "left", "stopped")

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("source", Text, nullable=False),  # the file as it was read
    Column("definition", JSON, nullable=False),  # orchestrator.campaigns.definition.Campaign, never read again
    Column("desired", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("occurrence", Integer, nullable=False),  # how often it has begun: more than once by a cron rule
    Column("created_unix_s", Float, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("finished_unix_s", Float),
    CheckConstraint(one_of("state", CAMPAIGN_STATES), name="state"),
    CheckConstraint(one_of("desired", ("run", "pause", "stop")), name="desired"),
    Index("ix_campaigns_state", "state"),
)

campaign_jobs = Table(  # one step with one cell, each time that the campaign begins
    "campaign_jobs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("campaign_id", Integer, ForeignKey("campaigns.id"), nullable=False),
    Column("occurrence", Integer, nullable=False),
    Column("step", Text, nullable=False),
    Column("cell_id", Text, ForeignKey("cells.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("bench", Text),
    Column("run_id", Integer, ForeignKey("runs.id"), unique=True),  # written with the run itself, or not at all
    Column("reason", Text),  # one line: what it waits for, why it failed, why the cell has left
    Column("prompt", Text),  # what a person was asked to do
    Column("answered_by", Text),
    Column("expected_s", Float),  # by the estimate of the plan; NULL: a person is asked
    Column("started_unix_s", Float),
    Column("finished_unix_s", Float),
    UniqueConstraint("campaign_id", "occurrence", "step", "cell_id"),
    CheckConstraint(one_of("state", JOB_STATES), name="state"),
    Index("ix_campaign_jobs_state", "state"),
)

campaign_seats = Table(  # which bench a campaign has given to which cell, until it needs it no more
    "campaign_seats",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("campaign_id", Integer, ForeignKey("campaigns.id"), nullable=False),
    Column("cell_id", Text, ForeignKey("cells.id"), nullable=False),
    Column("pool", Text, nullable=False),
    Column("bench", Text, nullable=False),
    Column("taken_unix_s", Float, nullable=False),
    Column("released_unix_s", Float),
    Index(  # of all campaigns, one at a time has a bench
        "uq_campaign_seats_taken",
        "bench",
        unique=True,
        sqlite_where=text("released_unix_s IS NULL"),
        postgresql_where=text("released_unix_s IS NULL"),
    ),
    Index("ix_campaign_seats_campaign_id", "campaign_id"),
)

calendar = Table(  # what is, and was, to begin at a stated time
    "calendar",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("campaign_id", Integer, ForeignKey("campaigns.id"), nullable=False),
    Column("occurrence", Integer, nullable=False),  # which time of the campaign it is about
    Column("step", Text, nullable=False),  # empty: the campaign itself
    Column("cell_id", Text, nullable=False),  # empty: the campaign itself
    Column("due_unix_s", Float, nullable=False),
    Column("outcome", Text),  # begun, missed, void; NULL: to come
    Column("settled_unix_s", Float),
    UniqueConstraint("campaign_id", "occurrence", "step", "cell_id", "due_unix_s"),
    Index("ix_calendar_due", "outcome", "due_unix_s"),
)
