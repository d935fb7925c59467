"""How long a spectrum takes: the low frequencies are nearly all of it."""

from __future__ import annotations

import math

from protocols.estimate.spent import Spent, recorded
from protocols.program import Impedance, Record

__all__ = ["spent_on_spectrum"]

_POINT_S_MIN = 0.2
"""Assumed: choosing ranges and passing numbers on takes this long at any frequency."""


def spent_on_spectrum(step: Impedance, record: Record) -> Spent:
    """Return time and records; each point of the spectrum counts as a record."""
    points = step.frequency_count
    first, last = math.log(step.frequency_from_Hz), math.log(step.frequency_to_Hz)
    frequencies_Hz = (math.exp(first + (last - first) * i / (points - 1)) for i in range(points))
    sweep_s = sum(max(_POINT_S_MIN, (step.average + step.wait_periods) / at_Hz) for at_Hz in frequencies_Hz)
    settled = recorded(record, step.settle_s) if step.settle_s else Spent()
    return settled + Spent(sweep_s, points)
