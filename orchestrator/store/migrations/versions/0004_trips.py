"""Trips of interlocks: what tripped, what was done, who has acknowledged it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table. Nothing else changes."""
    op.create_table(
        "trips",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("latches", sa.Boolean(), nullable=False),
        sa.Column("instrument", sa.Text()),
        sa.Column("channel", sa.Text()),
        sa.Column("chamber", sa.Text()),
        sa.Column("cell_id", sa.Text()),
        sa.Column("run_id", sa.Integer()),
        sa.Column("raised_unix_s", sa.Float(), nullable=False),
        sa.Column("over_unix_s", sa.Float()),
        sa.Column("acknowledged_by", sa.Text()),
        sa.Column("acknowledged_unix_s", sa.Float()),
        sa.Column("acknowledged_reason", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trips")),
    )
    op.create_index("ix_trips_acknowledged_unix_s", "trips", ["acknowledged_unix_s"])
