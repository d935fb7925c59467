"""What a chamber was asked for and when, and how far it says it may be set."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns. Every row that is there stays as it is."""
    for name in ("wanted_degC", "wanted_unix_s", "low_degC", "high_degC"):
        op.add_column("chambers", sa.Column(name, sa.Float()))
