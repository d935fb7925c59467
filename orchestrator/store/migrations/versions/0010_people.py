"""People who may log in, their sessions, and API tokens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_A_ROLE = "role in ('viewer', 'operator', 'admin')"


def upgrade() -> None:
    """Add the tables. Nobody can log in before `cellbench user add`."""
    op.create_table(
        "users",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_unix_s", sa.Float(), nullable=False),
        sa.Column("disabled_unix_s", sa.Float()),
        sa.CheckConstraint(_A_ROLE, name=op.f("ck_users_role")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_users")),
    )
    op.create_table(
        "login_sessions",
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("created_unix_s", sa.Float(), nullable=False),
        sa.Column("seen_unix_s", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(["user_name"], ["users.name"], name=op.f("fk_login_sessions_user_name")),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_login_sessions")),
    )
    op.create_index(op.f("ix_login_sessions_user_name"), "login_sessions", ["user_name"])
    op.create_table(
        "tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_unix_s", sa.Float(), nullable=False),
        sa.Column("expires_unix_s", sa.Float(), nullable=False),
        sa.Column("used_unix_s", sa.Float()),
        sa.Column("revoked_unix_s", sa.Float()),
        sa.CheckConstraint(_A_ROLE, name=op.f("ck_tokens_role")),
        sa.ForeignKeyConstraint(["user_name"], ["users.name"], name=op.f("fk_tokens_user_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_tokens_fingerprint")),
    )
    op.create_index(op.f("ix_tokens_user_name"), "tokens", ["user_name"])
