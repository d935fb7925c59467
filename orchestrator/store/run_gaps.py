"""Where in test time records of a run are known to be missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, Row, select

from orchestrator.store.read_columns import read_columns
from orchestrator.store.seq_range import seq_range
from orchestrator.store.tables import cycles, segments

__all__ = ["RunGap", "run_gaps"]

_GAPS_MAX = 100
_LOOKED_AT_MAX = 200_000
"""Records of a cycle that are looked through for the very place; in a longer one the whole cycle is the place."""


@dataclass(frozen=True, slots=True)
class RunGap:
    """A stretch of test time with records missing; the instrument's own counters span it."""

    cycle: int
    start_s: float
    end_s: float
    records: int | None
    """How many are missing; None: nobody knows, nor where in the cycle."""


def run_gaps(connection: Connection, run_id: int) -> list[RunGap]:
    """The first 100, in order."""
    columns = cycles.c["cycle", "started_test_time_s", "ended_test_time_s"]
    damaged = select(*columns).where(cycles.c.run_id == run_id, cycles.c.gap).order_by(cycles.c.cycle)
    rows = connection.execute(damaged.limit(_GAPS_MAX)).all()
    return [gap for row in rows for gap in _gaps_of(connection, run_id, row)][:_GAPS_MAX]


def _gaps_of(connection: Connection, run_id: int, cycle: Row[tuple[int, float, float]]) -> list[RunGap]:
    start_s, end_s = cycle.started_test_time_s, cycle.ended_test_time_s
    found = list(_holes(connection, run_id, cycle.cycle, start_s, end_s))
    return found or [RunGap(cycle.cycle, start_s, end_s, None)]


def _holes(connection: Connection, run_id: int, cycle: int, start_s: float, end_s: float) -> Iterator[RunGap]:
    query = select(*segments.c["id", "time_offset_s"]).where(segments.c.run_id == run_id).order_by(segments.c.id)
    for segment_id, offset_s in connection.execute(query).all():
        span = seq_range(connection, segment_id, start_s - offset_s, end_s - offset_s)
        if span is None or span[1] - span[0] > _LOOKED_AT_MAX:
            continue
        columns = read_columns(connection, segment_id, max(span[0] - 1, 1), span[1], ("seq", "test_time_s"))
        seq, time_s = columns["seq"], columns["test_time_s"] + offset_s
        for place in np.flatnonzero(np.diff(seq) > 1).tolist():
            missing = int(seq[place + 1] - seq[place]) - 1
            yield RunGap(cycle, float(time_s[place]), float(time_s[place + 1]), missing)
