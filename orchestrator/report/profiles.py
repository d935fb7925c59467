"""Voltage over charge of chosen cycles, from the records."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from drivers.contracts import StepKind
from orchestrator.client import ClientError
from orchestrator.report.measured_run import Array, Profile
from orchestrator.report.source import ReportSource
from orchestrator.web.models.records import CycleAnswer

__all__ = ["DEFAULT_CYCLES", "chosen_cycles", "profile_of", "read_profile"]

DEFAULT_CYCLES: tuple[int | str, ...] = (1, 2, "middle", "last")
_SHOWN_MAX = 400
"""Points of a curve: more than a printer resolves on a third of a page."""
_EDGE_s = 1.0
_FEW = 10
"""Of so few cycles the middle is too near to the others to be worth a curve."""


def chosen_cycles(cycles: Sequence[CycleAnswer], asked: Sequence[int | str]) -> list[CycleAnswer]:
    """Those of the complete cycles, with charge and discharge, that are asked for: numbers, ``middle``, ``last``."""
    whole = [one for one in cycles if one.complete and one.charge_capacity_Ah > 0 and one.discharge_capacity_Ah > 0]
    if not whole:
        return []
    last = whole[-1].cycle
    middle = whole[(len(whole) - 1) // 2].cycle if len(whole) > _FEW else last
    wanted = {{"middle": middle, "last": last}.get(str(one), one) for one in asked}
    return [one for one in whole if one.cycle in wanted]


def read_profile(client: ReportSource, run_id: int, cycle: CycleAnswer) -> Profile:
    """Ask for the records of one cycle. Raises ClientError."""
    start_s, end_s = cycle.started_test_time_s - _EDGE_s, cycle.ended_test_time_s + _EDGE_s
    columns = client.record_columns(run_id, start_s, end_s)
    if "step_capacity_Ah" not in columns:
        raise ClientError(
            [f"run {run_id}: the service gave no step_capacity_Ah; is it cellbench, and of this version?"]
        )
    return profile_of(columns, cycle.cycle)


def profile_of(columns: dict[str, Array], cycle: int) -> Profile:
    """Join the steps of each direction; the capacity is the instrument's own counter."""
    inside = columns["cycle"] == cycle
    curves = {way: _curve({name: column[inside] for name, column in columns.items()}, way) for way in _KINDS}
    return Profile(cycle, *curves["charge"], *curves["discharge"])


_KINDS = {way: [int(kind) for kind in StepKind if kind.direction == way] for way in ("charge", "discharge")}


def _curve(columns: dict[str, Array], direction: str) -> tuple[Array, Array]:
    mine = np.isin(columns["step_kind"], _KINDS[direction])
    capacity, voltage, step = (columns[name][mine] for name in ("step_capacity_Ah", "voltage_V", "step"))
    capacity_mAh = 1e3 * (capacity + _passed_before(capacity, step))
    keep = np.unique(np.linspace(0, max(len(voltage) - 1, 0), _SHOWN_MAX).astype(int))[: len(voltage)]
    return capacity_mAh[keep], voltage[keep]


def _passed_before(capacity: Array, step: Array) -> Array:
    """Charge of the direction's earlier steps: the counter begins anew with each."""
    before = np.zeros(len(capacity))
    for begin in np.flatnonzero((np.diff(step) != 0) | (np.diff(capacity) < 0)) + 1:
        before[begin:] += capacity[begin - 1]
    return before
