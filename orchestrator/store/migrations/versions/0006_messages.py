"""Messages about alarms, and how their receivers are."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add columns and tables. Of alarms that are over nobody is told any more; those that are open are told now."""
    op.add_column("alarms", sa.Column("first_id", sa.Integer()))
    op.add_column("alarms", sa.Column("told_unix_s", sa.Float()))
    op.execute("UPDATE alarms SET told_unix_s = cleared_unix_s WHERE cleared_unix_s IS NOT NULL")
    op.create_index("ix_alarms_told_unix_s", "alarms", ["told_unix_s"])
    op.create_table(
        "messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alarm_id", sa.Integer(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("queued_unix_s", sa.Float(), nullable=False),
        sa.Column("queued_wall_unix_s", sa.Float(), nullable=False),
        sa.Column("bundle", sa.Integer()),
        sa.Column("taken_wall_unix_s", sa.Float()),
        sa.Column("dropped", sa.Text()),
        sa.ForeignKeyConstraint(["alarm_id"], ["alarms.id"], name=op.f("fk_messages_alarm_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("alarm_id", "receiver", "kind", name=op.f("uq_messages_alarm_id_receiver_kind")),
    )
    op.create_index("ix_messages_receiver_taken", "messages", ["receiver", "taken_wall_unix_s"])
    op.create_table(
        "outlets",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("tried_wall_unix_s", sa.Float()),
        sa.Column("taken_wall_unix_s", sa.Float()),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since_wall_unix_s", sa.Float()),
        sa.Column("last_error", sa.Text()),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_outlets")),
    )
