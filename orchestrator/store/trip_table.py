"""The table of interlock trips."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, Integer, Table, Text

from orchestrator.store.table_metadata import metadata

__all__ = ["trips"]

trips = Table(  # an interlock has tripped; one that latches holds until a person has acknowledged it
    "trips",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("rule", Text, nullable=False),  # as it stood in the lab file then
    Column("origin", Text, nullable=False),  # built in, or the line of the lab file
    Column("subject", Text, nullable=False),  # cell A1, chamber oven-1, instrument bts-1
    Column("message", Text, nullable=False),  # what was seen
    Column("severity", Text, nullable=False),  # warning, critical
    Column("action", Text, nullable=False),  # nothing, pause, stop, stop all cells in oven-1
    Column("latches", Boolean, nullable=False),  # while it is open nothing starts where it holds:
    Column("instrument", Text),
    Column("channel", Text),  # NULL beside an instrument: all of its channels
    Column("chamber", Text),  # all cells in it
    Column("cell_id", Text),  # the cell that was there, wherever it is now
    Column("run_id", Integer),
    Column("raised_unix_s", Float, nullable=False),
    Column("over_unix_s", Float),  # of one that does not latch: its cause is gone
    Column("acknowledged_by", Text),
    Column("acknowledged_unix_s", Float),
    Column("acknowledged_reason", Text),
    Index("ix_trips_acknowledged_unix_s", "acknowledged_unix_s"),
)
