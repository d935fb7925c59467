"""What nodes report of themselves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables; nodes fill them."""
    op.create_table(
        "node_status",
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("started_unix_s", sa.Float(53), nullable=False),
        sa.Column("reported_unix_s", sa.Float(53), nullable=False),
        sa.Column("ready", sa.Boolean(), nullable=False),
        sa.Column("overdue_s", sa.Float(53), nullable=False),
        sa.Column("stuck", sa.Text()),
        sa.Column("backlog", sa.Integer(), nullable=False),
        sa.Column("stalls", sa.Integer(), nullable=False),
        sa.Column("clock_jumps", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("node", name=op.f("pk_node_status")),
    )
    op.create_table(
        "instrument_status",
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("outcomes", sa.JSON(), nullable=False),
        sa.Column("late_s", sa.Float(53), nullable=False),
        sa.Column("reported_unix_s", sa.Float(53), nullable=False),
        sa.PrimaryKeyConstraint("instrument", name=op.f("pk_instrument_status")),
    )
