"""Whether the database is whole, and what is in it fits together."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, and_, exists, func, select

from orchestrator.doctor.finding import Finding, bad, ok
from orchestrator.store.events import GAP_EVENT
from orchestrator.store.tables import alarms, events, records, segments, spectra

__all__ = ["check_integrity"]

_COPY = (
    "end the service, copy the database with all its files, then bring the last backup back with `cellbench restore`"
)


def check_integrity(connection: Connection) -> Iterator[Finding]:
    """Pages, references, and the counts that are kept beside the rows."""
    yield _pages(connection)
    yield _strays(connection)
    yield _counts(connection)
    yield _gaps(connection)


def _pages(connection: Connection) -> Finding:
    if connection.dialect.name != "sqlite":
        return ok("integrity", "the server keeps it; its own tool is amcheck")
    told = connection.exec_driver_sql("PRAGMA integrity_check(3)").scalars().all()
    if told != ["ok"]:
        return bad("integrity", f"the file is damaged: {told[0].splitlines()[-1]}", _COPY)
    stray = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if stray:
        return bad("integrity", f"{len(stray)} rows of {stray[0][0]} refer to what is not there", _COPY)
    return ok("integrity", "every page, index and reference is sound")


def _strays(connection: Connection) -> Finding:
    """The tables that grow have no references that the database itself would watch over."""
    for table in (records, spectra):
        # one look at the index for each segment, not one for each row
        first = select(table.c.segment_id).distinct().subquery()
        known = exists().where(segments.c.id == first.c.segment_id)
        stray = connection.scalars(select(first.c.segment_id).where(~known).limit(3)).all()
        if stray:
            return bad("records", f"{table.name} of segment {stray[0]}, which does not exist", _COPY)
    return ok("records", "every record belongs to a segment")


def _counts(connection: Connection) -> Finding:
    counted = select(records.c.segment_id, func.count().label("rows")).group_by(records.c.segment_id).subquery()
    query = (
        select(segments.c.run_id, segments.c.id, segments.c.records, func.coalesce(counted.c.rows, 0).label("rows"))
        .join(counted, counted.c.segment_id == segments.c.id, isouter=True)
        .where(segments.c.records != func.coalesce(counted.c.rows, 0))
    )
    wrong = connection.execute(query.limit(1)).first()
    if wrong is None:
        return ok("counts", "segments have as many records as they say")
    said = f"run {wrong.run_id}: segment {wrong.id} says {wrong.records} records and has {wrong.rows}"
    return bad("counts", said, _COPY)


def _gaps(connection: Connection) -> Finding:
    """Numbers that are passed over inside a segment: said already where the instrument never gave them."""
    lacking = (func.max(records.c.seq) - func.count()).label("lacking")  # numbers begin with 1
    spans = select(records.c.segment_id, lacking)
    per = spans.group_by(records.c.segment_id).subquery()
    query = select(segments.c.run_id, per.c.lacking).join(per, per.c.segment_id == segments.c.id)
    unknown, known = [], 0
    for run_id, lacking in connection.execute(query.where(per.c.lacking > 0).order_by(segments.c.run_id)):
        if _is_said(connection, run_id):
            known += 1
        else:
            unknown.append(f"run {run_id}: {lacking} records")
    if unknown:
        remedy = "nobody was told of these: look at the run's events, and export it to see between which records"
        return bad("gaps", "; ".join(unknown[:3]) + (" …" if len(unknown) > 3 else ""), remedy)
    return ok("gaps", "no record number is missing" if not known else f"{known} segments with gaps that were told")


def _is_said(connection: Connection, run_id: int) -> bool:
    told = select(events.c.id).where(and_(events.c.run_id == run_id, events.c.kind == GAP_EVENT)).limit(1)
    alarm = select(alarms.c.id).where(alarms.c.source == f"records of run {run_id}").limit(1)
    return connection.scalar(told) is not None or connection.scalar(alarm) is not None
