"""How a spool lies on disk: frames one after the other, each with a checksum; what is cut off at the end is no frame.

A frame is crc32 (of kind and body), the body's length and the kind, little endian, then the body.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, BinaryIO

from drivers.errors import Garbled

__all__ = ["Data", "Frame", "FrameKind", "Taking", "encode", "frames", "json_frame"]

_PREFIX = struct.Struct("<IIB3x")
_BODY_MAX = 1 << 26
_DATA = struct.Struct("<dIIif")
_INFOS_BYTES, _VALUES_BYTES = 40, 76
_TAKING = struct.Struct("<dii")
_NO_WORD = -1


class FrameKind(IntEnum):
    """What a frame is."""

    HEADER = 1
    """JSON: tag, test id, channel, board type, list of techniques, their fingerprint."""
    MARK = 2
    """JSON: what became of the start and of the test."""
    TAKING = 3
    """Rows are about to be taken out of the channel's memory; DATA, NOTHING or GAP follows."""
    DATA = 4
    """What GetData returned."""
    NOTHING = 5
    """GetData returned no rows, or has not reached the instrument."""
    GAP = 6
    """JSON: rows may have been taken that are not here."""
    NOTE = 7
    """JSON: what the instrument told besides."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole frame, and where the next one begins."""

    kind: FrameKind
    body: bytes
    end: int

    def fields(self) -> dict[str, Any]:
        """Return the JSON object that the body is."""
        content: dict[str, Any] = json.loads(self.body)
        return content


@dataclass(frozen=True, slots=True)
class Taking:
    """State just before rows are taken: ``filled_bytes`` of the memory in use; ``running`` more may come."""

    unix_time_s: float
    filled_bytes: int
    running: bool

    def encode(self) -> bytes:
        """Return the whole frame."""
        return encode(FrameKind.TAKING, _TAKING.pack(self.unix_time_s, self.filled_bytes, self.running))

    @classmethod
    def decode(cls, body: bytes) -> Taking:
        """Read a frame's body."""
        unix_time_s, filled_bytes, running = _TAKING.unpack(body)
        return cls(unix_time_s, filled_bytes, bool(running))


@dataclass(frozen=True, slots=True)
class Data:
    """One answer to GetData, in EClib's own bytes, and the library's own conversion of one of its words."""

    unix_time_s: float
    """When it was taken."""
    board_type: int
    infos: bytes
    """DataInfos, 40 bytes."""
    values: bytes
    """CurrentValues, 76 bytes."""
    words: bytes
    records: int = 0
    """How many of the rows are records: not those of nobody's, nor what cannot have been measured."""
    checked_word: int | None = None
    """Which word the library was asked to convert, counted from 0."""
    checked_value: float = 0.0

    def encode(self) -> bytes:
        """Return the whole frame."""
        word = _NO_WORD if self.checked_word is None else self.checked_word
        head = _DATA.pack(self.unix_time_s, self.board_type, self.records, word, self.checked_value)
        return encode(FrameKind.DATA, head + self.infos + self.values + self.words)

    @classmethod
    def decode(cls, body: bytes) -> Data:
        """Read a frame's body."""
        unix_time_s, board_type, records, word, value = _DATA.unpack_from(body)
        values_at = _DATA.size + _INFOS_BYTES
        words_at = values_at + _VALUES_BYTES
        infos, values, words = body[_DATA.size : values_at], body[values_at:words_at], body[words_at:]
        checked = None if word == _NO_WORD else word
        return cls(unix_time_s, board_type, infos, values, words, records, checked, value)


def encode(kind: FrameKind, body: bytes) -> bytes:
    """Return a whole frame."""
    return _PREFIX.pack(_checksum(kind, body), len(body), kind) + body


def json_frame(kind: FrameKind, fields: Mapping[str, object]) -> bytes:
    """Return a whole frame whose body is JSON."""
    return encode(kind, json.dumps(fields, separators=(",", ":"), allow_nan=False).encode())


def frames(file: BinaryIO, offset: int = 0) -> Iterator[Frame]:
    """Read frames from an offset on, up to the end or to the first that is not whole.

    Raises Garbled for a whole frame of a kind that this version does not know.
    """
    file.seek(offset)
    while len(prefix := file.read(_PREFIX.size)) == _PREFIX.size:
        checksum, length, kind = _PREFIX.unpack(prefix)
        body = file.read(length) if length <= _BODY_MAX else b""
        if length > _BODY_MAX or len(body) < length or _checksum(kind, body) != checksum:
            return
        offset += _PREFIX.size + length
        try:
            known = FrameKind(kind)
        except ValueError as error:
            raise Garbled(f"the spool holds a frame of kind {kind}, which this version does not know") from error
        yield Frame(known, body, offset)


def _checksum(kind: int, body: bytes) -> int:
    return zlib.crc32(body, zlib.crc32(bytes([kind])))
