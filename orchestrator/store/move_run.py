"""A run that has not begun gets another place in the queue, together with its batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import Connection, Row, select, update

from orchestrator.run_state import TERMINAL, RunState
from orchestrator.store.errors import StoreError
from orchestrator.store.events import append_event
from orchestrator.store.queue_order import has_begun, place_in_queue, queue_position
from orchestrator.store.runs import get_run
from orchestrator.store.tables import runs

__all__ = ["Move", "move_run"]

Move = Literal["earlier", "later", "first", "last"]
_OVER = [state.value for state in TERMINAL]
_AnyRow = Row[*tuple[Any, ...]]
_Group = list[_AnyRow]
"""Runs that are moved together: those of a batch, or one."""


def move_run(connection: Connection, run_id: int, move: Move, *, actor: str, now: float, reason: str = "") -> str:
    """Move it past its neighbour on its channel, or to an end; the caller commits. Returns what was done, in words.

    Raises StoreError, saying why, where it has begun, where what it would pass has, or where there is nothing to pass.
    """
    groups = _groups(_waiting_or_begun(connection))
    mine = next((group for group in groups if any(row.id == run_id for row in group)), None)
    if mine is None:
        raise StoreError(f"run {run_id} is {get_run(connection, run_id).state}: it is in no queue any more")
    if not _may_move(mine):
        raise StoreError(_why_not(mine, run_id))
    places = {(row.instrument, row.channel) for row in mine}
    ahead, behind = _around(groups, mine, places)
    passed = ahead if move in ("earlier", "first") else behind
    if not passed:
        raise StoreError(_nothing_to_pass(groups, mine, run_id, move))
    other = passed[-1] if move in ("earlier", "last") else passed[0]
    _put(connection, [group for group in groups if _may_move(group)], mine, other, before=passed is ahead)
    words = f"{_named(mine)} now comes {'before' if passed is ahead else 'after'} {_named(other)}"
    message = f"moved in the queue: {words}" + (f" ({reason})" if reason else "")
    append_event(connection, now=now, actor=actor, kind="order", message=message, run_id=run_id)
    return words


def _waiting_or_begun(connection: Connection) -> Sequence[_AnyRow]:
    columns = runs.c["id", "instrument", "channel", "batch_id", "state"]
    query = select(*columns, place_in_queue().label("place"), has_begun().label("begun"))
    query = query.where(runs.c.state.not_in(_OVER)).order_by(*queue_position())
    return connection.execute(query.with_for_update(of=runs)).all()


def _groups(rows: Sequence[_AnyRow]) -> list[_Group]:
    found: dict[tuple[str, int], _Group] = {}
    for row in rows:
        key = ("run", row.id) if row.batch_id is None else ("batch", row.batch_id)
        found.setdefault(key, []).append(row)
    return list(found.values())


def _may_move(group: _Group) -> bool:
    return all(row.state == RunState.QUEUED.value and not row.begun for row in group)


def _around(groups: list[_Group], mine: _Group, places: set[tuple[str, str]]) -> tuple[list[_Group], list[_Group]]:
    """Those on the same channels that can be passed: before it, and after it."""
    at = groups.index(mine)
    beside = [[group for group in part if _is_on(group, places)] for part in (groups[:at], groups[at + 1 :])]
    before = beside[0]
    while any(not _may_move(group) for group in before):
        before = before[1:]
    return before, [group for group in beside[1] if _may_move(group)]


def _is_on(group: _Group, places: set[tuple[str, str]]) -> bool:
    return any((row.instrument, row.channel) in places for row in group)


def _put(connection: Connection, groups: list[_Group], mine: _Group, other: _Group, *, before: bool) -> None:
    """The places that there are, given out anew."""
    places = sorted(row.place for group in groups for row in group)
    rest = [group for group in groups if group is not mine]
    at = rest.index(other) + (0 if before else 1)
    ordered = [row for group in (*rest[:at], mine, *rest[at:]) for row in group]
    for row, place in zip(ordered, places, strict=True):
        if row.place != place:
            connection.execute(update(runs).where(runs.c.id == row.id).values(queue_order=place))


def _named(group: _Group) -> str:
    if group[0].batch_id is None:
        return f"run {group[0].id}"
    return f"batch {group[0].batch_id} (runs {', '.join(str(row.id) for row in group)})"


def _why_not(mine: _Group, run_id: int) -> str:
    """Why a run keeps its place."""
    own = next(row for row in mine if row.id == run_id)
    only = "only what has not begun can be moved"
    if own.state == RunState.WAITING.value and not own.begun:
        return f"run {run_id} waits for a person; see to that first: {only}"
    if own.state != RunState.QUEUED.value:
        return f"run {run_id} has begun ({own.state}) and keeps its place: {only}"
    begun = next((row for row in mine if row.state != RunState.QUEUED.value), own)
    if begun is own:
        return f"run {run_id} has begun: its chamber has been asked for a temperature; {only}"
    return f"run {run_id} belongs to {_named(mine)}, of which run {begun.id} is {begun.state}: {only}"


def _nothing_to_pass(groups: list[_Group], mine: _Group, run_id: int, move: Move) -> str:
    if move in ("later", "last"):
        return f"run {run_id} is the last on its channel already"
    places = {(row.instrument, row.channel) for row in mine}
    ahead = [group for group in groups[: groups.index(mine)] if _is_on(group, places)]
    if not ahead:
        return f"run {run_id} is the next on its channel already"
    row = ahead[-1][0]
    return f"run {run_id} is the next already: {_named(ahead[-1])} before it is {row.state} and cannot be passed"
