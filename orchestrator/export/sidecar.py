"""The metadata beside an exported run: what it is, how it was made, what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from sqlalchemy import Connection, Row, select

from orchestrator.export.bdf_table import step_id
from orchestrator.export.known_gaps import Gap, possible_gaps
from orchestrator.store import tables
from protocols.storage import load_plan

__all__ = ["CONVENTIONS", "run_metadata"]

CONVENTIONS: Mapping[str, str] = {
    "current": "positive current charges the test object (oxidises the working electrode; half cell: delithiation)",
    "capacity_and_energy": "Charging and Discharging columns never reset; those that start with Step restart each step",
    "counters": "capacities and energies are the instrument's own step counters, summed over completed steps",
    "test_time": "seconds since the run's first record began, pauses excluded",
    "record_index": "the instrument's record number, running on over the run; a missing record leaves its number out",
    "ambient_temperature": "process value of the chamber around the cell, between the service's looks at it",
    "step_id": "sN.M: plan item N (from 0), instrument step number M (see steps)",
}


def run_metadata(conn: Connection, run: Row[Any], columns: Sequence[str], gaps: Sequence[Gap]) -> dict[str, Any]:
    """Return the sidecar's content as plain JSON values; times are ISO 8601 in UTC."""
    protocol = conn.execute(select(tables.protocols).where(tables.protocols.c.sha256 == run.protocol_sha256)).one()
    cell = conn.execute(select(tables.cells).where(tables.cells.c.id == run.cell_id)).one()
    instrument = conn.execute(
        select(tables.instruments).where(tables.instruments.c.name == run.instrument)
    ).one_or_none()
    segments = conn.execute(
        select(tables.segments)
        .where(tables.segments.c.run_id == run.id)
        .order_by(tables.segments.c.number, tables.segments.c.attempt)
    ).all()
    plan = load_plan(run.plan)
    return {
        "format": {"name": "Battery Data Format", "ontology": "1.3.0", "columns": list(columns)},
        "software": {"name": "cellbench", "version": _version()},
        "conventions": dict(CONVENTIONS),
        "run": {
            "id": run.id,
            "state": run.state,
            "reason": run.reason,
            "started": _iso(run.started_unix_s),
            "ended": _iso(run.finished_unix_s),
            "created_by": run.created_by,
            "cycles_done": run.cycles_done,
        },
        "cell": {**_plain(cell, "created_unix_s"), "at_launch": asdict(plan.cell)},
        "protocol": {
            "name": protocol.name,
            "sha256": protocol.sha256,
            "source": protocol.source,
            "parameters": dict(plan.parameters),
            "estimate": asdict(plan.estimate),
        },
        "instrument": _instrument(run, instrument),
        "tests": [_test(segment) for segment in segments],
        "steps": _steps(segments),
        "known_gaps": [asdict(gap) for gap in gaps],
        "possible_gaps": possible_gaps(conn, run.id),
    }


def _instrument(run: Row[Any], row: Row[Any] | None) -> dict[str, Any]:
    described = {"name": run.instrument, "channel": run.channel, "chamber": run.chamber}
    if row is not None:
        described |= {"driver": row.driver, "identity": row.identity, "simulated": row.simulated}
    return described


def _test(segment: Row[Any]) -> dict[str, Any]:
    return {
        "plan_item": segment.number,
        "attempt": segment.attempt,
        "tag": segment.tag,
        "test_id": segment.test_id,
        "started": _iso(segment.started_unix_s),
        "ended": _iso(segment.finished_unix_s),
        "outcome": segment.outcome,
        "records": segment.records,
    }


def _steps(segments: Sequence[Row[Any]]) -> dict[str, Any]:
    """Step ID to what the protocol says there; attempts of one plan item share their steps."""
    return {
        step_id(segment.number, step["step"]): {"kind": step["kind"], **step["origin"]}
        for segment in segments
        for step in segment.step_map
    }


def _plain(row: Row[Any], *left_out: str) -> dict[str, Any]:
    return {name: entry for name, entry in row._asdict().items() if name not in left_out}


def _iso(unix_s: float | None) -> str | None:
    return None if unix_s is None else datetime.fromtimestamp(unix_s, UTC).isoformat()


def _version() -> str:
    try:
        return version("cellbench")
    except PackageNotFoundError:  # a checkout that is not installed
        return "unknown"
