"""From test time to sequence numbers, by bisection over the primary key: no index on time is needed."""

from __future__ import annotations

from sqlalchemy import Connection

from orchestrator.store.read_columns import MeasuredTable

__all__ = ["last_seq_of", "seq_range"]


def seq_range(connection: Connection, segment_id: int, start_s: float, end_s: float) -> tuple[int, int] | None:
    """First and last seq with start <= the instrument's test time <= end, None if there is no record in between."""
    last = last_seq_of(connection, segment_id)
    if last is None:
        return None
    first = 1 if start_s == -float("inf") else _first_at(connection, segment_id, last, start_s, inclusive=True)
    behind = last + 1 if end_s == float("inf") else _first_at(connection, segment_id, last, end_s, inclusive=False)
    return (first, behind - 1) if first < behind else None


def last_seq_of(connection: Connection, segment_id: int, table: MeasuredTable = "records") -> int | None:
    """Return the highest seq stored, None if there is no row."""
    query = f"SELECT max(seq) FROM {table} WHERE segment_id = {int(segment_id)}"  # noqa: S608 - an integer
    found: int | None = connection.exec_driver_sql(query).scalar()
    return found


def _first_at(connection: Connection, segment_id: int, last: int, time_s: float, *, inclusive: bool) -> int:
    """Lowest seq at or behind ``time_s`` (behind it only, if not inclusive); last + 1 if there is none.

    Test time does not fall with seq. Numbers may be missing: a probe takes the next record that there is.
    """
    low, high = 1, last + 1
    while low < high:
        middle = (low + high) // 2
        query = (
            f"SELECT test_time_s FROM records WHERE segment_id = {int(segment_id)} "  # noqa: S608 - integers
            f"AND seq >= {middle} ORDER BY seq LIMIT 1"
        )
        found = connection.exec_driver_sql(query).scalar()
        if found is None or found > time_s or (inclusive and found == time_s):
            high = middle
        else:
            low = middle + 1
    return low
