"""The tables of how things are kept: disks as their nodes see them, spools, and backups that were brought back."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Integer, PrimaryKeyConstraint, Table, Text

from orchestrator.store.table_metadata import metadata

__all__ = ["disks", "restores", "spools"]

disks = Table(  # one row for each folder of a node that must not fill up, written anew every minute
    "disks",
    metadata,
    Column("node", Text, nullable=False),  # its name in the lab file
    Column("folder", Text, nullable=False),  # what it is for: database, state
    Column("path", Text, nullable=False),
    Column("free_B", BigInteger, nullable=False),
    Column("total_B", BigInteger, nullable=False),
    Column("level", Text, nullable=False),  # ok, warning, critical
    Column("message", Text, nullable=False),
    Column("seen_unix_s", Float(53), nullable=False),  # real time
    PrimaryKeyConstraint("node", "folder"),
)

spools = Table(  # committed together with what the entries brought: each of them is stored once
    "spools",
    metadata,
    Column("identity", Text, primary_key=True),
    Column("entries", Integer, nullable=False),  # so many of its first ones are stored
    Column("replayed_unix_s", Float(53), nullable=False),  # real time
)

restores = Table(  # one row each time that a backup was brought back
    "restores",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("restored_unix_s", Float(53), nullable=False),  # real time
    Column("made_unix_s", Float(53), nullable=False),  # when the backup was
    Column("next_run_id", Integer, nullable=False),  # above every run that may have been launched after the backup
)
