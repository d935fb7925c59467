"""Limits that a channel stores otherwise than they were sent."""

from __future__ import annotations

import re
import struct

from simulators.biologic.structs import PARAMETER_IMAGE_BYTES

__all__ = ["with_wrong_limits"]

_LIMIT = re.compile(rb"Test\d_Value")
_VALUE_AT = 68
_FACTOR = 1.25


def with_wrong_limits(images: bytes) -> bytes:
    """Return EccParam images in which every limit is a quarter larger."""
    stored = bytearray(images)
    for at in range(0, len(images) - PARAMETER_IMAGE_BYTES + 1, PARAMETER_IMAGE_BYTES):
        if _LIMIT.fullmatch(images[at : at + 64].split(b"\0")[0]):
            (value,) = struct.unpack_from("<f", images, at + _VALUE_AT)
            struct.pack_into("<f", stored, at + _VALUE_AT, value * _FACTOR)
    return bytes(stored)
