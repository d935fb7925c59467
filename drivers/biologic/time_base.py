"""``tb`` of each technique: the tick that its rows are timed with."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["DURATION_MAX_s", "OPEN_ENDED_s", "time_base_s"]

_DEFAULT_s: Mapping[str, float] = {
    "ocv": 20e-6,
    "peis": 24e-6,
    "geis": 24e-6,
    "calimit": 34e-6,
    "cplimit": 50e-6,
    "vscanlimit": 60e-6,
}
_LONGER_s = (1e-3, 10e-3)
_TICKS_MAX = 2**31
# unconfirmed on hardware: stated for OCV (Rest_time_T is at most tb 2^31), assumed for all; that longer ones are taken
DURATION_MAX_s = _LONGER_s[-1] * _TICKS_MAX
OPEN_ENDED_s = 20 * 86400.0
"""Duration of a step that something else ends: longer than any such step takes."""


def time_base_s(stem: str, duration_s: float = 0.0) -> float:
    """Return the default of the technique, or a longer one where its ticks would not count the duration.

    It is always sent: CurrentValues tells the time base of the technique that runs, which need not be that of rows
    read from memory (OCV's 20 us read as CP's 21 us is 5 % off), so that rows are timed with what was sent for theirs.
    """
    candidates = (_DEFAULT_s[stem], *_LONGER_s)
    return next((it for it in candidates if duration_s <= it * _TICKS_MAX), candidates[-1])
