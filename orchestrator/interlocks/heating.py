"""How fast a cell warms, alone and against its chamber, over the actual time between samples. Pure.

One sample pairs the cell with its chamber and is taken only when both have been read anew: the older of the two values
is then no older than the shorter of the two polls, and a ramp that is sampled sparsely makes no rate of its own.
"""

from __future__ import annotations

import math

from orchestrator.interlocks.condition import HeatingRate
from orchestrator.interlocks.progress import JointSample
from orchestrator.interlocks.seen import CellSeen, ChamberSeen

__all__ = ["WINDOW_S", "exceeds", "joined", "rates_K_per_min"]

WINDOW_S = 60.0
"""A rate is the mean over at least so long: thermometers show tenths, and a tenth in a second would be 6 K/min."""


def joined(
    samples: tuple[JointSample, ...], cell: CellSeen, chamber: ChamberSeen | None
) -> tuple[JointSample, ...] | None:
    """The samples with this one, without those that are no longer needed; None where it brings nothing new."""
    cell_degC, chamber_degC = cell.temperature_degC, None
    if cell_degC is None or not math.isfinite(cell_degC):
        return None
    at_s = chamber_at_s = cell.at_s
    if chamber is not None:
        chamber_degC, chamber_at_s = chamber.process_degC, chamber.at_s
        if chamber_degC is None or not math.isfinite(chamber_degC):
            return None
        at_s = max(at_s, chamber_at_s)
    if samples and (cell.at_s <= samples[-1].cell_at_s or chamber_at_s <= samples[-1].chamber_at_s):
        return None
    new = JointSample(at_s, cell.at_s, chamber_at_s, cell_degC, chamber_degC)
    old = [place for place, sample in enumerate(samples) if at_s - sample.at_s >= WINDOW_S]
    return (*samples[old[-1] if old else 0 :], new)


def rates_K_per_min(samples: tuple[JointSample, ...]) -> tuple[float, float] | None:
    """Of the cell and of its chamber (0: it has none); None before they have been watched for a whole window."""
    if len(samples) < 2 or samples[-1].at_s - samples[0].at_s < WINDOW_S:
        return None
    first, last = samples[0], samples[-1]
    of_cell = (last.cell_degC - first.cell_degC) / (last.cell_at_s - first.cell_at_s) * 60
    if last.chamber_degC is None or first.chamber_degC is None:
        return of_cell, 0.0
    return of_cell, (last.chamber_degC - first.chamber_degC) / (last.chamber_at_s - first.chamber_at_s) * 60


def exceeds(condition: HeatingRate, samples: tuple[JointSample, ...]) -> tuple[bool, str] | None:
    """Whether the rate is exceeded, and what people read; None where nobody can tell yet."""
    rates = rates_K_per_min(samples)
    if rates is None:
        return None
    of_cell, of_chamber = rates
    text = f"warms by {of_cell:.1f} K/min"
    chamber_degC = samples[-1].chamber_degC
    if not condition.relative or chamber_degC is None:
        return of_cell > condition.above_K_per_min, text
    warmer = samples[-1].cell_degC > chamber_degC
    text += f" while it is {samples[-1].cell_degC - chamber_degC:+.1f} K from its chamber, which moves by"
    # A falling chamber explains no warming: only what it rises by is taken off.
    return warmer and of_cell - max(0.0, of_chamber) > condition.above_K_per_min, f"{text} {of_chamber:+.1f} K/min"
