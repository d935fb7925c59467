"""A run's records as numpy columns, chunk by chunk, in the run's own cycle numbers and test time.

The instrument counts records, cycles and seconds per test, and a run may be several tests (segments). Here each
segment's offsets are added, so that the columns run on over the whole run. Memory is one chunk, whatever the run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, func, select

from drivers.contracts import RECORD_COLUMNS
from orchestrator.store.read_columns import read_columns
from orchestrator.store.tables import records, segments

__all__ = ["CHUNK_RECORDS", "RecordChunk", "SegmentSpan", "read_chunks", "read_spans"]

CHUNK_RECORDS = 20_000


@dataclass(frozen=True, slots=True)
class SegmentSpan:
    """One test of a run and what to add to its counters."""

    segment_id: int
    number: int
    cycle_offset: int
    time_offset_s: float
    record_offset: int
    """Highest record numbers of the earlier segments, summed: a lost record keeps its number."""
    last_seq: int


@dataclass(frozen=True, slots=True)
class RecordChunk:
    """Consecutive records of one segment. ``columns`` as in RECORD_COLUMNS, and ``record`` (from 1 in the run)."""

    span: SegmentSpan
    columns: dict[str, npt.NDArray[Any]]

    def __len__(self) -> int:
        """Return the number of records."""
        return len(self.columns["seq"])


def read_spans(conn: Connection, run_id: int) -> list[SegmentSpan]:
    """Segments of a run in the order in which they ran."""
    last_seq = select(func.max(records.c.seq)).where(records.c.segment_id == segments.c.id).scalar_subquery()
    told = (segments.c.id, segments.c.number, segments.c.cycle_offset, segments.c.time_offset_s)
    rows = conn.execute(
        select(*told, last_seq.label("last_seq"))
        .where(segments.c.run_id == run_id)
        .order_by(segments.c.number, segments.c.attempt)
    ).all()
    spans: list[SegmentSpan] = []
    record_offset = 0
    for row in rows:
        last = row.last_seq or 0
        spans.append(SegmentSpan(row.id, row.number, row.cycle_offset, row.time_offset_s, record_offset, last))
        record_offset += last
    return spans


def read_chunks(conn: Connection, run_id: int, chunk_records: int = CHUNK_RECORDS) -> Iterator[RecordChunk]:
    """All records of a run, each once, in order; a chunk never spans two segments and is never empty."""
    names = tuple(RECORD_COLUMNS)
    for span in read_spans(conn, run_id):
        for first in range(1, span.last_seq + 1, chunk_records):
            last = min(first + chunk_records - 1, span.last_seq)
            columns = read_columns(conn, span.segment_id, first, last, names)
            if len(columns["seq"]):
                yield RecordChunk(span, _in_the_run(columns, span))


def _in_the_run(columns: dict[str, npt.NDArray[Any]], span: SegmentSpan) -> dict[str, npt.NDArray[Any]]:
    return columns | {
        "cycle": columns["cycle"] + np.int32(span.cycle_offset),
        "test_time_s": columns["test_time_s"] + span.time_offset_s,
        "record": columns["seq"] + span.record_offset,
    }
