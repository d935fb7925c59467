"""Rows as they came, read back out of their bytes."""

from __future__ import annotations

import struct

import numpy as np

from drivers.biologic.raw_segment import RawSegment
from drivers.biologic.row_layout import SPECTRUM
from drivers.biologic.segment_rows import Rows, check_layout, process_rows, spectrum_rows
from drivers.biologic.spool_frames import Data
from drivers.biologic.technique_list import Technique, TechniqueList

__all__ = ["measured", "raw_segment", "segment_of", "technique_of"]

_INFOS = struct.Struct("<7idi")
"""DataInfos, as in :mod:`drivers.biologic.structs`; unpacked at once, which is quicker than field by field."""
_TIME_BASE, _TIME_BASE_AT = struct.Struct("<f"), 8
"""In CurrentValues."""
_WORD = np.dtype("<u4")


def raw_segment(infos: bytes, values: bytes, words: bytes, board_type: int) -> RawSegment:
    """Return one answer to GetData in the words of the decoder."""
    skipped, rows, columns, index, technique_id, process, loop, start_s, _ = _INFOS.unpack(infos)
    (time_base_s,) = _TIME_BASE.unpack_from(values, _TIME_BASE_AT)
    measured_words = np.frombuffer(words, _WORD).reshape(rows, columns)
    return RawSegment(
        index, technique_id, process, loop, start_s, time_base_s, board_type, skipped, measured_words
    )  # fmt: skip


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
