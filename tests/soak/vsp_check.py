"""A VSP-300's test in the database against the instrument's own ledger, where a buffer may be missing that was told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa

from drivers.contracts import LOST
from orchestrator.store.tables import events
from orchestrator.store.transactions import reading
from orchestrator.testing.virtual_bench import VirtualBench
from tests.e2e.vsp_ledger import assert_stored_equals_ledger, measured

__all__ = ["Missing", "check_vsp_run"]

_BUFFER_ROWS_MAX = 1000
"""One word a row at least."""


@dataclass(frozen=True)
class Missing:
    """Rows of one run that nobody has, and how many the service has said may be missing."""

    rows: int
    told_rows: int
    gaps: int


def check_vsp_run(bench: VirtualBench, run: int, place: str) -> tuple[int, Missing]:
    """Return how many records are stored and what is missing. Raises AssertionError where that was not told."""
    told = _told(bench, run)
    if not told and _measured_anything(bench, run, place):
        return assert_stored_equals_ledger(bench, run, place), Missing(0, 0, 0)
    stored = rows = 0
    for segment in bench.segments(run):
        if segment["test_id"] is not None:
            there, missing = _check_segment(bench, segment, place)
            stored, rows = stored + there, rows + missing
    assert rows <= sum(told), f"run {run}: {rows} rows are missing, told were {told}"
    return stored, Missing(rows, sum(told), len(told))


def _measured_anything(bench: VirtualBench, run: int, place: str) -> bool:
    """Whether there is a row to compare: a run may be stopped before its first."""
    begun = [segment for segment in bench.segments(run) if segment["test_id"] is not None]
    return all(len(measured(bench, segment, place)["ticks"]) > 0 for segment in begun)


def _check_segment(bench: VirtualBench, segment: Mapping[str, Any], place: str) -> tuple[int, int]:
    """All that is stored stands in the ledger, in its order; a stretch that is missing fits into one buffer."""
    ledger, mine = measured(bench, segment, place), bench.stored(segment["id"])
    there = np.isin(ledger["test_time_s"], mine["test_time_s"])
    np.testing.assert_array_equal(mine["test_time_s"], ledger["test_time_s"][there])
    np.testing.assert_array_equal(mine["voltage_V"], ledger["ewe_V"][there].astype(float))
    np.testing.assert_array_equal(mine["current_A"], np.nan_to_num(ledger["i_A"][there].astype(float)))
    np.testing.assert_array_equal(mine["seq"], np.arange(1, there.sum() + 1))
    points = bench.stored_spectra(segment["id"])
    is_point = (ledger["process"] == 1) & there
    np.testing.assert_array_equal(points["frequency_Hz"], ledger["frequency_Hz"][is_point].astype(float))
    np.testing.assert_array_equal(points["voltage_amplitude_V"], ledger["abs_ewe_V"][is_point].astype(float))
    edges = np.flatnonzero(np.diff(np.concatenate(([1], there.astype(int), [1]))))
    stretches = edges[1::2] - edges[::2]
    assert all(stretches <= _BUFFER_ROWS_MAX), stretches
    return int(there.sum()), int((~there).sum())


def _told(bench: VirtualBench, run: int) -> list[int]:
    query = sa.select(events.c.message).where(events.c.kind == "gap", events.c.run_id == run)
    with reading(bench.engine) as connection:
        said = connection.scalars(query).all()
    found = [re.search(LOST + r"(\d+) records between \S+Z and \S+Z may be missing", line) for line in said]
    assert all(found), said
    return [int(one[1]) for one in found if one]
