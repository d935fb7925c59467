"""A fingerprint of everything that an export of a run can show: the same one means the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, func, select

from orchestrator.export.formats import ExportFormat
from orchestrator.export.run_chunks import require_run
from orchestrator.store.chamber_records import GAP_MAX_S
from orchestrator.store.tables import (
    analyses,
    cells,
    chamber_records,
    cycles,
    events,
    instruments,
    records,
    segments,
    spectra,
)

__all__ = ["export_version"]

_WRITERS = ("cellbench", "numpy", "pandas", "pyarrow")
"""What decides, beside the database, on every byte."""
_NOT_SHOWN = frozenset({"plan", "content", "last_seen_unix_s"})
"""What never changes and is long, and what changes and is in no file."""


def export_version(conn: Connection, run_id: int, file_format: ExportFormat) -> str:
    """Take it before the export: what changes meanwhile then has another one.

    Rows that people and the engine change are in it as they are; of what only grows (records, points of spectra, looks
    at a chamber, events, results) how far it has grown. Raises ExportError where there is no such run.
    """
    run = require_run(conn, run_id)
    told = sha256(repr((file_format, _code(), _without(run))).encode())
    for part in (*_rows(conn, run), *_grown(conn, run)):
        told.update(repr(part).encode())
    return told.hexdigest()[:32]


@cache
def _code() -> tuple[str, ...]:
    return tuple(version(name) for name in _WRITERS)


def _rows(conn: Connection, run: Row[Any]) -> Iterator[list[tuple[Any, ...]]]:
    of_run = (
        (cells, cells.c.id == run.cell_id, cells.c.id),
        (instruments, instruments.c.name == run.instrument, instruments.c.name),
        (segments, segments.c.run_id == run.id, segments.c.id),
        (cycles, cycles.c.run_id == run.id, cycles.c.cycle),
    )
    for table, mine, order in of_run:
        shown = [column for column in table.c if column.name not in _NOT_SHOWN]
        yield [tuple(row) for row in conn.execute(select(*shown).where(mine).order_by(order))]


def _grown(conn: Connection, run: Row[Any]) -> Iterator[tuple[Any, ...]]:
    for segment_id in conn.execute(select(segments.c.id).where(segments.c.run_id == run.id).order_by(segments.c.id)):
        for table in (records, spectra):
            yield _newest(conn, table, table.c.segment_id == segment_id[0], table.c.seq)
    yield _newest(conn, events, events.c.run_id == run.id, events.c.id)
    results = select(func.count(), func.max(analyses.c.id), func.max(analyses.c.finished_unix_s))
    yield tuple(conn.execute(results.where(analyses.c.run_id == run.id)).one())
    if run.chamber is not None:
        looks = select(func.count(), func.min(chamber_records.c.unix_time_s), func.max(chamber_records.c.unix_time_s))
        yield tuple(conn.execute(looks.where(*_around(run))).one())


def _newest(conn: Connection, table: Table, mine: ColumnElement[bool], number: ColumnElement[int]) -> tuple[Any, ...]:
    return (table.name, conn.execute(select(func.max(number)).where(mine)).scalar())


def _around(run: Row[Any]) -> tuple[ColumnElement[bool], ...]:
    """Looks at the run's chamber that say something about its records."""
    time_s = chamber_records.c.unix_time_s
    bounds = [chamber_records.c.chamber == run.chamber, time_s >= run.created_unix_s - GAP_MAX_S]
    return (*bounds, *([time_s <= run.finished_unix_s + GAP_MAX_S] if run.finished_unix_s is not None else []))


def _without(row: Row[Any]) -> tuple[tuple[str, Any], ...]:
    return tuple((name, entry) for name, entry in row._asdict().items() if name not in _NOT_SHOWN)
