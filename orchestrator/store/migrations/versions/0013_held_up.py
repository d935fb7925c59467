"""Since when a run in a chamber is held up: how long its batch waits for it does not begin anew with the node."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, empty: who is held up is noted at the next look at its chamber."""
    op.add_column("runs", sa.Column("held_up_unix_s", sa.Float()))
