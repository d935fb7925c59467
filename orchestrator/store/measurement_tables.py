"""The tables of what was measured: the only ones that grow with every second of a test.

They have no foreign keys: a check for each of a million rows would cost more than it could ever find.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
)

from orchestrator.store.table_metadata import metadata

__all__ = ["chamber_records", "cycles", "record_levels", "records", "spectra"]

records = Table(
    "records",
    metadata,
    Column("segment_id", Integer, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("cycle", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("step_kind", SmallInteger, nullable=False),
    Column("unix_time_s", Float(53), nullable=False),
    Column("test_time_s", Float(53), nullable=False),
    Column("step_time_s", Float(53), nullable=False),
    Column("voltage_V", Float(53), nullable=False),
    Column("current_A", Float(53), nullable=False),
    Column("step_capacity_Ah", Float(53), nullable=False),
    Column("step_energy_Wh", Float(53), nullable=False),
    Column("temperature_degC", Float(53)),
    PrimaryKeyConstraint("segment_id", "seq"),
    sqlite_with_rowid=False,
)

record_levels = Table(  # min and max over 256**level consecutive records, written when the bucket is full: plots
    "record_levels",
    metadata,
    Column("segment_id", Integer, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("bucket", Integer, nullable=False),  # (seq - 1) // 256**level
    Column("records", Integer, nullable=False),
    Column("first_test_time_s", Float(53), nullable=False),
    Column("last_test_time_s", Float(53), nullable=False),
    Column("voltage_min_V", Float(53), nullable=False),
    Column("voltage_max_V", Float(53), nullable=False),
    Column("current_min_A", Float(53), nullable=False),
    Column("current_max_A", Float(53), nullable=False),
    Column("temperature_min_degC", Float(53)),
    Column("temperature_max_degC", Float(53)),
    PrimaryKeyConstraint("segment_id", "level", "bucket"),
    sqlite_with_rowid=False,
)

cycles = Table(  # from the instrument's own counters: the last value of each step, summed
    "cycles",
    metadata,
    Column("run_id", Integer, nullable=False),
    Column("cycle", Integer, nullable=False),  # of the run: segment's offset + instrument's counter
    Column("complete", Boolean, nullable=False),  # a later cycle, or the end of the segment, has been seen
    Column("label", Text),
    Column("started_test_time_s", Float(53), nullable=False),
    Column("ended_test_time_s", Float(53), nullable=False),
    Column("charge_capacity_Ah", Float(53), nullable=False),
    Column("discharge_capacity_Ah", Float(53), nullable=False),
    Column("charge_energy_Wh", Float(53), nullable=False),
    Column("discharge_energy_Wh", Float(53), nullable=False),
    Column("gap", Boolean, nullable=False),  # records of this cycle are known to be missing
    PrimaryKeyConstraint("run_id", "cycle"),
    sqlite_with_rowid=False,
)

spectra = Table(  # points of impedance spectra, as in drivers.contracts.SPECTRUM_COLUMNS
    "spectra",
    metadata,
    Column("segment_id", Integer, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("spectrum", Integer, nullable=False),  # the instrument's own count, as cycle and test time are
    Column("cycle", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("unix_time_s", Float(53), nullable=False),
    Column("test_time_s", Float(53), nullable=False),
    Column("frequency_Hz", Float(53), nullable=False),
    Column("z_real_Ohm", Float(53), nullable=False),
    Column("z_imag_Ohm", Float(53), nullable=False),
    Column("voltage_amplitude_V", Float(53), nullable=False),
    Column("current_amplitude_A", Float(53), nullable=False),
    Column("phase_rad", Float(53), nullable=False),
    Column("voltage_V", Float(53), nullable=False),
    Column("current_A", Float(53), nullable=False),
    Column("temperature_degC", Float(53)),
    PrimaryKeyConstraint("segment_id", "seq"),
    sqlite_with_rowid=False,
)

chamber_records = Table(  # every look at a chamber
    "chamber_records",
    metadata,
    Column("chamber", Text, nullable=False),
    Column("unix_time_s", Float(53), nullable=False),
    Column("process_degC", Float(53)),  # NULL: its sensor failed
    Column("set_point_degC", Float(53)),
    Column("output_percent", Float(53)),
    Column("state", Text, nullable=False),  # drivers.contracts.ChamberState
    PrimaryKeyConstraint("chamber", "unix_time_s"),
    sqlite_with_rowid=False,
)
