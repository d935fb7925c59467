"""A run on its way to a file, chunk by chunk: each is written while the next is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Row, exists, literal_column, select

from orchestrator.analysis.run_records import read_spans
from orchestrator.export.errors import ExportError
from orchestrator.store import tables

__all__ = ["background_writer", "require_run", "temperature_measured"]


def require_run(conn: Connection, run_id: int) -> Row[Any]:
    """The run's row. Raises ExportError where there is no such run."""
    run = conn.execute(select(tables.runs).where(tables.runs.c.id == run_id)).one_or_none()
    if run is None:
        raise ExportError(f"there is no run {run_id}; `cellbench ls` lists them")
    return run


def temperature_measured(conn: Connection, run_id: int) -> bool:
    """Whether any record of the run has a temperature of its own."""
    of_run = tables.records.c.segment_id.in_([span.segment_id for span in read_spans(conn, run_id)])
    temperature = tables.records.c.temperature_degC
    # What is not measured is NULL on SQLite and may be NaN on PostgreSQL; SQLite finds every number unequal to a text.
    measured = exists().where(of_run, temperature.is_not(None), temperature != literal_column("'NaN'"))
    return bool(conn.execute(select(measured)).scalar())


@contextmanager
def background_writer(write: Callable[[Any], None]) -> Iterator[Callable[[Any], None]]:
    """A function that hands a table to ``write`` in another thread, one at a time; raises what writing it raised.

    pyarrow formats without the interpreter's lock, so reading goes on meanwhile.
    """
    pending: list[Future[None]] = []

    def settle() -> None:
        while pending:
            pending.pop().result()

    with ThreadPoolExecutor(1, thread_name_prefix="export") as writer:

        def submit(table: Any) -> None:
            settle()
            pending.append(writer.submit(write, table))

        yield submit
        settle()
