"""Runs: what is wanted of each, and what is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, case, func, select, update

from orchestrator.run_state import LEGAL, TERMINAL, RunState
from orchestrator.store.errors import StoreError
from orchestrator.store.events import append_event
from orchestrator.store.restores import next_run_id
from orchestrator.store.tables import runs

__all__ = [
    "Desired",
    "Run",
    "active_runs",
    "get_run",
    "insert_run",
    "list_runs",
    "set_desired",
    "set_progress",
    "set_state",
]

Desired = Literal["run", "pause", "stop"]


@dataclass(frozen=True, slots=True)
class Run:
    """One launch of one protocol on one cell. ``plan`` is the JSON form of ``protocols.plan.Plan``."""

    id: int
    cell_id: str
    protocol_sha256: str
    protocol: str
    instrument: str
    channel: str
    plan: dict[str, Any]
    desired: Desired
    state: RunState
    reason: str | None
    item: int
    created_unix_s: float
    created_by: str
    released_unix_s: float | None
    started_unix_s: float | None
    finished_unix_s: float | None
    last_seen_unix_s: float | None
    cycles_done: int
    chamber: str | None
    """Around the cell, as it was at launch."""
    batch_id: int | None
    queue_order: int | None
    """Its place among what has not begun; None: its number."""
    held_up_unix_s: float | None = None
    """Since when a batch waits for it and nobody can say until when; None: it goes on."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "state", RunState(self.state))


def insert_run(
    connection: Connection,
    *,
    cell_id: str,
    protocol_sha256: str,
    protocol: str,
    instrument: str,
    channel: str,
    plan: Mapping[str, Any],
    actor: str,
    now: float,
    chamber: str | None = None,
    batch_id: int | None = None,
) -> int:
    """Add a run in state queued and return its id. The cell and the protocol file must be there."""
    row = runs.insert().values(
        cell_id=cell_id,
        protocol_sha256=protocol_sha256,
        protocol=protocol,
        instrument=instrument,
        channel=channel,
        plan=dict(plan),
        desired="run",
        state=RunState.QUEUED.value,
        item=0,
        created_unix_s=now,
        created_by=actor,
        cycles_done=0,
        chamber=chamber,
        batch_id=batch_id,
    )
    number = next_run_id(connection)
    row = row if number is None else row.values(id=number)
    run_id: int = connection.execute(row.returning(runs.c.id)).scalar_one()
    append_event(
        connection,
        now=now,
        actor=actor,
        kind="launch",
        message=f"{protocol} on {cell_id}",
        run_id=run_id,
        instrument=instrument,
        channel=channel,
    )
    return run_id


def get_run(connection: Connection, run_id: int) -> Run:
    """Return one run. Raises StoreError if there is none."""
    row = connection.execute(select(runs).where(runs.c.id == run_id)).one_or_none()
    if row is None:
        raise StoreError(f"run {run_id} does not exist; `cellbench ls` lists them")
    return Run(*row)


def list_runs(
    connection: Connection,
    *,
    state: RunState | None = None,
    cell_id: str | None = None,
    limit: int = 100,
    before_id: int | None = None,
) -> list[Run]:
    """Runs, newest first; the next page is asked with ``before_id``."""
    query = select(runs).order_by(runs.c.id.desc()).limit(limit)
    if state is not None:
        query = query.where(runs.c.state == state.value)
    if cell_id is not None:
        query = query.where(runs.c.cell_id == cell_id)
    if before_id is not None:
        query = query.where(runs.c.id < before_id)
    return [Run(*row) for row in connection.execute(query)]


def active_runs(connection: Connection, instrument: str) -> list[Run]:
    """Runs of an instrument that have not ended, oldest first."""
    over = [state.value for state in TERMINAL]
    query = select(runs).where(runs.c.instrument == instrument, runs.c.state.not_in(over)).order_by(runs.c.id)
    return [Run(*row) for row in connection.execute(query)]


def set_state(
    connection: Connection,
    run_id: int,
    state: RunState,
    *,
    now: float,
    reason: str | None = None,
    actor: str = "engine",
) -> None:
    """Write a transition and its event; the same state again only changes the reason.

    Raises StoreError for a transition that is not in LEGAL, and when somebody else changed the state meanwhile.
    """
    current = get_run(connection, run_id).state
    if state is not current and state not in LEGAL[current]:
        raise StoreError(f"run {run_id} is {current} and cannot become {state}")
    values: dict[str, Any] = {"state": state.value, "reason": reason}
    if state is RunState.RUNNING:
        values["started_unix_s"] = func.coalesce(runs.c.started_unix_s, now)
    if state in TERMINAL:
        values["finished_unix_s"] = func.coalesce(runs.c.finished_unix_s, now)
    change = update(runs).where(runs.c.id == run_id, runs.c.state == current.value).values(**values)
    if not connection.execute(change).rowcount:
        raise StoreError(f"run {run_id} is no longer {current}; somebody else changed it")
    if state is not current:
        message = f"{current} → {state}" + (f": {reason}" if reason else "")
        append_event(connection, now=now, actor=actor, kind="state", message=message, run_id=run_id)


def set_desired(connection: Connection, run_id: int, desired: Desired, *, actor: str, now: float) -> bool:
    """Write what an operator wants; True if it counts. A stop stands: what comes after it is only logged.

    Raises StoreError if the run has ended.
    """
    state = get_run(connection, run_id).state
    if state in TERMINAL:
        raise StoreError(f"run {run_id} is {state}; nothing more can be asked of it")
    change = update(runs).where(runs.c.id == run_id, runs.c.desired != "stop").values(desired=desired)
    counts = bool(connection.execute(change).rowcount) or desired == "stop"
    message = desired if counts else f"{desired} refused: a stop was ordered before"
    append_event(connection, now=now, actor=actor, kind="order", message=message, run_id=run_id)
    return counts


def set_progress(
    connection: Connection,
    run_id: int,
    *,
    item: int | None = None,
    cycles_done: int | None = None,
    last_seen_unix_s: float | None = None,
) -> None:
    """Write how far a run is; what is None stays. Cycles done never decrease."""
    values: dict[str, Any] = {}
    if item is not None:
        values["item"] = item
    if cycles_done is not None:
        values["cycles_done"] = case((runs.c.cycles_done > cycles_done, runs.c.cycles_done), else_=cycles_done)
    if last_seen_unix_s is not None:
        values["last_seen_unix_s"] = last_seen_unix_s
    if values:
        connection.execute(update(runs).where(runs.c.id == run_id).values(**values))
