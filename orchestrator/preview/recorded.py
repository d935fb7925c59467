"""How many records an instrument would write of a step that has been sampled."""

from __future__ import annotations

import math

import numpy as np

from orchestrator.preview.model_cell import Array
from protocols.program import Record

__all__ = ["recorded"]


def recorded(rule: Record, elapsed_s: Array, voltage_V: Array, current_A: Array) -> int:
    """First and last record, the interval's, and one for each change of voltage or current."""
    count = 2
    duration_s = float(elapsed_s[-1]) if len(elapsed_s) else 0.0
    if rule.interval_s:
        count += max(0, math.ceil(duration_s / rule.interval_s) - 1)
    if rule.voltage_change_V:
        count += math.floor(float(np.abs(np.diff(voltage_V)).sum()) / rule.voltage_change_V + 1e-9)
    if rule.current_change_A:
        count += math.floor(float(np.abs(np.diff(current_A)).sum()) / rule.current_change_A + 1e-9)
    return count
