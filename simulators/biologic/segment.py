"""Rows that one GetData may return together: of one technique, in one execution of it, of one process."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.biologic.piece import Columns
from simulators.biologic.ti_float import ti_from_ieee

__all__ = ["SegmentKey", "words_of"]


@dataclass(frozen=True, slots=True)
class SegmentKey:
    """What DataInfos says of rows."""

    technique_index: int
    technique_id: int
    process: int
    loop: int
    start_s: float
    """When the technique began, in seconds since the channel's start."""
    time_base_s: float


def words_of(columns: Columns, board_type: int) -> NDArray[np.uint32]:
    """Rows as they stand in the data buffer: TI floats on boards of types 1 and 2, IEEE on those of type 3."""
    words = []
    for column in columns.values():
        if column.dtype == np.uint32:
            words.append(column.astype(np.uint32))
        else:
            words.append(column.view(np.uint32) if board_type == 3 else ti_from_ieee(column))
    return np.stack(words, axis=1)
