"""Records of a window of test time, chunk by chunk: memory does not grow with the run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal

import numpy as np
import pyarrow as pa
from pyarrow import csv
from sqlalchemy import Connection, select

from drivers.contracts import RECORD_COLUMNS
from orchestrator.store.read_columns import read_columns
from orchestrator.store.seq_range import seq_range
from orchestrator.store.tables import segments

__all__ = ["Span", "StreamFormat", "record_bytes", "spans"]

StreamFormat = Literal["csv", "arrow"]
_CHUNK_RECORDS = 20_000
_SCHEMA = pa.schema([(name, pa.from_numpy_dtype(np.dtype(kind))) for name, kind in RECORD_COLUMNS.items()])


@dataclass(frozen=True, slots=True)
class Span:
    """Records ``first`` … ``last`` of one segment, and what makes its counters those of the run."""

    segment_id: int
    first: int
    last: int
    cycle_offset: int
    time_offset_s: float

    def __len__(self) -> int:
        """At most so many records."""
        return self.last - self.first + 1


def spans(connection: Connection, run_id: int, start_s: float, end_s: float) -> list[Span]:
    """What lies in the window ``start_s <= test time <= end_s`` of a run."""
    columns = (segments.c.id, segments.c.cycle_offset, segments.c.time_offset_s)
    found = []
    for row in connection.execute(select(*columns).where(segments.c.run_id == run_id).order_by(segments.c.id)).all():
        ends = seq_range(connection, row.id, start_s - row.time_offset_s, end_s - row.time_offset_s)
        if ends is not None:
            found.append(Span(row.id, *ends, row.cycle_offset, row.time_offset_s))
    return found


def record_bytes(connection: Connection, wanted: list[Span], file_format: StreamFormat) -> Iterator[bytes]:
    """The records as CSV with a header, or as an Arrow IPC stream."""
    buffer = BytesIO()
    writer: Any = csv.CSVWriter(buffer, _SCHEMA) if file_format == "csv" else pa.ipc.new_stream(buffer, _SCHEMA)
    with writer:
        for batch in _batches(connection, wanted):
            writer.write_batch(batch)
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _batches(connection: Connection, wanted: list[Span]) -> Iterator[pa.RecordBatch]:
    for span in wanted:
        for first in range(span.first, span.last + 1, _CHUNK_RECORDS):
            last = min(first + _CHUNK_RECORDS - 1, span.last)
            columns = read_columns(connection, span.segment_id, first, last, tuple(RECORD_COLUMNS))
            columns["cycle"] += np.int32(span.cycle_offset)
            columns["test_time_s"] += span.time_offset_s
            arrays = [pa.array(columns[name], from_pandas=True) for name in RECORD_COLUMNS]  # NaN becomes null
            yield pa.RecordBatch.from_arrays(arrays, schema=_SCHEMA)
