"""What drawings of runs depend on, as one short text: another one says that they are to be drawn anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from importlib.metadata import version
from typing import Literal

from sqlalchemy import Connection, Executable, func, select

from orchestrator.store.tables import alarms, analyses, cells, cycles, events, runs

__all__ = ["content_version"]


def content_version(
    connection: Connection, run_ids: Sequence[int], what: Literal["figures", "report"], language: str
) -> str:
    """A fingerprint of these runs' cells, results and complete cycles, of the language, and of the code that draws.

    For a report also of their states and events, and of all alarms.
    """
    shown = [[tuple(row) for row in connection.execute(query)] for query in _queries(run_ids, what)]
    return sha256(repr((version("cellbench"), language, shown)).encode()).hexdigest()[:16]


def _queries(run_ids: Sequence[int], what: Literal["figures", "report"]) -> Iterator[Executable]:
    done = select(func.max(analyses.c.id), func.max(analyses.c.finished_unix_s), func.count())
    yield done.where(analyses.c.run_id.in_(run_ids), analyses.c.state == "done")
    yield select(func.count()).where(cycles.c.run_id.in_(run_ids), cycles.c.complete)
    its_cell = select(runs.c.cell_id).where(runs.c.id.in_(run_ids))
    yield select(cells).where(cells.c.id.in_(its_cell)).order_by(cells.c.id)
    if what == "report":
        yield select(runs.c.id, runs.c.state).where(runs.c.id.in_(run_ids)).order_by(runs.c.id)
        yield select(func.max(events.c.id)).where(events.c.run_id.in_(run_ids))
        # an instrument's alarms are told of its runs too; that one of another's draws this anew costs little
        newest = (alarms.c.id, alarms.c.cleared_unix_s, alarms.c.acknowledged_unix_s)
        yield select(func.count(), *(func.max(column) for column in newest))
