"""Cycles that consist of voltage sweeps: current over voltage, thinned out for drawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Row, select

from drivers.contracts import StepKind
from orchestrator.store.read_columns import read_columns
from orchestrator.store.seq_range import seq_range
from orchestrator.store.tables import cycles, segments

__all__ = ["Voltammogram", "has_sweeps", "voltammograms"]

Array = npt.NDArray[np.float64]
_SWEEPS = (StepKind.SWEEP_UP, StepKind.SWEEP_DOWN)
_SCAN = "voltage_scan"


@dataclass(frozen=True, slots=True, eq=False)
class Voltammogram:
    """One cycle of the run, in the order of time."""

    cycle: int
    label: str | None
    scan_rate_V_per_s: float
    """As measured, mean over its sweeps."""
    voltage_V: Array
    current_A: Array


def has_sweeps(connection: Connection, run_id: int) -> bool:
    """Whether a program of the run sweeps the voltage."""
    return bool(_scanning_segments(connection, run_id))


def voltammograms(connection: Connection, run_id: int, *, newest: int, points: int) -> list[Voltammogram]:
    """The newest cycles that are sweeps, in order, each with about so many points."""
    found: list[Voltammogram] = []
    for segment in reversed(_scanning_segments(connection, run_id)):
        for cycle in _cycles_of(connection, segment):
            if len(found) >= newest:
                return found[::-1]
            curve = _voltammogram(connection, segment, cycle, points)
            if curve is not None:
                found.append(curve)
    return found[::-1]


def _scanning_segments(connection: Connection, run_id: int) -> list[Row[*tuple[Any, ...]]]:
    columns = segments.c["id", "run_id", "step_map", "cycle_offset", "time_offset_s"]
    rows = connection.execute(select(*columns).where(segments.c.run_id == run_id).order_by(segments.c.id)).all()
    return [row for row in rows if any(step["kind"] == _SCAN for step in row.step_map)]


def _cycles_of(connection: Connection, segment: Row[*tuple[Any, ...]]) -> list[Row[*tuple[Any, ...]]]:
    """Of this segment, newest first: those before the next segment's first one."""
    later = select(segments.c.cycle_offset).where(segments.c.run_id == segment.run_id, segments.c.id > segment.id)
    end = connection.execute(later.order_by(segments.c.id).limit(1)).scalar()
    query = select(cycles).where(cycles.c.run_id == segment.run_id, cycles.c.cycle > segment.cycle_offset)
    if end is not None:
        query = query.where(cycles.c.cycle <= end)
    return list(connection.execute(query.order_by(cycles.c.cycle.desc())).all())


def _voltammogram(
    connection: Connection, segment: Row[*tuple[Any, ...]], cycle: Row[*tuple[Any, ...]], points: int
) -> Voltammogram | None:
    offset_s = segment.time_offset_s
    span = seq_range(connection, segment.id, cycle.started_test_time_s - offset_s, cycle.ended_test_time_s - offset_s)
    if span is None or not _sweeps_at(connection, segment.id, sum(span) // 2):
        return None
    names = ("cycle", "step_kind", "test_time_s", "voltage_V", "current_A")
    columns = read_columns(connection, segment.id, *span, names)
    swept = np.isin(columns["step_kind"], _SWEEPS) & (columns["cycle"] == cycle.cycle - segment.cycle_offset)
    kind, time_s, voltage_V, current_A = (columns[name][swept] for name in names[1:])
    if not len(kind):
        return None
    keep = np.unique(np.linspace(0, len(kind) - 1, points).astype(int))
    rate = _scan_rate(kind, time_s, voltage_V)
    return Voltammogram(cycle.cycle, cycle.label, rate, voltage_V[keep], current_A[keep])


def _sweeps_at(connection: Connection, segment_id: int, seq: int) -> bool:
    """Whether a record in the middle was swept: a cycle of charge and discharge is not read for nothing."""
    here = read_columns(connection, segment_id, seq, seq, ("step_kind",))["step_kind"]
    return not len(here) or int(here[0]) in _SWEEPS


def _scan_rate(kind: npt.NDArray[np.int8], time_s: Array, voltage_V: Array) -> float:
    """What the sweeps went through, over what they took."""
    edges = np.concatenate(([0], np.flatnonzero(np.diff(kind)) + 1, [len(kind)]))
    firsts, lasts = edges[:-1], edges[1:] - 1
    took_s = float((time_s[lasts] - time_s[firsts]).sum())
    return float(np.abs(voltage_V[lasts] - voltage_V[firsts]).sum()) / took_s if took_s > 0 else 0.0
