"""The order of what waits: a place in the queue that a technician can change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, empty: what was queued keeps the order of its numbers."""
    op.add_column("runs", sa.Column("queue_order", sa.Integer()))
