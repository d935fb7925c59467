"""Versions of protocols: the how many-th of its name each is, who stored it, from which it was made, and why."""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_PROTOCOLS = sa.table(
    "protocols",
    sa.column("sha256", sa.Text),
    sa.column("name", sa.Text),
    sa.column("version", sa.Integer),
    sa.column("created_unix_s", sa.Float),
)


def upgrade() -> None:
    """Add the columns. Texts that are there already are counted in the order in which they were first launched."""
    op.add_column("protocols", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("protocols", sa.Column("created_by", sa.Text()))
    op.add_column("protocols", sa.Column("parent_sha256", sa.Text()))
    op.add_column("protocols", sa.Column("note", sa.Text()))
    op.create_index(op.f("ix_protocols_name"), "protocols", ["name", "version"])
    op.create_index(op.f("ix_runs_protocol_sha256"), "runs", ["protocol_sha256"])
    connection = op.get_bind()
    counts: Counter[str] = Counter()
    in_order = sa.select(_PROTOCOLS).order_by(_PROTOCOLS.c.created_unix_s, _PROTOCOLS.c.sha256)
    for row in connection.execute(in_order).all():
        counts[row.name] += 1
        of_this = sa.update(_PROTOCOLS).where(_PROTOCOLS.c.sha256 == row.sha256)
        connection.execute(of_this.values(version=counts[row.name]))
