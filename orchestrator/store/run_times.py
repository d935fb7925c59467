"""From unix time to a run's test time, which stands still in pauses: where an event lies on a plot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from orchestrator.store.seq_range import last_seq_of
from orchestrator.store.tables import segments

__all__ = ["run_times"]


@dataclass(frozen=True, slots=True)
class _Part:
    """A segment with records, and what makes its test time the run's."""

    segment_id: int
    time_offset_s: float
    last_seq: int
    began_unix_s: float


def run_times(connection: Connection, run_id: int, unix_times_s: Sequence[float]) -> list[float]:
    """Test time of the first record at or behind each moment; the run's last one behind all records, else 0.

    By bisection over the primary key: no index on unix time is needed. A clock that was set back makes the answer as
    wrong as the clock was.
    """
    parts = _parts(connection, run_id)
    return [_test_time(connection, parts, moment_s) for moment_s in unix_times_s]


def _parts(connection: Connection, run_id: int) -> list[_Part]:
    columns = segments.c["id", "time_offset_s"]
    found = []
    for row in connection.execute(select(*columns).where(segments.c.run_id == run_id).order_by(segments.c.id)).all():
        last_seq = last_seq_of(connection, row.id)
        if last_seq is not None:
            first = _record(connection, row.id, 1)
            found.append(_Part(row.id, row.time_offset_s, last_seq, first[0]))
    return found


def _test_time(connection: Connection, parts: Sequence[_Part], moment_s: float) -> float:
    begun = [part for part in parts if part.began_unix_s <= moment_s]
    if not begun:
        return 0.0
    part = begun[-1]
    low, high = 1, part.last_seq
    while low < high:
        middle = (low + high) // 2
        if _record(connection, part.segment_id, middle)[0] < moment_s:
            low = middle + 1
        else:
            high = middle
    return part.time_offset_s + _record(connection, part.segment_id, low)[1]


def _record(connection: Connection, segment_id: int, seq: int) -> tuple[float, float]:
    """Unix time and test time of a record; of the next one where this number is missing."""
    query = (
        f"SELECT unix_time_s, test_time_s FROM records WHERE segment_id = {int(segment_id)} "  # noqa: S608 - integers
        f"AND seq >= {int(seq)} ORDER BY seq LIMIT 1"
    )
    unix_s, test_s = connection.exec_driver_sql(query).one()
    return unix_s, test_s
