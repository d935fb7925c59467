"""Rows as one GetData call returned them: of one technique, in one execution of it, of one process."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["RawSegment"]


@dataclass(frozen=True, slots=True, eq=False)
class RawSegment:
    """What stands in DataInfos and the data buffer; nothing in it is decoded yet."""

    technique_index: int
    """Place in the list of techniques."""
    technique_id: int
    process_index: int
    """Of PEIS and GEIS: 0 the constant step, 1 the spectrum."""
    loop: int
    start_time_s: float
    """When the technique began, since the channel's start."""
    time_base_s: float
    """Of CurrentValues: may be another technique's, where rows are leftovers (A13 item 11)."""
    board_type: int
    """1 Essential, 2 Premium (TI floats), 3 Premium-P (IEEE)."""
    irq_skipped: int
    """Points that the instrument lost before these rows."""
    words: npt.NDArray[np.uint32]
    """Shape (rows, columns)."""
