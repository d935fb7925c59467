"""Numbers by which an F4T tells words over Modbus (Watlow F4T user's guide, enumerations of data map 1)."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["CODES", "WORDS"]

CODES: Mapping[str, int] = {
    "auto": 10, "blocked": 12, "both": 13, "C": 15, "end": 27, "error": 28, "F": 30, "fail": 32, "high": 37,
    "hours": 39, "latching": 49, "low": 53, "manual": 54, "minutes": 57, "non-latching": 60, "none": 61, "off": 62,
    "on": 63, "open": 65, "process alarm": 76, "ramp rate": 81, "set point": 85, "soak": 87, "startup": 88,
    "shorted": 127, "ok": 138, "pause": 146, "resume": 147, "terminate": 148, "running": 149, "not started": 251,
    "complete": 252, "terminated": 253, "up": 1456, "down": 1457, "start": 1782,
}  # fmt: skip
WORDS: Mapping[int, str] = {code: word for word, code in CODES.items()}
