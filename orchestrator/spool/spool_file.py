"""One append-only file whose room is taken in advance, so that a full disk does not take it too.

Layout: a header of 64 bytes (magic, identity, its CRC-32), then frames: length and CRC-32 (big endian, 4 bytes each)
and the payload; a length of zero ends them. The CRC begins with the identity, which is new after every ``reset``: what
is left of earlier contents is never taken for a frame.
"""

from __future__ import annotations

import os
import struct
import uuid
import zlib
from pathlib import Path

__all__ = ["SpoolFile", "SpoolFull", "waiting_in"]

_MAGIC = b"cellbench spool 1 "
_HEADER_B = 64
_FRAME = struct.Struct(">II")


class SpoolFull(Exception):
    """The next frame does not fit any more."""


class SpoolFile:
    """Frames on the disk. ``append`` returns when the frame is there to stay (fsync). Not for several threads at once.

    Raises OSError where the file cannot be opened or written.
    """

    def __init__(self, path: Path, size_B: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.size_B = size_B
        self.reserved = True
        """Whether the room is taken: False where the disk had none, or the system cannot."""
        self.damage: str | None = None
        """What could not be read at opening, in one line."""
        self.frames: list[bytes] = []
        self._end_B = _HEADER_B
        path.touch(mode=0o640)
        self._open()

    @property
    def used_B(self) -> int:
        """Bytes of header and frames."""
        return self._end_B

    def append(self, payload: bytes) -> None:
        """Add a frame. Raises SpoolFull, OSError: then it counts as not written."""
        frame = _FRAME.pack(len(payload), _crc(self.identity, payload)) + payload
        if self._end_B + len(frame) + _FRAME.size > self.size_B:
            raise SpoolFull(f"{self.path.name}: {self.size_B / 1e6:.0f} MB are full")
        self._write(frame + bytes(_FRAME.size), self._end_B)
        self._end_B += len(frame)
        self.frames.append(payload)

    def reset(self) -> None:
        """Empty the file; it becomes another one, with an identity of its own."""
        self.identity = uuid.uuid4().hex
        stamp = _MAGIC + self.identity.encode()
        self._write((stamp + b" %08x" % zlib.crc32(stamp)).ljust(_HEADER_B, b"\n") + bytes(_FRAME.size), 0)
        self._end_B = _HEADER_B
        self.frames = []

    def _open(self) -> None:
        content = self.path.read_bytes()
        identity = _identity_in(content)
        if identity is not None:
            self.identity = identity
            self.frames, self._end_B, self.damage = _scan(content, identity, self.path.name)
        else:
            if content.strip(b"\0"):
                self.damage = f"{self.path.name}: it is damaged at its beginning; what was in it is lost"
            self.reset()
        self._reserve()

    def _reserve(self) -> None:
        """Take the room that is missing. A file system that copies on write (btrfs, ZFS) may still need more later."""
        present_B = self.path.stat().st_size
        missing_B = self.size_B - present_B
        try:
            if missing_B > 0 and hasattr(os, "posix_fallocate"):
                with self.path.open("r+b", buffering=0) as file:
                    os.posix_fallocate(file.fileno(), present_B, missing_B)
            elif missing_B > 0:
                self._write(bytes(missing_B), present_B)
        except OSError:
            self.reserved = False

    def _write(self, content: bytes, at_B: int) -> None:
        with self.path.open("r+b", buffering=0) as file:
            file.seek(at_B)
            written = file.write(content)
            if written < len(content):
                raise OSError(f"{self.path.name}: only {written} of {len(content)} bytes could be written")
            os.fsync(file.fileno())


def waiting_in(path: Path) -> tuple[int, str | None]:
    """How many entries wait in a spool that another process has, and what is damaged. Changes nothing."""
    content = path.read_bytes()
    identity = _identity_in(content)
    if identity is None:
        return 0, f"{path.name}: it is damaged at its beginning" if content.strip(b"\0") else None
    frames, _, damage = _scan(content, identity, path.name)
    return len(frames), damage


def _identity_in(content: bytes) -> str | None:
    """The identity that its header names; None: it has none, or a damaged one."""
    stamp = content[: len(_MAGIC) + 32]
    known = stamp.startswith(_MAGIC) and content[len(stamp) : _HEADER_B].strip() == b"%08x" % zlib.crc32(stamp)
    return stamp.removeprefix(_MAGIC).decode() if known else None


def _scan(content: bytes, identity: str, name: str) -> tuple[list[bytes], int, str | None]:
    """Frames that are whole, where they end, and what is damaged behind them."""
    frames: list[bytes] = []
    end_B = _HEADER_B
    while True:
        head = content[end_B : end_B + _FRAME.size]
        length, crc = _FRAME.unpack(head) if len(head) == _FRAME.size else (0, 0)
        if not length:
            return frames, end_B, None
        payload = content[end_B + _FRAME.size : end_B + _FRAME.size + length]
        if len(payload) < length or _crc(identity, payload) != crc:
            return frames, end_B, f"{name}: entry {len(frames) + 1} is damaged; it and what is behind it is lost"
        frames.append(payload)
        end_B += _FRAME.size + length


def _crc(identity: str, payload: bytes) -> int:
    return zlib.crc32(payload, zlib.crc32(identity.encode()))
