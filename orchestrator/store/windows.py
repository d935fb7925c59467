"""Records of a run by a window of its test time: whole for export and analysis, or as minima and maxima for plots."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, select

from drivers.contracts import RECORD_COLUMNS
from orchestrator.store.extremes import EXTREMES, merged, read_extremes
from orchestrator.store.read_columns import read_columns
from orchestrator.store.seq_range import seq_range
from orchestrator.store.tables import segments

__all__ = ["record_window"]


def record_window(
    connection: Connection,
    run_id: int,
    start_test_time_s: float = -np.inf,
    end_test_time_s: float = np.inf,
    *,
    buckets: int | None = None,
) -> dict[str, npt.NDArray[Any]]:
    """Records with start <= run test time <= end, over all segments, as columns of one length.

    Whole: RECORD_COLUMNS and ``segment_id``, where test_time_s and cycle are the run's own (segment's offset added).
    With ``buckets``: EXTREMES of about that many stretches of records (seldom more, fewer where the store holds only
    coarser levels): ``records``, first and last test_time_s, and min and max of voltage, current and temperature.
    """
    parts: list[dict[str, npt.NDArray[Any]]] = []
    spans = _spans(connection, run_id, start_test_time_s, end_test_time_s)
    total = sum(last - first + 1 for _, first, last in spans)
    for segment, first, last in spans:
        if buckets is None:
            part = read_columns(connection, segment.id, first, last, tuple(RECORD_COLUMNS))
            part["segment_id"] = np.full(len(part["seq"]), segment.id, dtype=np.int64)
            part["test_time_s"] += segment.time_offset_s
            part["cycle"] += segment.cycle_offset
        else:
            share = max(1, round(buckets * (last - first + 1) / total))
            part = merged(read_extremes(connection, segment.id, first, last, total), share)
            part["first_test_time_s"] += segment.time_offset_s
            part["last_test_time_s"] += segment.time_offset_s
        parts.append(part)
    if not parts:
        types = {**RECORD_COLUMNS, "segment_id": "int64"} if buckets is None else EXTREMES
        return {name: np.empty(0, dtype=kind) for name, kind in types.items()}
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _spans(connection: Connection, run_id: int, start_s: float, end_s: float) -> list[tuple[Any, int, int]]:
    """Segments with the first and last seq that lie in the window."""
    spans = []
    for segment in connection.execute(
        select(segments.c.id, segments.c.cycle_offset, segments.c.time_offset_s)
        .where(segments.c.run_id == run_id)
        .order_by(segments.c.id)
    ).all():
        span = seq_range(connection, segment.id, start_s - segment.time_offset_s, end_s - segment.time_offset_s)
        if span is not None:
            spans.append((segment, *span))
    return spans
