"""A list of techniques that is nobody's here: what somebody else would load."""

from __future__ import annotations

import struct

__all__ = ["foreign_list"]

_IMAGE = struct.Struct("<64sifi")
_SINGLE = 2
_REST_s, _INTERVAL_s = 1000 * 3600.0, 60.0


def foreign_list() -> tuple[str, bytes]:
    """Return file and parameters of an open circuit of a thousand hours."""
    parameters = (("Rest_time_T", _REST_s), ("Record_every_dT", _INTERVAL_s))
    return "ocv4.ecc", b"".join(_IMAGE.pack(label.encode(), _SINGLE, value, 0) for label, value in parameters)
