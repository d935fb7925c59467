"""The runs in a chamber, from the database: the same for the chamber's loop and for those of the channels inside."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from orchestrator.engine.chambers.member import Member
from orchestrator.engine.channel_turn import channel_head, look_first
from orchestrator.engine.plan_cache import PlanCache
from orchestrator.run_state import TERMINAL, RunState
from orchestrator.store.tables import intents, runs
from protocols.plan import SetTemperature

__all__ = ["SET_TEMPERATURE", "load_members"]

SET_TEMPERATURE = "set_temperature"
"""Action of an intent; its detail is the index of the plan's item."""
_ACTIVE = [state.value for state in RunState if state not in TERMINAL]
_COLUMNS = ("id", "instrument", "channel", "cell_id", "state", "desired", "reason", "item", "batch_id", "queue_order")


def load_members(connection: sa.Connection, chamber: str, plans: PlanCache) -> list[Member]:
    """Every run in the chamber that is not over, by number. A run whose plan cannot be read is left out."""
    query = sa.select(*runs.c[_COLUMNS], *runs.c["created_unix_s", "released_unix_s", "held_up_unix_s"]).where(
        runs.c.chamber == chamber, runs.c.state.in_(_ACTIVE)
    )
    rows = connection.execute(query.order_by(runs.c.id)).all()
    opened = _opened(connection, [row.id for row in rows])
    return [_member(connection, row, plans, opened) for row in rows if plans.readable(connection, row)]


@dataclass(frozen=True, slots=True)
class _Opened:
    """Intents without an outcome."""

    asked: Mapping[tuple[int, str], tuple[int, float]]
    """Of temperatures, by run and item: number and time of each."""
    ordered: Collection[int]
    """Runs of whose channels something has been ordered."""


def _opened(connection: sa.Connection, run_ids: Sequence[int]) -> _Opened:
    query = sa.select(*intents.c["id", "run_id", "action", "detail", "created_unix_s"]).where(
        intents.c.run_id.in_(run_ids), intents.c.outcome.is_(None)
    )
    found = connection.execute(query).all() if run_ids else []
    asked = {(row.run_id, row.detail): (row.id, row.created_unix_s) for row in found if row.action == SET_TEMPERATURE}
    return _Opened(asked, {row.run_id for row in found if row.action != SET_TEMPERATURE})


def _member(connection: sa.Connection, row: sa.Row[Any], plans: PlanCache, opened: _Opened) -> Member:
    facts = plans.of(connection, row.id)
    task = facts.tasks.get(row.item)
    intent_id, asked_unix_s = opened.asked.get((row.id, str(row.item)), (None, None))
    return Member(
        run_id=row.id,
        state=RunState(row.state),
        desired=row.desired,
        item=row.item,
        temperatures=facts.temperatures,
        passed=facts.temperatures_before(row.item),
        step=task if isinstance(task, SetTemperature) else None,
        batch_id=row.batch_id,
        reason=row.reason,
        asked_unix_s=asked_unix_s,
        intent_id=intent_id,
        blocked=_blocked(connection, row),
        made=facts.temperature_of(row.item),
        ordered=row.id in opened.ordered,
        instrument=row.instrument,
        held_up_unix_s=row.held_up_unix_s,
        queue_order=row.queue_order,
    )


def _blocked(connection: sa.Connection, row: sa.Row[Any]) -> bool:
    """Whether it may not begin yet, for what its own channel's loop says."""
    if row.item > 0 or row.state not in (RunState.QUEUED, RunState.WAITING):
        return False
    return channel_head(connection, row.instrument, row.channel) != row.id or look_first(connection, row) is not None
