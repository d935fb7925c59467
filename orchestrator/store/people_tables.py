"""The tables of people: who may log in, who is logged in, which programs may ask in a person's name."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Float, ForeignKey, Integer, Table, Text

from orchestrator.people.role import ROLES
from orchestrator.store.table_metadata import metadata, one_of

__all__ = ["login_sessions", "tokens", "users"]

_ROLES = tuple(str(role) for role in ROLES)

users = Table(  # a person is never deleted, only disabled: the event log names them
    "users",
    metadata,
    Column("name", Text, primary_key=True),
    Column("password_hash", Text, nullable=False),  # argon2id, encoded with its salt
    Column("role", Text, nullable=False),
    Column("created_unix_s", Float, nullable=False),  # real time, as all of these tables
    Column("disabled_unix_s", Float),  # NULL: may log in
    CheckConstraint(one_of("role", _ROLES), name="role"),
)

login_sessions = Table(
    "login_sessions",
    metadata,
    Column("fingerprint", Text, primary_key=True),  # SHA-256 of what the browser's cookie holds
    Column("user_name", Text, ForeignKey("users.name"), nullable=False, index=True),
    Column("created_unix_s", Float, nullable=False),
    Column("seen_unix_s", Float, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("fingerprint", Text, nullable=False, unique=True),
    Column("user_name", Text, ForeignKey("users.name"), nullable=False, index=True),
    Column("label", Text, nullable=False),  # what it is for
    Column("role", Text, nullable=False),  # the most that it may do; never more than its person
    Column("created_unix_s", Float, nullable=False),
    Column("expires_unix_s", Float, nullable=False),
    Column("used_unix_s", Float),
    Column("revoked_unix_s", Float),
    CheckConstraint(one_of("role", _ROLES), name="role"),
)
