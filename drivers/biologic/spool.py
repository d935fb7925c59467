"""What was taken out of a channel's memory during one test, kept on disk before anything else is done with it.

GetData is destructive, so a read is framed: a synced TAKING before it, a synced DATA (or NOTHING) after it. The next
TAKING travels with the DATA before it, so that one sync a buffer is enough. Whatever dies in between leaves a TAKING
without an answer: at most the one buffer that was under way is missing, and that is known.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from drivers.biologic.spool_frames import Data, Frame, FrameKind, Taking, encode, frames, json_frame
from drivers.errors import Garbled

__all__ = ["Spool", "SpoolHeader", "require_whole", "spool_path", "spools"]

_VERSION = 1
_TORN_MAX_BYTES = 1 << 16
"""What a power cut may leave behind the last sync; more than this behind a bad frame is damage, and is not cut away."""


@dataclass(frozen=True, slots=True)
class SpoolHeader:
    """What a spool says of its test."""

    tag: str
    test_id: str
    channel: int
    """As EClib counts them, from 0."""
    board_type: int
    techniques: str
    """JSON of the TechniqueList."""
    fingerprint: str
    """Of what was loaded, as the instrument told it back."""
    test_id_before: str | None
    """What the channel showed until this test is known to have started."""

    def encode(self) -> bytes:
        """Return the whole frame."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return json_frame(FrameKind.HEADER, {"version": _VERSION, **fields})

    @classmethod
    def decode(cls, frame: Frame) -> SpoolHeader:
        """Read the first frame of a spool. Raises Garbled."""
        if frame.kind is not FrameKind.HEADER:
            raise Garbled("the spool does not begin with its header")
        fields = frame.fields()
        if fields.pop("version") != _VERSION:
            raise Garbled("the spool is of another version")
        return cls(**fields)


class Spool:
    """One file, open for appending. One process at a time: whoever holds the instrument's lock."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path = path
        self._file = file
        self._unwritten = b""

    @classmethod
    def create(cls, path: Path, header: SpoolHeader) -> Spool:
        """Begin the spool of a new test. Raises FileExistsError, OSError; what could not be begun leaves no file."""
        path.parent.mkdir(parents=True, exist_ok=True)
        spool = cls(path, path.open("x+b", buffering=0))
        try:
            spool.append(header.encode(), sync=True)
            _sync_folder(path.parent)
        except OSError:
            spool.close()
            path.unlink()
            raise
        return spool

    @classmethod
    def open(cls, path: Path, absorb: Callable[[Frame], None], known_to: int = 0) -> Spool:
        """Open one for going on: a torn end is cut away. ``absorb`` gets its header and all frames after ``known_to``.

        Raises Garbled where it is damaged before its end, or holds no header.
        """
        end = 0
        with path.open("rb") as reading:
            for frame in _header_and_after(reading, known_to):
                absorb(frame)
                end = max(frame.end, known_to)
        require_whole(path, end)
        file = path.open("r+b", buffering=0)
        file.truncate(end)
        file.seek(end)
        return cls(path, file)

    @property
    def synced_to(self) -> int | None:
        """Where the file ends, just after a sync; None where something is still to be written."""
        return None if self._unwritten else self._file.tell()

    def append(self, content: bytes, *, sync: bool) -> None:
        """Write whole frames. What could not be written is kept and comes first the next time. Raises OSError."""
        self._unwritten += content
        while self._unwritten:
            written = self._file.write(self._unwritten)
            self._unwritten = self._unwritten[written or 0 :]
        if sync:
            os.fsync(self._file.fileno())

    def taking(self, taking: Taking) -> None:
        """Say that rows are about to be taken."""
        self.append(taking.encode(), sync=True)

    def took(self, data: Data, taking: Taking | None) -> None:
        """Keep what was taken; ``taking`` where another read follows at once."""
        self.append(data.encode() + (taking.encode() if taking else b""), sync=True)

    def took_nothing(self) -> None:
        """No rows were taken. Unsynced: lost in a power cut, it makes us say "up to N records" of none."""
        self.append(encode(FrameKind.NOTHING, b""), sync=False)

    def mark(self, **fields: object) -> None:
        """Say what became of the start, or of the test."""
        self.append(json_frame(FrameKind.MARK, fields), sync=True)

    def gap(self, **fields: object) -> None:
        """Say that rows may be missing here."""
        self.append(json_frame(FrameKind.GAP, fields), sync=True)

    def note(self, **fields: object) -> None:
        """Keep what the instrument told besides."""
        self.append(json_frame(FrameKind.NOTE, fields), sync=False)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _header_and_after(reading: BinaryIO, known_to: int) -> Iterator[Frame]:
    if known_to:
        yield from islice(frames(reading), 1)
    yield from frames(reading, known_to)


def _sync_folder(folder: Path) -> None:
    """Make a new file's name durable, where the system knows how to (Windows does it by itself)."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def require_whole(path: Path, end: int) -> None:
    """Raise Garbled where more than a torn end lies behind the last whole frame, which ends at ``end``."""
    size = path.stat().st_size
    if not end or size - end > _TORN_MAX_BYTES:
        raise Garbled(f"the spool {path.name} is damaged at byte {end} of {size}")


def spool_path(folder: Path, channel: int, test_id: str) -> Path:
    """Where the spool of a test lies. Test ids begin with the time of their start, so that names sort by it."""
    return folder / f"{channel + 1}-{test_id}.spool"


def spools(folder: Path, channel: int) -> Iterator[Path]:
    """Spools of a channel, newest first."""
    with suppress(FileNotFoundError):
        yield from sorted(folder.glob(f"{channel + 1}-*.spool"), reverse=True)
