"""Analyses that are to be done or are done; who is at one: :mod:`orchestrator.store.analysis_leases`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, or_, select

from orchestrator.store.tables import analyses, analysis_runs

__all__ = [
    "Analysis",
    "AnalysisFilter",
    "get_analysis",
    "list_analyses",
    "page_analyses",
    "queue_analysis",
    "read_rows",
]


@dataclass(frozen=True, slots=True)
class Analysis:
    """One analysis of one run, or of several."""

    id: int
    run_ids: tuple[int, ...]
    """In the order asked for."""
    name: str
    options: dict[str, Any]
    state: str
    code_version: str | None
    input_sha256: str | None
    result: dict[str, Any] | None
    error: str | None
    created_unix_s: float
    finished_unix_s: float | None
    owner: str | None
    """The worker that has taken it."""

    @property
    def run_id(self) -> int:
        """The first of its runs."""
        return self.run_ids[0]


@dataclass(frozen=True, slots=True)
class AnalysisFilter:
    """Which analyses; None: whatever it is."""

    run_id: int | None = None
    """Among its runs."""
    name: str | None = None
    state: str | None = None


def queue_analysis(
    connection: Connection, runs: int | Sequence[int], name: str, options: Mapping[str, Any], *, now: float
) -> int:
    """Ask for an analysis of one run, or of several together, and return its id."""
    run_ids = (runs,) if isinstance(runs, int) else tuple(dict.fromkeys(runs))
    row = analyses.insert().values(
        run_id=run_ids[0], name=name, options=dict(options), state="queued", created_unix_s=now
    )
    new_id: int = connection.execute(row.returning(analyses.c.id)).scalar_one()
    if len(run_ids) > 1:
        places = [{"analysis_id": new_id, "run_id": one, "place": place} for place, one in enumerate(run_ids)]
        connection.execute(insert(analysis_runs), places)
    return new_id


def list_analyses(connection: Connection, run_id: int) -> list[Analysis]:
    """Return the analyses that a run is part of, oldest first."""
    query = _matching(select(analyses), AnalysisFilter(run_id=run_id)).order_by(analyses.c.id)
    return read_rows(connection, connection.execute(query).all())


def get_analysis(connection: Connection, analysis_id: int) -> Analysis | None:
    """Return one analysis, None if there is none of this number."""
    row = connection.execute(select(analyses).where(analyses.c.id == analysis_id)).one_or_none()
    return None if row is None else read_rows(connection, [row])[0]


def page_analyses(
    connection: Connection, wanted: AnalysisFilter, limit: int, offset: int
) -> tuple[list[Analysis], int]:
    """Return one page, newest first, and how many there are in all."""
    total = connection.execute(_matching(select(func.count()).select_from(analyses), wanted)).scalar_one()
    query = _matching(select(analyses), wanted).order_by(analyses.c.id.desc()).limit(limit).offset(offset)
    return read_rows(connection, connection.execute(query).all()), total


def read_rows(connection: Connection, rows: Sequence[Row[*tuple[Any, ...]]]) -> list[Analysis]:
    """Return rows of the table, each with its runs."""
    several = _several(connection, [row.id for row in rows])
    names = [name for name in Analysis.__slots__ if name != "run_ids"]
    return [
        Analysis(run_ids=several.get(row.id, (row.run_id,)), **{name: getattr(row, name) for name in names})
        for row in rows
    ]


def _several(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    query = select(analysis_runs).where(analysis_runs.c.analysis_id.in_(ids)).order_by(analysis_runs.c.place)
    found: dict[int, tuple[int, ...]] = {}
    for row in connection.execute(query) if ids else ():
        found[row.analysis_id] = (*found.get(row.analysis_id, ()), row.run_id)
    return found


def _matching(query: Select[*tuple[Any, ...]], wanted: AnalysisFilter) -> Select[*tuple[Any, ...]]:
    if wanted.run_id is not None:
        part_of = select(analysis_runs.c.analysis_id).where(analysis_runs.c.run_id == wanted.run_id)
        query = query.where(or_(analyses.c.run_id == wanted.run_id, analyses.c.id.in_(part_of)))
    for column, value in ((analyses.c.name, wanted.name), (analyses.c.state, wanted.state)):
        if value is not None:
            query = query.where(column == value)
    return query
