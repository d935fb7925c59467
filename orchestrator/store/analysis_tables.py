"""Tables of the analyses: what is asked for, who is at it until when, what came of it, and further runs."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Float, ForeignKey, Integer, PrimaryKeyConstraint, Table, Text
from sqlalchemy.types import JSON

from orchestrator.store.table_metadata import metadata, one_of

__all__ = ["analyses", "analysis_runs"]

analyses = Table(
    "analyses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("run_id", Integer, ForeignKey("runs.id"), nullable=False),  # the first of its runs
    Column("name", Text, nullable=False),
    Column("options", JSON, nullable=False),
    Column("state", Text, nullable=False),  # queued, running, done, failed
    Column("code_version", Text),
    Column("input_sha256", Text),
    Column("result", JSON),
    Column("error", Text),
    Column("created_unix_s", Float, nullable=False),
    Column("finished_unix_s", Float),
    Column("owner", Text),  # the worker that has taken it
    Column("leased_until_unix_s", Float(53)),  # by the database's clock, not the lab's: others may take it after that
    CheckConstraint(one_of("state", ("queued", "running", "done", "failed")), name="state"),
)

analysis_runs = Table(  # an analysis of several runs has a row for each of them; of one run it has none
    "analysis_runs",
    metadata,
    Column("analysis_id", Integer, ForeignKey("analyses.id"), nullable=False),
    Column("run_id", Integer, ForeignKey("runs.id"), nullable=False, index=True),
    Column("place", Integer, nullable=False),  # in the order asked for, from 0
    PrimaryKeyConstraint("analysis_id", "run_id"),
)
