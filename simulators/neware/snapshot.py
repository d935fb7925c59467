"""What a channel shows of itself at one instant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Snapshot", "StepType", "WorkStatus"]

WorkStatus = Literal["working", "stop", "finish", "protect", "pause"]
StepType = Literal["cc", "dc", "cv", "dv", "cccv", "cccd", "rest", "pause", "end", "--"]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The channel as ``inquire`` and ``getchlstatus`` see it, before any rounding."""

    workstatus: WorkStatus
    testid: int
    """Of the present or last test; 0 before the first."""
    barcode: str
    cycleid: int
    """Counted from 0 as ``download`` does; ``inquire`` and StepLayer show one more."""
    stepid: int | None
    """None when nothing runs."""
    steptype: StepType
    """``--`` when nothing runs."""
    current_A: float
    voltage_V: float
    capacity_Ah: float
    """Of the step, unsigned."""
    energy_Wh: float
    total_s: float
    """Test time, pauses not counted."""
    relative_s: float
    """Time in the step."""
    records: int
    log_code: int
    """102000 while a test runs."""
    reserve_pause: bool
