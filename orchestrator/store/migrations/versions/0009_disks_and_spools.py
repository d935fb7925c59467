"""How full the disks of the nodes are, how far their spools have been replayed, which backups were brought back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add three tables."""
    op.create_table(
        "disks",
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("free_B", sa.BigInteger(), nullable=False),
        sa.Column("total_B", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("seen_unix_s", sa.Float(53), nullable=False),
        sa.PrimaryKeyConstraint("node", "folder", name="pk_disks"),
    )
    op.create_table(
        "spools",
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("replayed_unix_s", sa.Float(53), nullable=False),
        sa.PrimaryKeyConstraint("identity", name="pk_spools"),
    )
    op.create_table(
        "restores",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("restored_unix_s", sa.Float(53), nullable=False),
        sa.Column("made_unix_s", sa.Float(53), nullable=False),
        sa.Column("next_run_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_restores"),
    )
