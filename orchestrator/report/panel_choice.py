"""Which runs have a panel of their own where there are more than fit on a page."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.report.measured_run import MeasuredRun

__all__ = ["PANELS_MAX", "chosen_panels"]

PANELS_MAX = 3
"""One row: of a study of three materials one cell each. How alike cells are stands in the tables."""


def chosen_panels(runs: Sequence[MeasuredRun]) -> list[MeasuredRun]:
    """Return the first runs of each material in turn, as many as fit, in the order of the runs."""
    by_material: dict[str | None, list[int]] = {}
    for place, run in enumerate(runs):
        by_material.setdefault(run.cell.material, []).append(place)
    ranked = sorted((rank, place) for places in by_material.values() for rank, place in enumerate(places))
    return [runs[place] for place in sorted(place for _, place in ranked[:PANELS_MAX])]
