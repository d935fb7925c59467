"""Rows as they came, read back out of their bytes."""

from __future__ import annotations

import numpy as np

from drivers.biologic.raw_segment import RawSegment
from drivers.biologic.row_layout import SPECTRUM
from drivers.biologic.segment_rows import Rows, check_layout, process_rows, spectrum_rows
from drivers.biologic.spool_frames import Data
from drivers.biologic.structs import CurrentValues, DataInfos
from drivers.biologic.technique_list import Technique, TechniqueList

__all__ = ["measured", "raw_segment", "segment_of", "technique_of"]


def raw_segment(infos: bytes, values: bytes, words: bytes, board_type: int) -> RawSegment:
    """Return one answer to GetData in the words of the decoder."""
    told = DataInfos.from_buffer_copy(infos)
    return RawSegment(
        technique_index=told.TechniqueIndex,
        technique_id=told.TechniqueID,
        process_index=told.ProcessIndex,
        loop=told.loop,
        start_time_s=told.StartTime,
        time_base_s=CurrentValues.from_buffer_copy(values).TimeBase,
        board_type=board_type,
        irq_skipped=told.IRQskipped,
        words=np.frombuffer(words, "<u4").reshape(told.NbRows, told.NbCols),
    )


def technique_of(techniques: TechniqueList, segment: RawSegment) -> Technique | None:
    """Return the technique that rows are of; None where the list has none at that place."""
    listed = techniques.techniques
    return listed[segment.technique_index] if 0 <= segment.technique_index < len(listed) else None


def measured(segment: RawSegment, technique: Technique) -> Rows:
    """Return potential and current of all rows that can have been measured. Raises Garbled."""
    check_layout(segment, technique.stem)
    if segment.process_index == SPECTRUM:
        return spectrum_rows(segment)[0].mean
    return process_rows(segment, technique.time_base_s, technique.stem)[0]


def segment_of(data: Data) -> RawSegment:
    """Return the rows of a spool's frame."""
    return raw_segment(data.infos, data.values, data.words, data.board_type)
