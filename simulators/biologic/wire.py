"""The wire between the stand-in for the DLL and the virtual instrument: frames in both directions, one reply a request.

A frame is two uint32, little endian, the lengths of a header and of a body; then the header, a JSON object in UTF-8;
then the body, bytes. A request's header has ``call``, the function's name without ``BL_``, and its plain arguments; a
reply's has ``code``, what the function returns. Structures, parameters and data buffers are bodies, byte for byte as
EClib lays them out.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["PREFIX", "Frame", "FrameBuffer", "WireError"]

PREFIX = struct.Struct("<II")
_LONGEST_BYTES = 1 << 20


class WireError(ValueError):
    """Bytes that are no frame."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One request or reply."""

    header: Mapping[str, Any]
    body: bytes = field(default=b"")

    def encoded(self) -> bytes:
        """Bytes to send."""
        header = json.dumps(self.header, separators=(",", ":")).encode()
        return PREFIX.pack(len(header), len(self.body)) + header + self.body

    @classmethod
    def decoded(cls, header: bytes, body: bytes) -> Frame:
        """Read both parts; raises WireError."""
        try:
            content = json.loads(header)
        except (ValueError, RecursionError) as error:
            raise WireError("the header is no JSON") from error
        if not isinstance(content, dict):
            raise WireError("the header is no JSON object")
        return cls(content, body)


class FrameBuffer:
    """Collects bytes until frames are complete, however they were cut on the way."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[Frame]:
        """Add bytes; returns the frames that are now complete. Raises WireError."""
        self._buffer += data
        frames = []
        while len(self._buffer) >= PREFIX.size:
            header_length, body_length = PREFIX.unpack_from(self._buffer)
            if header_length + body_length > _LONGEST_BYTES:
                raise WireError(f"a frame of more than {_LONGEST_BYTES} bytes")
            begin, split = PREFIX.size, PREFIX.size + header_length
            if len(self._buffer) < split + body_length:
                break
            frames.append(
                Frame.decoded(bytes(self._buffer[begin:split]), bytes(self._buffer[split : split + body_length]))
            )
            del self._buffer[: split + body_length]
        return frames
