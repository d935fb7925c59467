"""The table of cycles of a run as CSV; units stand in the header row."""

from __future__ import annotations

from typing import IO

from sqlalchemy import Connection

from drivers.contracts import StepKind
from orchestrator.analysis.load_dataset import load_dataset
from orchestrator.analysis.per_cycle import COLUMNS, per_cycle
from orchestrator.analysis.result import Column
from orchestrator.analysis.run_records import read_chunks
from orchestrator.analysis.set_points import first_direction
from protocols.program import Direction

__all__ = ["heading", "write_cycles"]


def heading(column: Column) -> str:
    """``charge capacity / mAh``; a unit that is itself a quotient stands in parentheses (ISO 80000-1)."""
    if column.unit is None:
        return column.name
    return f"{column.name} / ({column.unit})" if "/" in column.unit else f"{column.name} / {column.unit}"


def write_cycles(conn: Connection, run_id: int, stream: IO[bytes]) -> None:
    """Write one row per cycle, the same numbers as the analysis ``cycles`` gives with ``cell_type: auto``."""
    run = load_dataset(conn, [run_id]).runs[0]
    begins = (first_direction(run.plan) if run.plan else None) or _first_measured(conn, run_id)
    frame = per_cycle(run, "half" if begins == "discharge" else "full")
    frame.columns = [heading(COLUMNS[name]) for name in frame.columns]
    frame.to_csv(stream, index=False, lineterminator="\n")


def _first_measured(conn: Connection, run_id: int) -> Direction | None:
    """Direction of the first record that has one; what is read ends there."""
    for chunk in read_chunks(conn, run_id):
        for kind in dict.fromkeys(chunk.columns["step_kind"].tolist()):
            direction = StepKind(kind).direction
            if direction != "none":
                return direction
    return None
