"""Whether a temperature stands still that should not. Pure."""

from __future__ import annotations

import math
from dataclasses import replace

from orchestrator.interlocks.progress import Standing

__all__ = ["MOVED_K", "frozen_since_s", "stood"]

MOVED_K = 1.0
"""A set point has moved when it is so far from where it was."""


def stood(
    before: Standing | None,
    at_s: float,
    value_degC: float | None,
    aim_degC: float | None,
    records: int | None,
) -> Standing | None:
    """Take in a sample; ``records`` is None where no test runs. None: there is no value that could stand still."""
    if value_degC is None or not math.isfinite(value_degC):
        return None
    aim = aim_degC if aim_degC is not None and math.isfinite(aim_degC) else None
    if before is None or value_degC != before.value_degC:
        return Standing(value_degC, aim, records, None, None if records is None else at_s)
    if before.aim_degC is None and aim is not None:
        before = replace(before, aim_degC=aim)
    moved = before.aim_degC is not None and aim is not None and abs(aim - before.aim_degC) >= MOVED_K
    if moved is not (before.moved_since_s is not None):  # back where it was, it should stand still again
        before = replace(before, moved_since_s=at_s if moved else None)
    if records is None:
        return replace(before, records=None, counted_since_s=None)
    if records != before.records:
        return replace(before, records=records, counted_since_s=at_s)
    return before


def frozen_since_s(standing: Standing | None) -> float | None:
    """Since when something shows that the value should not stand still; None: nothing does."""
    if standing is None:
        return None
    known = [since for since in (standing.moved_since_s, standing.counted_since_s) if since is not None]
    return min(known) if known else None
