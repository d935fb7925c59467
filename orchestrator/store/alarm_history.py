"""Alarms of the past, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, Connection, func, or_, select

from orchestrator.store.alarms import Alarm
from orchestrator.store.tables import alarms

__all__ = ["AlarmFilter", "AlarmState", "count_alarms", "present_alarms", "read_alarms"]

AlarmState = Literal["open", "over", "unacknowledged"]


@dataclass(frozen=True, slots=True)
class AlarmFilter:
    """Which alarms; None: whatever it is."""

    severity: str | None = None
    state: AlarmState | None = None
    text: str | None = None
    """Stands in the source, the message, the name of who acknowledged it, or the reason."""
    since_unix_s: float | None = None
    before_unix_s: float | None = None


def count_alarms(connection: Connection, wanted: AlarmFilter) -> int:
    """How many there are."""
    query = select(func.count()).select_from(alarms).where(*_conditions(wanted))
    return int(connection.execute(query).scalar_one())


def read_alarms(connection: Connection, wanted: AlarmFilter, limit: int, offset: int = 0) -> list[Alarm]:
    """One page of them, newest first."""
    query = select(alarms).where(*_conditions(wanted)).order_by(alarms.c.id.desc())
    return [Alarm(*row) for row in connection.execute(query.limit(limit).offset(offset))]


def present_alarms(connection: Connection, trial: str, limit: int) -> list[Alarm]:
    """What is not over or not acknowledged, critical ones first, then the newest; sources ``trial …`` are left out."""
    here = or_(alarms.c.cleared_unix_s.is_(None), alarms.c.acknowledged_unix_s.is_(None))
    order = (alarms.c.acknowledged_unix_s.is_not(None), alarms.c.severity != "critical", alarms.c.id.desc())
    query = select(alarms).where(here, alarms.c.source.not_like(f"{trial} %")).order_by(*order).limit(limit)
    return [Alarm(*row) for row in connection.execute(query)]


def _conditions(wanted: AlarmFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.severity is not None:
        conditions.append(alarms.c.severity == wanted.severity)
    if wanted.state == "unacknowledged":
        conditions.append(alarms.c.acknowledged_unix_s.is_(None))
    elif wanted.state is not None:
        over = alarms.c.cleared_unix_s.is_not(None)
        conditions.append(over if wanted.state == "over" else ~over)
    if wanted.text:
        searched = (alarms.c.source, alarms.c.message, alarms.c.acknowledged_by, alarms.c.acknowledged_reason)
        conditions.append(or_(*(column.icontains(wanted.text, autoescape=True) for column in searched)))
    if wanted.since_unix_s is not None:
        conditions.append(alarms.c.raised_unix_s >= wanted.since_unix_s)
    if wanted.before_unix_s is not None:
        conditions.append(alarms.c.raised_unix_s < wanted.before_unix_s)
    return conditions
