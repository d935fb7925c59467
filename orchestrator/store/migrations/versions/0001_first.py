"""The first tables. Written out: later changes of orchestrator/store/tables.py must not change this step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

RUN_STATES = (
    "'queued', 'waiting', 'starting', 'running', 'pausing', 'paused', 'stopping', "
    "'completed', 'stopped', 'failed', 'lost'"
)


def upgrade() -> None:
    """Create every table, parents first."""
    _create_cells()
    _create_protocols()
    _create_instruments()
    _create_channels()
    _create_latest()
    _create_runs()
    _create_segments()
    _create_intents()
    _create_records()
    _create_record_levels()
    _create_cycles()
    _create_events()
    _create_alarms()
    _create_analyses()
    _create_nodes()


def _create_cells() -> None:
    op.create_table(
        "cells",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("active_mass_g", sa.Float()),
        sa.Column("area_cm2", sa.Float()),
        sa.Column("nominal_capacity_Ah", sa.Float()),
        sa.Column("window_min_V", sa.Float()),
        sa.Column("window_max_V", sa.Float()),
        sa.Column("material", sa.Text()),
        sa.Column("metadata", sa.JSON(), nullable=False),
        sa.Column("created_unix_s", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cells")),
    )


def _create_protocols() -> None:
    op.create_table(
        "protocols",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created_unix_s", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_protocols")),
    )


def _create_instruments() -> None:
    op.create_table(
        "instruments",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("driver", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text()),
        sa.Column("connected", sa.Boolean(), nullable=False),
        sa.Column("last_seen_unix_s", sa.Float()),
        sa.Column("last_error", sa.Text()),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_instruments")),
    )


def _create_channels() -> None:
    op.create_table(
        "channels",
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("bench", sa.Text()),
        sa.Column("chamber", sa.Text()),
        sa.Column("capabilities", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["instrument"], ["instruments.name"], name=op.f("fk_channels_instrument")),
        sa.PrimaryKeyConstraint("instrument", "channel", name=op.f("pk_channels")),
    )


def _create_latest() -> None:
    op.create_table(
        "latest",
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("observed_unix_s", sa.Float(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("native_state", sa.Text(), nullable=False),
        sa.Column("tag", sa.Text()),
        sa.Column("test_id", sa.Text()),
        sa.Column("run_id", sa.Integer()),
        sa.Column("cycle", sa.Integer()),
        sa.Column("step", sa.Integer()),
        sa.Column("voltage_V", sa.Float()),
        sa.Column("current_A", sa.Float()),
        sa.Column("temperature_degC", sa.Float()),
        sa.PrimaryKeyConstraint("instrument", "channel", name=op.f("pk_latest")),
    )


def _create_runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cell_id", sa.Text(), nullable=False),
        sa.Column("protocol_sha256", sa.Text(), nullable=False),
        sa.Column("protocol", sa.Text(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("desired", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("created_unix_s", sa.Float(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("released_unix_s", sa.Float()),
        sa.Column("started_unix_s", sa.Float()),
        sa.Column("finished_unix_s", sa.Float()),
        sa.Column("last_seen_unix_s", sa.Float()),
        sa.Column("cycles_done", sa.Integer(), nullable=False),
        sa.CheckConstraint("desired in ('run', 'pause', 'stop')", name=op.f("ck_runs_desired")),
        sa.CheckConstraint(f"state in ({RUN_STATES})", name=op.f("ck_runs_state")),
        sa.ForeignKeyConstraint(["cell_id"], ["cells.id"], name=op.f("fk_runs_cell_id")),
        sa.ForeignKeyConstraint(["protocol_sha256"], ["protocols.sha256"], name=op.f("fk_runs_protocol_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_index("ix_runs_channel_state", "runs", ["instrument", "channel", "state"])


def _create_segments() -> None:
    op.create_table(
        "segments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("step_map", sa.JSON(), nullable=False),
        sa.Column("test_id", sa.Text()),
        sa.Column("cursor", sa.Text(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("cycle_offset", sa.Integer(), nullable=False),
        sa.Column("time_offset_s", sa.Float(), nullable=False),
        sa.Column("started_unix_s", sa.Float()),
        sa.Column("finished_unix_s", sa.Float()),
        sa.Column("outcome", sa.Text()),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_segments_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_segments")),
        sa.UniqueConstraint("run_id", "number", "attempt", name=op.f("uq_segments_run_id_number_attempt")),
        sa.UniqueConstraint("tag", name=op.f("uq_segments_tag")),
    )


def _create_intents() -> None:
    op.create_table(
        "intents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("segment_id", sa.Integer()),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("created_unix_s", sa.Float(), nullable=False),
        sa.Column("test_id_before", sa.Text()),
        sa.Column("outcome", sa.Text()),
        sa.Column("detail", sa.Text()),
        sa.Column("settled_unix_s", sa.Float()),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_intents_run_id")),
        sa.ForeignKeyConstraint(["segment_id"], ["segments.id"], name=op.f("fk_intents_segment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intents")),
    )
    op.create_index("ix_intents_run_open", "intents", ["run_id", "outcome"])


def _create_records() -> None:
    op.create_table(
        "records",
        sa.Column("segment_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("step_kind", sa.SmallInteger(), nullable=False),
        sa.Column("unix_time_s", sa.Float(53), nullable=False),
        sa.Column("test_time_s", sa.Float(53), nullable=False),
        sa.Column("step_time_s", sa.Float(53), nullable=False),
        sa.Column("voltage_V", sa.Float(53), nullable=False),
        sa.Column("current_A", sa.Float(53), nullable=False),
        sa.Column("step_capacity_Ah", sa.Float(53), nullable=False),
        sa.Column("step_energy_Wh", sa.Float(53), nullable=False),
        sa.Column("temperature_degC", sa.Float(53)),
        sa.PrimaryKeyConstraint("segment_id", "seq", name=op.f("pk_records")),
        sqlite_with_rowid=False,
    )


def _create_record_levels() -> None:
    op.create_table(
        "record_levels",
        sa.Column("segment_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("bucket", sa.Integer(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("first_test_time_s", sa.Float(53), nullable=False),
        sa.Column("last_test_time_s", sa.Float(53), nullable=False),
        sa.Column("voltage_min_V", sa.Float(53), nullable=False),
        sa.Column("voltage_max_V", sa.Float(53), nullable=False),
        sa.Column("current_min_A", sa.Float(53), nullable=False),
        sa.Column("current_max_A", sa.Float(53), nullable=False),
        sa.Column("temperature_min_degC", sa.Float(53)),
        sa.Column("temperature_max_degC", sa.Float(53)),
        sa.PrimaryKeyConstraint("segment_id", "level", "bucket", name=op.f("pk_record_levels")),
        sqlite_with_rowid=False,
    )


def _create_cycles() -> None:
    op.create_table(
        "cycles",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("label", sa.Text()),
        sa.Column("started_test_time_s", sa.Float(53), nullable=False),
        sa.Column("ended_test_time_s", sa.Float(53), nullable=False),
        sa.Column("charge_capacity_Ah", sa.Float(53), nullable=False),
        sa.Column("discharge_capacity_Ah", sa.Float(53), nullable=False),
        sa.Column("charge_energy_Wh", sa.Float(53), nullable=False),
        sa.Column("discharge_energy_Wh", sa.Float(53), nullable=False),
        sa.Column("gap", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("run_id", "cycle", name=op.f("pk_cycles")),
        sqlite_with_rowid=False,
    )


def _create_events() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unix_time_s", sa.Float(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Integer()),
        sa.Column("instrument", sa.Text()),
        sa.Column("channel", sa.Text()),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index("ix_events_run", "events", ["run_id", "id"])


def _create_alarms() -> None:
    op.create_table(
        "alarms",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("raised_unix_s", sa.Float(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("cleared_unix_s", sa.Float()),
        sa.Column("acknowledged_by", sa.Text()),
        sa.Column("acknowledged_unix_s", sa.Float()),
        sa.Column("acknowledged_reason", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
    )
    op.create_index("ix_alarms_open", "alarms", ["source", "cleared_unix_s"])


def _create_analyses() -> None:
    op.create_table(
        "analyses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("code_version", sa.Text()),
        sa.Column("input_sha256", sa.Text()),
        sa.Column("result", sa.JSON()),
        sa.Column("error", sa.Text()),
        sa.Column("created_unix_s", sa.Float(), nullable=False),
        sa.Column("finished_unix_s", sa.Float()),
        sa.CheckConstraint("state in ('queued', 'running', 'done', 'failed')", name=op.f("ck_analyses_state")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_analyses_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_analyses")),
    )


def _create_nodes() -> None:
    op.create_table(
        "nodes",
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("renewed_unix_s", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("instrument", name=op.f("pk_nodes")),
    )
