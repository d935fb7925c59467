"""Chambers as the API and the pages show them: what was last seen, who holds them, what that one waits for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Row, select

from drivers.contracts import ChamberState
from orchestrator.config import Lab
from orchestrator.run_state import RunState
from orchestrator.store.chambers import ChamberRow, list_chambers
from orchestrator.store.tables import runs
from orchestrator.web.models.chamber import ChamberAnswer
from orchestrator.web.run_rows import ENDED

__all__ = ["chamber_answers"]

_SHOWN = ("native_state", "process_degC", "set_point_degC", "output_percent", "low_degC", "high_degC", "last_error")


def chamber_answers(connection: Connection, lab: Lab, now_unix_s: float) -> list[ChamberAnswer]:
    """Every chamber of the lab file, in its order."""
    if not lab.chambers:
        return []
    known = {row.name: row for row in list_chambers(connection)}
    active = select(runs.c.id).where(runs.c.state.not_in(ENDED))  # out of an index; plans are long
    query = select(*runs.c["id", "state", "reason", "chamber"]).where(runs.c.id.in_(active)).order_by(runs.c.id)
    inside: dict[str, list[Any]] = {name: [] for name in lab.chambers}
    for run in connection.execute(query):
        if run.chamber in inside:
            inside[run.chamber].append(run)
    return [_answer(lab, name, known.get(name), inside[name], now_unix_s) for name in lab.chambers]


def _answer(
    lab: Lab, name: str, row: ChamberRow | None, inside: Iterable[Row[*tuple[Any, ...]]], now_unix_s: float
) -> ChamberAnswer:
    facts: dict[str, Any] = {
        "name": name,
        "benches": [bench.name for bench in lab.benches_in(name)],
        "runs": [run.id for run in inside],
    }
    if row is None or row.seen_unix_s is None:
        error = row.last_error if row is not None else None
        return ChamberAnswer(**facts, state=ChamberState.UNKNOWN, stale=True, last_error=error)
    age_s = max(now_unix_s - row.seen_unix_s, 0.0)
    stale = age_s > max(lab.chambers[name].lost_after_s, lab.chambers[name].poll_s)
    facts |= {key: getattr(row, key) for key in _SHOWN}
    waits = next((run.reason for run in inside if run.state == RunState.WAITING), None)
    return ChamberAnswer(
        **facts,
        state=ChamberState.UNKNOWN if stale else row.state,
        alarms=row.alarms,
        seen_unix_s=row.seen_unix_s,
        age_s=age_s,
        stale=stale,
        holder=row.holder,
        waiting_for=waits if row.holder is not None else None,
    )
