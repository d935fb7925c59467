"""Writing Battery Data Format tables as Parquet."""

from __future__ import annotations

from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

__all__ = ["ParquetSink"]

_ROW_GROUP = 131_072
"""Records a row group: small chunks would make a file of a million records slow to read."""


class ParquetSink:
    """Appends tables of one schema to a binary stream; the file is complete after ``close``."""

    def __init__(self, stream: IO[bytes], schema: pa.Schema) -> None:
        self._writer = pq.ParquetWriter(stream, schema, compression="zstd")
        self._held: list[pa.Table] = []

    def write(self, table: pa.Table) -> None:
        """Append rows, a whole row group at a time."""
        self._held.append(table)
        if sum(held.num_rows for held in self._held) >= _ROW_GROUP:
            self._flush()

    def close(self) -> None:
        """Write what is held and the footer."""
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._held:
            self._writer.write_table(pa.concat_tables(self._held))
            self._held.clear()
