"""Writing Battery Data Format tables as CSV that no reader can mistake.

Two things go wrong elsewhere and are held here: Unix time keeps six decimals (``%.9g`` loses whole seconds, and readers
then find increments that disagree), and a real number always shows a decimal point or an exponent (readers that infer
types from the first hundred rows take 0 for an integer column and stop at the first 0.1).
"""

from __future__ import annotations

from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from orchestrator.export.bdf_table import UNIX_TIME

__all__ = ["CsvSink"]

_MICROSECONDS = pa.decimal128(19, 6)
_EXPONENT_FROM = 1e10
"""pyarrow writes whole numbers below this without a decimal point, and larger ones with an exponent."""


class CsvSink:
    """Appends tables of one schema to a binary stream; the header row stands at once."""

    def __init__(
        self,
        stream: IO[bytes],
        schema: pa.Schema,
        *,
        delimiter: str = ",",
        line_end: str = "\n",
        encoding: str = "utf-8",
    ) -> None:
        self._stream = stream
        self._options = csv.WriteOptions(
            include_header=False,
            quoting_style="none",
            batch_size=16_384,
            null_string="NaN",
            delimiter=delimiter,
            eol=line_end,
        )
        stream.write((delimiter.join(schema.names) + line_end).encode(encoding))

    def write(self, table: pa.Table) -> None:
        """Append rows. No text in these tables holds a delimiter, a quote or a line end: pyarrow refuses them."""
        written = [_written(label, column) for label, column in zip(table.column_names, table.columns, strict=True)]
        csv.write_csv(pa.table(written, names=table.column_names), self._stream, self._options)

    def close(self) -> None:
        """Nothing is held back; the stream is the caller's."""


def _written(label: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    if label == UNIX_TIME:
        return pc.cast(pc.round(column, 6), _MICROSECONDS, safe=False)
    if not pa.types.is_floating(column.type):
        return column
    numbers = column.to_numpy()
    whole = (np.trunc(numbers) == numbers) & (np.abs(numbers) < _EXPONENT_FROM)
    if not whole.any():
        return column
    text = pc.cast(column, pa.string())
    return pc.if_else(pa.array(whole), pc.binary_join_element_wise(text, "0", "."), text)
