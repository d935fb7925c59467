"""Until when a worker has an analysis; analyses of several runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and the table. Every row that is there stays as it is: of one run, leased by nobody."""
    op.add_column("analyses", sa.Column("leased_until_unix_s", sa.Float(53)))
    op.create_table(
        "analysis_runs",
        sa.Column("analysis_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["analysis_id"], ["analyses.id"], name=op.f("fk_analysis_runs_analysis_id")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_analysis_runs_run_id")),
        sa.PrimaryKeyConstraint("analysis_id", "run_id", name=op.f("pk_analysis_runs")),
    )
    op.create_index(op.f("ix_analysis_runs_run_id"), "analysis_runs", ["run_id"])
