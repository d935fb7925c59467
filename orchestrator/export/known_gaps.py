"""Records that are known to be missing, seen while a run is exported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, select

from orchestrator.analysis.run_records import SegmentSpan
from orchestrator.store.events import GAP_EVENT
from orchestrator.store.tables import events

__all__ = ["Gap", "GapWatch", "possible_gaps"]


@dataclass(frozen=True, slots=True)
class Gap:
    """Consecutive record numbers of the run that nobody has; time of the records before and after them."""

    first_record: int
    last_record: int
    after_test_time_s: float | None
    """None: the segment's first records are missing."""
    before_test_time_s: float


@dataclass(slots=True)
class GapWatch:
    """Compares record numbers across chunks: within a segment the instrument counts without gaps."""

    gaps: list[Gap] = field(default_factory=list)
    _segment_id: int | None = None
    _last: tuple[int, float | None] = (0, None)

    def look(self, span: SegmentSpan, columns: Mapping[str, npt.NDArray[Any]]) -> None:
        """Note what is missing before and inside this chunk."""
        if span.segment_id != self._segment_id:
            self._segment_id, self._last = span.segment_id, (span.record_offset, None)
        record, time_s = columns["record"], columns["test_time_s"]
        self._compare(*self._last, int(record[0]), float(time_s[0]))
        for place in np.flatnonzero(np.diff(record) > 1).tolist():
            self._compare(int(record[place]), float(time_s[place]), int(record[place + 1]), float(time_s[place + 1]))
        self._last = (int(record[-1]), float(time_s[-1]))

    def _compare(self, before: int, before_s: float | None, after: int, after_s: float) -> None:
        if after != before + 1:
            self.gaps.append(Gap(before + 1, after - 1, before_s, after_s))


def possible_gaps(connection: Connection, run_id: int) -> list[str]:
    """What a driver told of records that were lost on the way and that no record number tells of, oldest first."""
    told = select(events.c.message).where(events.c.run_id == run_id, events.c.kind == GAP_EVENT)
    return list(connection.execute(told.order_by(events.c.id)).scalars())
