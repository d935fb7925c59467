"""What the database holds of runs, in as few statements as there are tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, case, func, select

from orchestrator.run_state import TERMINAL
from orchestrator.store.node_status import instrument_report_ages
from orchestrator.store.tables import cycles, latest, records, runs, segments
from orchestrator.web.refusal import NotFound

__all__ = ["ENDED", "RunFilter", "RunRows", "read_run", "read_runs", "require_run"]

AnyRow = Row[*tuple[Any, ...]]

ENDED = frozenset(state.value for state in TERMINAL)


@dataclass(frozen=True, slots=True)
class RunFilter:
    """Which runs; None: whatever it is."""

    state: str | None = None
    cell: str | None = None
    protocol: str | None = None
    instrument: str | None = None
    active: bool | None = None


@dataclass(frozen=True, slots=True)
class RunRows:
    """One run with what belongs to it."""

    run: AnyRow
    segment: AnyRow | None
    """Newest attempt of the present item."""
    latest: AnyRow | None
    """The channel as last seen, if it was seen with this run."""
    clock: AnyRow | None
    """``now_s``, ``done_at_s``, ``cycle``: test time reached, end of the last complete cycle, present cycle."""
    record: AnyRow | None
    """Newest record of the present segment: full resolution, where a status may have four decimals of an ampere."""
    reported_s: float | None = None
    """How long ago its instrument's node last reported; None: no node ever has."""


def require_run(connection: Connection, run_id: int) -> None:
    """Raises NotFound where there is no such run."""
    if connection.execute(select(runs.c.id).where(runs.c.id == run_id)).scalar() is None:
        raise NotFound(f"there is no run {run_id}; `cellbench ls` lists them")


def read_run(connection: Connection, run_id: int) -> RunRows:
    """One run. Raises NotFound."""
    row = connection.execute(select(runs).where(runs.c.id == run_id)).one_or_none()
    if row is None:
        raise NotFound(f"there is no run {run_id}; `cellbench ls` lists them")
    return _with_rest(connection, [row])[0]


def read_runs(connection: Connection, wanted: RunFilter, limit: int, offset: int) -> tuple[list[RunRows], int]:
    """One page of runs, newest first, and how many there are in all."""
    conditions = _conditions(wanted)
    total = connection.execute(select(func.count()).select_from(runs).where(*conditions)).scalar_one()
    page = select(runs).where(*conditions).order_by(runs.c.id.desc()).limit(limit).offset(offset)
    return _with_rest(connection, connection.execute(page).all()), total


def _conditions(wanted: RunFilter) -> list[Any]:
    equal = {
        "state": wanted.state,
        "cell_id": wanted.cell,
        "protocol": wanted.protocol,
        "instrument": wanted.instrument,
    }
    conditions: list[Any] = [runs.c[name] == value for name, value in equal.items() if value is not None]
    if wanted.active is not None:
        conditions.append(runs.c.state.not_in(ENDED) if wanted.active else runs.c.state.in_(ENDED))
    return conditions


def _with_rest(connection: Connection, found: Sequence[AnyRow]) -> list[RunRows]:
    ids = [row.id for row in found]
    if not ids:
        return []
    present = _present_segments(connection, ids)
    seen = {row.run_id: row for row in connection.execute(select(latest).where(latest.c.run_id.in_(ids)))}
    clocks = _clocks(connection, ids)
    newest = {run_id: _newest_record(connection, segment.id) for run_id, segment in present.items() if run_id in seen}
    reported = instrument_report_ages(connection)
    return [
        RunRows(
            row,
            present.get(row.id),
            seen.get(row.id),
            clocks.get(row.id),
            newest.get(row.id),
            reported.get(row.instrument),
        )
        for row in found
    ]


def _newest_record(connection: Connection, segment_id: int) -> AnyRow | None:
    query = select(records.c.unix_time_s, records.c.voltage_V, records.c.current_A)
    return connection.execute(
        query.where(records.c.segment_id == segment_id).order_by(records.c.seq.desc()).limit(1)
    ).one_or_none()


def _present_segments(connection: Connection, ids: Sequence[int]) -> dict[int, AnyRow]:
    wanted = ("id", "run_id", "number", "attempt", "step_map", "cycle_offset", "started_unix_s")
    query = (
        select(*(segments.c[name] for name in wanted))
        .join(runs, (runs.c.id == segments.c.run_id) & (runs.c.item == segments.c.number))
        .where(segments.c.run_id.in_(ids))
        .order_by(segments.c.attempt)
    )
    return {row.run_id: row for row in connection.execute(query).all()}


def _clocks(connection: Connection, ids: Sequence[int]) -> dict[int, AnyRow]:
    complete_end = case((cycles.c.complete, cycles.c.ended_test_time_s), else_=0.0)
    query = (
        select(
            cycles.c.run_id,
            func.max(cycles.c.ended_test_time_s).label("now_s"),
            func.max(complete_end).label("done_at_s"),
            func.max(cycles.c.cycle).label("cycle"),
        )
        .where(cycles.c.run_id.in_(ids))
        .group_by(cycles.c.run_id)
    )
    return {row.run_id: row for row in connection.execute(query).all()}
