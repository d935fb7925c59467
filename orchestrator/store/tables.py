"""The tables: SQLAlchemy Core, units in the column names, one schema for SQLite and PostgreSQL.

The schema changes only by a migration in ``orchestrator/store/migrations``. What is measured has its tables in
:mod:`orchestrator.store.measurement_tables`; all of them can be had from here.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import JSON

from orchestrator.store.analysis_tables import analyses, analysis_runs
from orchestrator.store.campaign_tables import calendar, campaign_jobs, campaign_seats, campaigns
from orchestrator.store.measurement_tables import chamber_records, cycles, record_levels, records, spectra
from orchestrator.store.message_tables import messages, outlets
from orchestrator.store.node_tables import instrument_status, node_status
from orchestrator.store.people_tables import login_sessions, tokens, users
from orchestrator.store.storage_tables import disks, restores, spools
from orchestrator.store.table_metadata import metadata, one_of
from orchestrator.store.trip_table import trips

__all__ = [
    "RUN_STATES",
    "alarms",
    "analyses",
    "analysis_runs",
    "batches",
    "calendar",
    "campaign_jobs",
    "campaign_seats",
    "campaigns",
    "cells",
    "chamber_records",
    "chambers",
    "channels",
    "cycles",
    "disks",
    "events",
    "instrument_status",
    "instruments",
    "intents",
    "latest",
    "login_sessions",
    "messages",
    "metadata",
    "node_status",
    "nodes",
    "outlets",
    "prompts",
    "protocols",
    "record_levels",
    "records",
    "restores",
    "runs",
    "segments",
    "spectra",
    "spools",
    "tokens",
    "trips",
    "users",
]

RUN_STATES = (
    "queued",
    "waiting",
    "starting",
    "running",
    "pausing",
    "paused",
    "stopping",
    "completed",
    "stopped",
    "failed",
    "lost",
)


cells = Table(
    "cells",
    metadata,
    Column("id", Text, primary_key=True),  # the barcode, text
    Column("active_mass_g", Float),
    Column("area_cm2", Float),
    Column("nominal_capacity_Ah", Float),
    Column("window_min_V", Float),
    Column("window_max_V", Float),
    Column("material", Text),
    Column("metadata", JSON, nullable=False),
    Column("created_unix_s", Float, nullable=False),
)

protocols = Table(  # every version that was launched or saved
    "protocols",
    metadata,
    Column("sha256", Text, primary_key=True),  # of the file's bytes
    Column("name", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("created_unix_s", Float, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),  # the how many-th of its name
    Column("created_by", Text),  # NULL: from a time when nobody noted it
    Column("parent_sha256", Text),  # the version that it was edited from, stored here or in the library
    Column("note", Text),
    Index("ix_protocols_name", "name", "version"),
)

instruments = Table(
    "instruments",
    metadata,
    Column("name", Text, primary_key=True),
    Column("driver", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("identity", Text),
    Column("connected", Boolean, nullable=False),
    Column("last_seen_unix_s", Float),
    Column("last_error", Text),
    Column("simulated", Boolean, nullable=False),
)

channels = Table(
    "channels",
    metadata,
    Column("instrument", Text, ForeignKey("instruments.name"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("bench", Text),  # the lab file's name of the place where the cell sits
    Column("chamber", Text),
    Column("capabilities", JSON, nullable=False),
    PrimaryKeyConstraint("instrument", "channel"),
)

latest = Table(  # one row a channel: the last observation, whoever runs there
    "latest",
    metadata,
    Column("instrument", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("observed_unix_s", Float, nullable=False),
    Column("state", Text, nullable=False),  # drivers.contracts.ChannelState
    Column("native_state", Text, nullable=False),
    Column("tag", Text),
    Column("test_id", Text),
    Column("run_id", Integer),  # ours, where the tag says so
    Column("cycle", Integer),
    Column("step", Integer),
    Column("voltage_V", Float),
    Column("current_A", Float),
    Column("temperature_degC", Float),
    PrimaryKeyConstraint("instrument", "channel"),
)

chambers = Table(  # one row a chamber: the last look, and who holds it
    "chambers",
    metadata,
    Column("name", Text, primary_key=True),
    Column("state", Text, nullable=False),  # drivers.contracts.ChamberState
    Column("native_state", Text, nullable=False),
    Column("process_degC", Float),
    Column("set_point_degC", Float),
    Column("ramping_set_point_degC", Float),
    Column("output_percent", Float),
    Column("alarms", JSON, nullable=False),  # the chamber's own words, one each
    Column("simulated", Boolean, nullable=False),
    Column("seen_unix_s", Float),  # NULL: never yet
    Column("last_error", Text),
    Column("holder", Text),  # run 17, batch 3; NULL: free, or shared by runs that do not change its temperature
    Column("wanted_degC", Float),  # the last set point of ours that it took; NULL: never
    Column("wanted_unix_s", Float),
    Column("low_degC", Float),  # lowest and highest set point, as it told within the lab file's
    Column("high_degC", Float),
)

batches = Table(  # runs submitted together on one chamber, whose temperature steps are barriers
    "batches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("chamber", Text, nullable=False),
    Column("created_unix_s", Float, nullable=False),
    Column("state", Text, nullable=False),
    Index("ix_batches_chamber_state", "chamber", "state"),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("cell_id", Text, ForeignKey("cells.id"), nullable=False),
    Column("protocol_sha256", Text, ForeignKey("protocols.sha256"), nullable=False),
    Column("protocol", Text, nullable=False),
    Column("instrument", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("plan", JSON, nullable=False),  # protocols.plan.Plan, never recompiled
    Column("desired", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),  # one line: why it waits, failed, is lost
    Column("item", Integer, nullable=False),  # index into plan.items
    Column("created_unix_s", Float, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("released_unix_s", Float),  # when an operator let it go on after an earlier run had failed
    Column("started_unix_s", Float),
    Column("finished_unix_s", Float),
    Column("last_seen_unix_s", Float),
    Column("cycles_done", Integer, nullable=False),
    Column("chamber", Text),  # around the cell, as it was at launch
    Column("batch_id", Integer, ForeignKey("batches.id")),
    Column("queue_order", Integer),  # its place among what has not begun; NULL: the run's number
    Column("held_up_unix_s", Float),  # since when its batch cannot tell when it goes on; NULL: it goes on
    CheckConstraint(one_of("state", RUN_STATES), name="state"),
    CheckConstraint(one_of("desired", ("run", "pause", "stop")), name="desired"),
    Index("ix_runs_channel_state", "instrument", "channel", "state"),
    Index("ix_runs_batch_id", "batch_id"),
    Index("ix_runs_protocol_sha256", "protocol_sha256"),
)

segments = Table(
    "segments",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", Integer, ForeignKey("runs.id"), nullable=False),
    Column("number", Integer, nullable=False),  # index into plan.items
    Column("attempt", Integer, nullable=False),
    Column("tag", Text, nullable=False, unique=True),
    Column("media_type", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),  # the very bytes sent to the instrument
    Column("step_map", JSON, nullable=False),
    Column("test_id", Text),
    Column("cursor", Text, nullable=False),  # committed together with the records before it
    Column("records", Integer, nullable=False),
    Column("cycle_offset", Integer, nullable=False),  # run cycle = offset + instrument cycle
    Column("time_offset_s", Float, nullable=False),  # run test time = offset + instrument test time
    Column("started_unix_s", Float),
    Column("finished_unix_s", Float),
    Column("outcome", Text),  # finished, tripped, stopped, foreign, rebooted
    UniqueConstraint("run_id", "number", "attempt"),
)

intents = Table(  # written before an action that changes the world, settled after it
    "intents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", Integer, ForeignKey("runs.id"), nullable=False),
    Column("segment_id", Integer, ForeignKey("segments.id")),
    Column("action", Text, nullable=False),  # start, pause, resume, stop, end_at_cycle, set_temperature
    Column("epoch", Integer, nullable=False),  # of the node that acted
    Column("created_unix_s", Float, nullable=False),
    Column("test_id_before", Text),
    Column("outcome", Text),  # NULL: open
    Column("detail", Text),
    Column("settled_unix_s", Float),
    Index("ix_intents_run_open", "run_id", "outcome"),
)

prompts = Table(  # what an operator must do and confirm before a plan goes on
    "prompts",
    metadata,
    Column("run_id", Integer, ForeignKey("runs.id"), nullable=False),
    Column("item", Integer, nullable=False),  # index into plan.items
    Column("text", Text, nullable=False),
    Column("raised_unix_s", Float, nullable=False),
    Column("answered_unix_s", Float),  # NULL: open
    Column("answered_by", Text),
    PrimaryKeyConstraint("run_id", "item"),
)

events = Table(  # append-only: who did what when
    "events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("unix_time_s", Float, nullable=False),
    Column("actor", Text, nullable=False),  # engine, an operator's name, an instrument
    Column("kind", Text, nullable=False),
    Column("run_id", Integer),
    Column("instrument", Text),
    Column("channel", Text),
    Column("message", Text, nullable=False),
    Column("data", JSON, nullable=False),
    Index("ix_events_run", "run_id", "id"),
)

alarms = Table(
    "alarms",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("raised_unix_s", Float, nullable=False),
    Column("severity", Text, nullable=False),  # warning, critical
    Column("source", Text, nullable=False),  # what it is about: run 17, bts-1, disk
    Column("message", Text, nullable=False),
    Column("cleared_unix_s", Float),
    Column("acknowledged_by", Text),
    Column("acknowledged_unix_s", Float),
    Column("acknowledged_reason", Text),
    Column("first_id", Integer),  # the alarm that this one is the return of, before its end had been told
    Column("told_unix_s", Float),  # NULL: messages may still come of it (messages are its outbox)
    Index("ix_alarms_open", "source", "cleared_unix_s"),
    Index("ix_alarms_told_unix_s", "told_unix_s"),
)

nodes = Table(  # who drives what: the epoch that every intent carries
    "nodes",
    metadata,
    Column("instrument", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("renewed_unix_s", Float, nullable=False),
)
