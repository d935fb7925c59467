"""Who is at which analysis, and for how long.

A worker takes an analysis for LEASE_S at a time and renews that while it is at work. One whose lease has run out is
anybody's again: its worker is dead, or has lost the database. Leases run by the database's clock: several nodes share
it, and the lab's may jump. Only the worker that holds an analysis can finish it, so that no result is stored twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from orchestrator.store.analyses import Analysis, read_rows
from orchestrator.store.database_clock import database_unix_s
from orchestrator.store.errors import StoreError
from orchestrator.store.tables import analyses

__all__ = [
    "LEASE_S",
    "any_to_take",
    "fail_held",
    "finish_analysis",
    "held_ids",
    "release_held",
    "renew_leases",
    "take_analysis",
]

LEASE_S = 30.0


def any_to_take(connection: Connection) -> bool:
    """Whether anything waits for a worker."""
    query = select(analyses.c.id).where(_free(database_unix_s(connection))).limit(1)
    return connection.execute(query).first() is not None


def take_analysis(connection: Connection, owner: str, analysis_id: int | None = None) -> Analysis | None:
    """Take the oldest that waits, or this one, for this worker alone; None where there is none."""
    now = database_unix_s(connection)
    query = select(analyses.c.id).where(_free(now)).order_by(analyses.c.id).limit(1)
    if analysis_id is not None:
        query = query.where(analyses.c.id == analysis_id)
    found = connection.execute(query.with_for_update(skip_locked=True)).scalar()  # no lock on SQLite: one writer
    if found is None:
        return None
    change = update(analyses).where(analyses.c.id == found)
    taken = change.values(state="running", owner=owner, leased_until_unix_s=now + LEASE_S).returning(analyses)
    return read_rows(connection, [connection.execute(taken).one()])[0]


def renew_leases(connection: Connection, owner: str) -> None:
    """Keep what this worker holds for another LEASE_S."""
    until = database_unix_s(connection) + LEASE_S
    connection.execute(update(analyses).where(_held(owner)).values(leased_until_unix_s=until))


def held_ids(connection: Connection, owner: str) -> tuple[int, ...]:
    """Analyses that this worker has taken and not yet finished."""
    return tuple(connection.execute(select(analyses.c.id).where(_held(owner)).order_by(analyses.c.id)).scalars())


def finish_analysis(
    connection: Connection,
    analysis_id: int,
    owner: str,
    *,
    now: float,
    code_version: str,
    input_sha256: str | None = None,
    result: Mapping[str, Any] | None = None,
    error: str | None = None,
) -> None:
    """Write the result, or the error that took its place. Raises StoreError where this worker does not hold it."""
    change = update(analyses).where(analyses.c.id == analysis_id, _held(owner))
    values = {
        "state": "done" if error is None else "failed",
        "code_version": code_version,
        "input_sha256": input_sha256,
        "result": None if result is None else dict(result),
        "error": error,
        "finished_unix_s": now,
        "leased_until_unix_s": None,
    }
    if not connection.execute(change.values(**values)).rowcount:
        raise StoreError(f"analysis {analysis_id} is not running here; another worker has taken or finished it")


def release_held(connection: Connection, owner: str) -> int:
    """Queue again what this worker holds; return how many."""
    values = {"state": "queued", "owner": None, "leased_until_unix_s": None}
    return connection.execute(update(analyses).where(_held(owner)).values(values)).rowcount


def fail_held(connection: Connection, owner: str, error: str, now: float) -> None:
    """Mark what this worker holds as failed: it ended with it. ``now`` in unix seconds of the lab."""
    values = {"state": "failed", "error": error, "finished_unix_s": now, "leased_until_unix_s": None}
    connection.execute(update(analyses).where(_held(owner)).values(values))


def _held(owner: str) -> ColumnElement[bool]:
    return and_(analyses.c.state == "running", analyses.c.owner == owner)


def _free(now: float) -> ColumnElement[bool]:
    lease = analyses.c.leased_until_unix_s
    run_out = and_(analyses.c.state == "running", or_(lease.is_(None), lease < now))
    return or_(analyses.c.state == "queued", run_out)
