"""Cutting the byte stream into requests. They end with # CR LF, some with two LF before it; both work on hardware."""

from __future__ import annotations

__all__ = ["FRAME_LIMIT_BYTES", "TERMINATOR", "FrameBuffer", "FrameTooLongError"]

TERMINATOR = b"\n\n#\r\n"
"""What ends a reply."""

FRAME_LIMIT_BYTES = 1 << 20
"""Ten times the longest sensible request (all of 496 channels in one list)."""

_END = b"#\r\n"
_CLOSING_TAG = b"</bts>"


class FrameTooLongError(ValueError):
    """A peer sends and sends and never ends a request."""


class FrameBuffer:
    """Collects bytes until requests are complete, however they were cut on the way."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._searched = 0

    def feed(self, data: bytes) -> list[bytes]:
        """Add bytes; returns the requests that are now complete, without terminator. Raises FrameTooLongError."""
        self._buffer += data
        frames = []
        while (end := self._buffer.find(_END, self._searched)) >= 0:
            frame = bytes(self._buffer[:end]).strip()
            if frame.endswith(_CLOSING_TAG):
                frames.append(frame)
                del self._buffer[: end + len(_END)]
                self._searched = 0
            else:  # these three bytes stand inside a text or an attribute
                self._searched = end + len(_END)
        self._searched = max(self._searched, len(self._buffer) - len(_END) + 1)
        if len(self._buffer) > FRAME_LIMIT_BYTES:
            raise FrameTooLongError(f"more than {FRAME_LIMIT_BYTES} bytes without an end")
        return frames
