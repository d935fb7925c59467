"""Amounts of a faults file, with their units: ``2 h``, ``5 %``, ``20 exchanges``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BeforeValidator

from simulators.lab.refusal import LabRefusal

__all__ = ["Duration", "Every", "EveryText", "Share", "duration_s", "jump_s"]

_SECONDS = {"ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?) ?([a-z%]+)")
_LONGEST_s = 100 * 365 * 86400.0


def duration_s(value: object) -> float:
    """Read a duration; raises ValueError."""
    amount = _AMOUNT.fullmatch(value) if isinstance(value, str) else None
    if amount is None or amount[2] not in _SECONDS:
        raise ValueError(f"{value!r:.80} is no duration; write one such as 2 h, 10 min, 30 s or 500 ms")
    seconds = float(amount[1]) * _SECONDS[amount[2]]
    if seconds > _LONGEST_s:
        raise ValueError(f"{value!r:.80} is longer than a hundred years")
    return seconds


def jump_s(value: object) -> float:
    """Read a duration that may be negative, as a clock can be set back; raises LabRefusal."""
    try:
        return -duration_s(value[1:].strip()) if isinstance(value, str) and value.startswith("-") else duration_s(value)
    except ValueError as error:
        raise LabRefusal(f"clock_jump: {error}; -1 h sets it back") from error


def _share(value: object) -> float:
    amount = _AMOUNT.fullmatch(value) if isinstance(value, str) else None
    if amount is None or amount[2] != "%" or not 0 < float(amount[1]) <= 100:
        raise ValueError(f"{value!r:.80} is no share; write one such as 5 %, above 0 % and up to 100 %")
    return float(amount[1]) / 100


@dataclass(frozen=True, slots=True)
class Every:
    """Every so many exchanges, or every so many seconds of lab time: one of the two."""

    exchanges: int | None = None
    seconds: float | None = None


def _every(value: Any) -> Every:
    if isinstance(value, str) and (amount := re.fullmatch(r"(\d{1,9}) exchanges?", value)):
        if int(amount[1]):
            return Every(exchanges=int(amount[1]))
    elif isinstance(value, str) and (seconds := duration_s(value)) > 0:
        return Every(seconds=seconds)
    raise ValueError(f"{value!r:.80} does not say how often; write 20 exchanges, or a duration such as 2 h")


Duration = Annotated[float, BeforeValidator(duration_s)]
"""Seconds."""
Share = Annotated[float, BeforeValidator(_share)]
"""From 0 to 1."""
EveryText = Annotated[Every, BeforeValidator(_every)]
