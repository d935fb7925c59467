"""Whether the scan rates suffice, and whether they are those of the plan."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.analysis.voltammetry.voltammogram import Voltammogram
from protocols.plan import Plan, Segment
from protocols.program import VoltageScan, walk

__all__ = ["scan_rate_warnings"]

_AS_ORDERED = 0.02
_NARROW = 3.0


def scan_rate_warnings(voltammograms: Sequence[Voltammogram], plan: Plan | None) -> list[str]:
    """Return what is doubtful about the scan rates, one line each."""
    lines = []
    count = len(voltammograms)
    if count <= 3:
        lines.append(f"{count} scan rates: a line through so few points cannot show that the law holds")
    ratio = voltammograms[-1].rate_V_s / voltammograms[0].rate_V_s
    if ratio < _NARROW:
        lines.append(f"the scan rates span a factor of {ratio:.2g} only")
    ordered_V_s = _ordered(plan) if plan else set()
    for one in voltammograms:
        nearest = min(ordered_V_s, key=lambda rate: abs(rate - one.rate_V_s), default=None)
        if nearest is not None and abs(one.rate_V_s / nearest - 1) > _AS_ORDERED:
            lines.append(f"the records show {one.rate_text} where the plan orders {1e3 * nearest:.3g} mV/s")
    return lines


def _ordered(plan: Plan) -> set[float]:
    segments = (item for item in plan.items if isinstance(item, Segment))
    steps = (step for segment in segments for step in walk(segment.program.steps))
    return {step.scan_rate_V_per_s for step in steps if isinstance(step, VoltageScan)}
