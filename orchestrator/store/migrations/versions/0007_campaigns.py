"""Campaigns and their calendar."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_CAMPAIGN_STATES = "'waiting', 'running', 'paused', 'stopping', 'stopped', 'completed', 'failed'"
_JOB_STATES = "'waiting', 'asking', 'running', 'done', 'failed', 'left', 'stopped'"


def upgrade() -> None:
    """Add the tables; nothing that is there changes."""
    _campaigns()
    _jobs()
    _seats()
    _calendar()


def _campaigns() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("desired", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("created_unix_s", sa.Float(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("finished_unix_s", sa.Float()),
        sa.CheckConstraint(f"state in ({_CAMPAIGN_STATES})", name=op.f("ck_campaigns_state")),
        sa.CheckConstraint("desired in ('run', 'pause', 'stop')", name=op.f("ck_campaigns_desired")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
    )
    op.create_index("ix_campaigns_state", "campaigns", ["state"])


def _jobs() -> None:
    op.create_table(
        "campaign_jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("cell_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("bench", sa.Text()),
        sa.Column("run_id", sa.Integer()),
        sa.Column("reason", sa.Text()),
        sa.Column("prompt", sa.Text()),
        sa.Column("answered_by", sa.Text()),
        sa.Column("expected_s", sa.Float()),
        sa.Column("started_unix_s", sa.Float()),
        sa.Column("finished_unix_s", sa.Float()),
        sa.CheckConstraint(f"state in ({_JOB_STATES})", name=op.f("ck_campaign_jobs_state")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_jobs_campaign_id")),
        sa.ForeignKeyConstraint(["cell_id"], ["cells.id"], name=op.f("fk_campaign_jobs_cell_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_campaign_jobs_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_jobs")),
        sa.UniqueConstraint("run_id", name=op.f("uq_campaign_jobs_run_id")),
        sa.UniqueConstraint(
            "campaign_id",
            "occurrence",
            "step",
            "cell_id",
            name=op.f("uq_campaign_jobs_campaign_id_occurrence_step_cell_id"),
        ),
    )
    op.create_index("ix_campaign_jobs_state", "campaign_jobs", ["state"])


def _seats() -> None:
    op.create_table(
        "campaign_seats",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("cell_id", sa.Text(), nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("bench", sa.Text(), nullable=False),
        sa.Column("taken_unix_s", sa.Float(), nullable=False),
        sa.Column("released_unix_s", sa.Float()),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_seats_campaign_id")),
        sa.ForeignKeyConstraint(["cell_id"], ["cells.id"], name=op.f("fk_campaign_seats_cell_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_seats")),
    )
    taken = sa.text("released_unix_s IS NULL")
    op.create_index(
        "uq_campaign_seats_taken", "campaign_seats", ["bench"], unique=True, sqlite_where=taken, postgresql_where=taken
    )
    op.create_index("ix_campaign_seats_campaign_id", "campaign_seats", ["campaign_id"])


def _calendar() -> None:
    op.create_table(
        "calendar",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("cell_id", sa.Text(), nullable=False),
        sa.Column("due_unix_s", sa.Float(), nullable=False),
        sa.Column("outcome", sa.Text()),
        sa.Column("settled_unix_s", sa.Float()),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_calendar_campaign_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar")),
        sa.UniqueConstraint(
            "campaign_id",
            "occurrence",
            "step",
            "cell_id",
            "due_unix_s",
            name=op.f("uq_calendar_campaign_id_occurrence_step_cell_id_due_unix_s"),
        ),
    )
    op.create_index("ix_calendar_due", "calendar", ["outcome", "due_unix_s"])
