"""Which cycles and records of a run a result rests on."""

from __future__ import annotations

from collections.abc import Iterable

from orchestrator.analysis.dataset import RunData
from orchestrator.analysis.ranges import to_ranges
from orchestrator.analysis.result import RunUsed

__all__ = ["run_used"]


def run_used(run: RunData, cycles: Iterable[int]) -> RunUsed:
    """Return the provenance entry of a run; record ranges only where the analysis looked at the records."""
    cycle_ranges = to_ranges(int(cycle) for cycle in cycles)
    if not run.records_used or run.records.empty:
        return RunUsed(run.run_id, cycle_ranges)
    jumps = run.records["record"].diff().ne(1)
    first = run.records.loc[jumps, "record"]
    last = run.records.loc[jumps.shift(-1, fill_value=True), "record"]
    return RunUsed(run.run_id, cycle_ranges, tuple((int(a), int(b)) for a, b in zip(first, last, strict=True)))
