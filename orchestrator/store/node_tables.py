"""The tables of what nodes report of themselves: for /metrics and /health, and for nobody else."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Float, Integer, Table, Text

from orchestrator.store.table_metadata import metadata

__all__ = ["instrument_status", "node_status"]

node_status = Table(  # one row for each node, written anew every few seconds; times are of the database's clock
    "node_status",
    metadata,
    Column("node", Text, primary_key=True),  # its name in the lab file
    Column("holder", Text, nullable=False),  # process and computer
    Column("started_unix_s", Float(53), nullable=False),
    Column("reported_unix_s", Float(53), nullable=False),
    Column("ready", Boolean, nullable=False),  # every instrument has been looked at
    Column("overdue_s", Float(53), nullable=False),  # of its slowest loop
    Column("stuck", Text),  # which loop does not turn, in one line
    Column("backlog", Integer, nullable=False),  # records and changes that wait to be committed
    Column("stalls", Integer, nullable=False),  # since it started
    Column("clock_jumps", Integer, nullable=False),  # since it started
)

instrument_status = Table(  # how a node gets on with an instrument or a chamber of its own
    "instrument_status",
    metadata,
    Column("instrument", Text, primary_key=True),
    Column("node", Text, nullable=False),
    Column("outcomes", JSON, nullable=False),  # calls since the node started, by how they ended
    Column("late_s", Float(53), nullable=False),  # the latest that a look of the last minute began after it was due
    Column("reported_unix_s", Float(53), nullable=False),
)
