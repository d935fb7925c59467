"""Impedance spectra; chambers, what they measured, batches and prompts; which node's worker has an analysis."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, then add the columns that point to them. Every row that is there stays as it is."""
    _create_spectra()
    _create_chamber_records()
    _create_chambers()
    _create_batches()
    _create_prompts()
    _extend_runs()
    op.add_column("analyses", sa.Column("owner", sa.Text()))


def _create_spectra() -> None:
    op.create_table(
        "spectra",
        sa.Column("segment_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("spectrum", sa.Integer(), nullable=False),
        sa.Column("cycle", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("unix_time_s", sa.Float(53), nullable=False),
        sa.Column("test_time_s", sa.Float(53), nullable=False),
        sa.Column("frequency_Hz", sa.Float(53), nullable=False),
        sa.Column("z_real_Ohm", sa.Float(53), nullable=False),
        sa.Column("z_imag_Ohm", sa.Float(53), nullable=False),
        sa.Column("voltage_amplitude_V", sa.Float(53), nullable=False),
        sa.Column("current_amplitude_A", sa.Float(53), nullable=False),
        sa.Column("phase_rad", sa.Float(53), nullable=False),
        sa.Column("voltage_V", sa.Float(53), nullable=False),
        sa.Column("current_A", sa.Float(53), nullable=False),
        sa.Column("temperature_degC", sa.Float(53)),
        sa.PrimaryKeyConstraint("segment_id", "seq", name=op.f("pk_spectra")),
        sqlite_with_rowid=False,
    )


def _create_chamber_records() -> None:
    op.create_table(
        "chamber_records",
        sa.Column("chamber", sa.Text(), nullable=False),
        sa.Column("unix_time_s", sa.Float(53), nullable=False),
        sa.Column("process_degC", sa.Float(53)),
        sa.Column("set_point_degC", sa.Float(53)),
        sa.Column("output_percent", sa.Float(53)),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("chamber", "unix_time_s", name=op.f("pk_chamber_records")),
        sqlite_with_rowid=False,
    )


def _create_chambers() -> None:
    op.create_table(
        "chambers",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("native_state", sa.Text(), nullable=False),
        sa.Column("process_degC", sa.Float()),
        sa.Column("set_point_degC", sa.Float()),
        sa.Column("ramping_set_point_degC", sa.Float()),
        sa.Column("output_percent", sa.Float()),
        sa.Column("alarms", sa.JSON(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("seen_unix_s", sa.Float()),
        sa.Column("last_error", sa.Text()),
        sa.Column("holder", sa.Text()),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_chambers")),
    )


def _create_batches() -> None:
    op.create_table(
        "batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("chamber", sa.Text(), nullable=False),
        sa.Column("created_unix_s", sa.Float(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
    )
    op.create_index("ix_batches_chamber_state", "batches", ["chamber", "state"])


def _create_prompts() -> None:
    op.create_table(
        "prompts",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("raised_unix_s", sa.Float(), nullable=False),
        sa.Column("answered_unix_s", sa.Float()),
        sa.Column("answered_by", sa.Text()),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_prompts_run_id")),
        sa.PrimaryKeyConstraint("run_id", "item", name=op.f("pk_prompts")),
    )


def _extend_runs() -> None:
    op.add_column("runs", sa.Column("chamber", sa.Text()))
    # In words that SQLite and PostgreSQL share. Alembic would copy SQLite's table to add a foreign key, and dropping
    # the old one is refused while segments point to it.
    op.execute("ALTER TABLE runs ADD COLUMN batch_id INTEGER CONSTRAINT fk_runs_batch_id REFERENCES batches (id)")
    op.create_index("ix_runs_batch_id", "runs", ["batch_id"])
