"""Whether there is room enough: a pure function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orchestrator.disk.settings import DiskSettings

__all__ = ["DiskVerdict", "Level", "judge_disk"]

Level = Literal["ok", "warning", "critical"]


@dataclass(frozen=True, slots=True)
class DiskVerdict:
    """How it stands, in one line."""

    level: Level
    text: str
    filling: bool = False
    """There is room still, but it is used up quickly."""


def judge_disk(free_B: float, total_B: float, rate_B_per_s: float | None, settings: DiskSettings) -> DiskVerdict:
    """``critical``: nothing is launched any more; ``warning``: it is low, or will be used up soon at this rate.

    ``rate_B_per_s``: how fast the free room shrinks; None: not known yet.
    """
    left = f"{_bytes(free_B)} of {_bytes(total_B)} free"
    refuse_B = min(settings.refuse_below_B, settings.refuse_below_share * total_B)
    warn_B = min(settings.warn_below_B, settings.warn_below_share * total_B)
    if free_B < refuse_B:
        return DiskVerdict(
            "critical", f"{left}, less than {_bytes(refuse_B)}: nothing is launched before there is room"
        )
    if free_B < warn_B:
        return DiskVerdict("warning", f"{left}, less than {_bytes(warn_B)}")
    if rate_B_per_s is not None and rate_B_per_s > 0 and (lasts_s := free_B / rate_B_per_s) < settings.warn_within_s:
        text = f"{left}, used up in {lasts_s / 86_400:.1f} days at the present rate"
        return DiskVerdict("warning", text, filling=True)
    return DiskVerdict("ok", left)


def _bytes(count: float) -> str:
    for unit, size in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if count >= size:
            return f"{count / size:.3g} {unit}"
    return f"{count / 1e3:.3g} kB"
