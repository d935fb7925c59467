"""The tables of what is told to the world: messages about alarms, and how their receivers are."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from orchestrator.store.table_metadata import metadata

__all__ = ["messages", "outlets"]

messages = Table(  # the outbox: one row for each thing that one receiver is to be told about one alarm
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("alarm_id", Integer, ForeignKey("alarms.id"), nullable=False),  # the first of those that are one
    Column("receiver", Text, nullable=False),  # its name in the lab file
    Column("kind", Text, nullable=False),  # raised, acknowledged, cleared, test
    Column("queued_unix_s", Float, nullable=False),  # lab time
    Column("queued_wall_unix_s", Float, nullable=False),  # real time, as mail servers count
    Column("bundle", Integer),  # goes out as one with the others of this number; fixed at the first attempt
    Column("taken_wall_unix_s", Float),  # NULL: not yet
    Column("dropped", Text),  # why it is not tried any more
    UniqueConstraint("alarm_id", "receiver", "kind"),
    Index("ix_messages_receiver_taken", "receiver", "taken_wall_unix_s"),
)

outlets = Table(  # one row for each receiver of messages and each heartbeat: how it is
    "outlets",
    metadata,
    Column("name", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # receiver, heartbeat, database
    Column("tried_wall_unix_s", Float),
    Column("taken_wall_unix_s", Float),  # when it last took something
    Column("failures", Integer, nullable=False),  # in a row; 0: it is well
    Column("failing_since_wall_unix_s", Float),
    Column("last_error", Text),
)
