"""Reading a test out of its spool, as records. In the driver's own process; nothing is asked of the instrument."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from drivers.biologic.decode import NO_POINTS, NO_RECORDS, Decoded, Decoder
from drivers.biologic.decoder_state import DecoderState
from drivers.biologic.raw_segment import RawSegment
from drivers.biologic.spool import SpoolHeader, require_whole, spool_path
from drivers.biologic.spool_cursor import SpoolCursor
from drivers.biologic.spool_frames import Data, Frame, FrameKind, frames
from drivers.biologic.spooled_rows import segment_of, technique_of
from drivers.biologic.technique_list import TechniqueList
from drivers.biologic.word_floats import singles
from drivers.contracts import LOST, Batch, Columns, Cursor
from drivers.errors import Garbled, Refused

__all__ = ["SpoolReader"]

_OPEN_MAX = 16
"""Spools whose beginning is remembered."""


@dataclass(slots=True)
class _Beginning:
    """What stands at the head of a spool, read once."""

    decoder: Decoder
    first: SpoolCursor


@dataclass(slots=True)
class _Piece:
    """What one call has read so far."""

    cursor: SpoolCursor
    moved: bool = False
    more: bool = False
    count: int = 0
    records: list[Columns] = field(default_factory=list)
    spectra: list[Columns] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def take(self, decoded: Decoded) -> None:
        """Add one segment."""
        self.count += len(decoded.records["seq"])
        self.records.append(decoded.records)
        self.spectra.append(decoded.spectra)
        self.problems += decoded.problems


class SpoolReader:
    """All spools of one instrument."""

    def __init__(self, folder: Path) -> None:
        self.end_state_within_s = 0.2
        """Wall seconds that one call spends on rows which nobody has read."""
        self._folder = folder
        self._beginnings: dict[Path, _Beginning] = {}
        self._furthest: dict[Path, SpoolCursor] = {}

    def read(self, channel: int, test_id: str, cursor: Cursor, limit: int) -> Batch:
        """Return about ``limit`` records after the cursor. Raises Refused where the spool is gone, Garbled."""
        path = self._path(channel, test_id)
        beginning = self._beginning(path)
        if beginning is None:  # it was never started
            return Batch(NO_RECORDS, cursor, spectra=NO_POINTS)
        begin = SpoolCursor.read(cursor) if cursor else beginning.first
        piece = self._piece(path, beginning.decoder, begin, limit)
        self._remember(path, piece.cursor)
        return Batch(
            _joined(piece.records, NO_RECORDS),
            piece.cursor.text() if piece.moved else cursor,
            more=piece.more,
            problems=tuple(piece.problems),
            spectra=_joined(piece.spectra, NO_POINTS),
        )

    def end_state(self, channel: int, test_id: str) -> tuple[TechniqueList, DecoderState] | None:
        """Return the list and the state behind all rows; None while it is not known, as ``read`` raises.

        Rows that nobody has read are decoded for a short while at each call: a long test, which an earlier process has
        read, must not hold up an order to another channel.
        """
        path = self._path(channel, test_id)
        beginning = self._beginning(path)
        if beginning is None:
            raise Refused(f"test {test_id} of channel {channel + 1} was never started")
        deadline = time.monotonic() + self.end_state_within_s
        piece = self._piece(path, beginning.decoder, self._furthest.get(path, beginning.first), deadline=deadline)
        self._remember(path, piece.cursor)
        return None if piece.more else (beginning.decoder.techniques, piece.cursor.state)

    def furthest(self, channel: int, test_id: str) -> DecoderState | None:
        """Return the state behind the furthest row read here so far; None where none was."""
        known = self._furthest.get(spool_path(self._folder, channel, test_id))
        return known.state if known else None

    def _path(self, channel: int, test_id: str) -> Path:
        path = spool_path(self._folder, channel, test_id)
        if not path.exists():
            self._beginnings.pop(path, None)
            raise Refused(f"the records of test {test_id} of channel {channel + 1} are not here: no {path.name}")
        return path

    def _beginning(self, path: Path) -> _Beginning | None:
        if path not in self._beginnings:
            with path.open("rb") as file:
                head = frames(file)
                header = next(head, None)
                if header is None:
                    raise Garbled(f"the spool {path.name} has no header")
                techniques = TechniqueList.load(SpoolHeader.decode(header).techniques.encode())
                asked = next(head, None)
            if asked is None:
                return None
            state = DecoderState(started_unix_s=float(asked.fields()["unix_time_s"]))
            _forget_oldest(self._beginnings)
            self._beginnings[path] = _Beginning(Decoder(techniques), SpoolCursor(asked.end, state))
        return self._beginnings[path]

    def _piece(
        self, path: Path, decoder: Decoder, begin: SpoolCursor, limit: float = math.inf, deadline: float = math.inf
    ) -> _Piece:
        piece = _Piece(begin)
        with path.open("rb") as file:
            end = begin.offset
            for frame in frames(file, begin.offset):
                if frame.kind is FrameKind.DATA and (piece.count >= limit or time.monotonic() > deadline):
                    piece.more = True
                    break
                end = frame.end
                self._take(frame, piece, decoder, path)
        if not piece.more:
            require_whole(path, end)
        return piece

    @staticmethod
    def _take(frame: Frame, piece: _Piece, decoder: Decoder, path: Path) -> None:
        """Add what a frame tells, and move the cursor behind it; other frames are for the process that writes them."""
        state = piece.cursor.state
        match frame.kind:
            case FrameKind.DATA:
                segment = _checked(Data.decode(frame.body), path)
                if _is_of(segment, decoder.techniques):
                    decoded = decoder.decode(segment, state)
                    piece.take(decoded)
                    state = decoded.state
                else:
                    piece.problems.append(_nobodys(segment, frame.end))
            case FrameKind.GAP:
                piece.problems.append(_gap(frame))
                state = replace(state, last_rows_lost=True)
            case FrameKind.NOTE:
                piece.problems.append(_note(frame))
            case _:
                return
        piece.cursor, piece.moved = SpoolCursor(frame.end, state), True

    def _remember(self, path: Path, cursor: SpoolCursor) -> None:
        known = self._furthest.pop(path, None)
        _forget_oldest(self._furthest)
        self._furthest[path] = cursor if known is None or cursor.offset >= known.offset else known


def _checked(data: Data, path: Path) -> RawSegment:
    """Compare our conversion of one word with the library's own. Raises Garbled: then no value can be believed."""
    segment = segment_of(data)
    if data.checked_word is not None:
        ours = np.float32(
            singles(segment.words.reshape(-1)[data.checked_word : data.checked_word + 1], data.board_type)[0]
        )
        theirs = np.float32(data.checked_value)
        if ours != theirs and not (np.isnan(ours) and np.isnan(theirs)):
            word = int(segment.words.reshape(-1)[data.checked_word])
            raise Garbled(
                f"{path.name}: the library converts {word:#010x} of a board of type {data.board_type} to {theirs:g}, "
                f"this driver to {ours:g}: its records cannot be believed"
            )
    return segment


def _is_of(segment: RawSegment, techniques: TechniqueList) -> bool:
    """Whether the list has a technique at the rows' place that writes rows; an answer without rows is always of it."""
    technique = technique_of(techniques, segment)
    return not len(segment.words) or (technique is not None and not technique.is_loop)


def _nobodys(segment: RawSegment, end: int) -> str:
    return (
        f"{LOST}{len(segment.words)} record(s) are of technique {segment.technique_index}, which the list has not, or "
        f"which has no rows: left out, kept in the spool up to byte {end}"
    )


def _gap(frame: Frame) -> str:
    told = frame.fields()
    between = f"{_time(told['from_unix_s'])} and {_time(told['to_unix_s'])}"
    return f"{LOST}{told['rows_max']} records between {between} may be missing: {told['why']}"


def _note(frame: Frame) -> str:
    told = frame.fields()
    return f"{_time(told['unix_time_s'])}: {told['text']}"


def _time(unix_s: float) -> str:
    return datetime.fromtimestamp(unix_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _joined(parts: Sequence[Columns], none: Columns) -> Columns:
    kept = [part for part in parts if len(part["seq"])]
    if not kept:
        return none
    return kept[0] if len(kept) == 1 else {name: np.concatenate([part[name] for part in kept]) for name in none}


def _forget_oldest(known: dict[Path, object] | dict[Path, _Beginning] | dict[Path, SpoolCursor]) -> None:
    oldest: Iterator[Path] = iter(list(known)[: max(0, len(known) - _OPEN_MAX + 1)])
    for path in oldest:
        del known[path]
