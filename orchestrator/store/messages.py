"""The outbox: what each receiver is to be told, until it has taken it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, Connection, and_, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from orchestrator.store.tables import messages

__all__ = [
    "Kind",
    "Message",
    "bundle_messages",
    "drop_messages",
    "drop_messages_of_others",
    "messages_of",
    "messages_taken",
    "queue_messages",
    "unsent_counts",
    "unsent_messages",
]

Kind = Literal["raised", "acknowledged", "cleared", "test"]


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that one receiver is to be told about one alarm."""

    id: int
    alarm_id: int
    receiver: str
    kind: Kind
    queued_unix_s: float
    queued_wall_unix_s: float
    bundle: int | None
    taken_wall_unix_s: float | None
    dropped: str | None


def queue_messages(
    connection: Connection, what: Iterable[tuple[int, str, Kind]], *, now: float, wall_unix_s: float
) -> None:
    """Queue (alarm, receiver, kind); what is there already, sent or not, stays the only one."""
    times = {"queued_unix_s": now, "queued_wall_unix_s": wall_unix_s}
    rows = [{"alarm_id": alarm_id, "receiver": receiver, "kind": kind, **times} for alarm_id, receiver, kind in what]
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    if rows:
        connection.execute(dialect.insert(messages).on_conflict_do_nothing(), rows)


def unsent_messages(connection: Connection, receiver: str) -> list[Message]:
    """What this receiver has not taken yet, oldest first."""
    return _select(connection, and_(messages.c.receiver == receiver, _UNSENT))


def messages_of(connection: Connection, alarm_ids: Iterable[int]) -> list[Message]:
    """Everything that was queued about these alarms."""
    return _select(connection, messages.c.alarm_id.in_(list(alarm_ids)))


def unsent_counts(connection: Connection) -> dict[str, int]:
    """How many messages wait for each receiver that any waits for."""
    query = select(messages.c.receiver, func.count()).where(_UNSENT).group_by(messages.c.receiver)
    return {row[0]: row[1] for row in connection.execute(query)}


def bundle_messages(connection: Connection, ids: Collection[int]) -> None:
    """These go out together, at every attempt: so that an attempt that was repeated can be known as such."""
    connection.execute(update(messages).where(messages.c.id.in_(ids)).values(bundle=min(ids)))


def messages_taken(connection: Connection, ids: Collection[int], wall_unix_s: float) -> None:
    """Their receiver has taken them: they are never sent again."""
    connection.execute(update(messages).where(messages.c.id.in_(ids)).values(taken_wall_unix_s=wall_unix_s))


def drop_messages(connection: Connection, ids: Collection[int], why: str) -> None:
    """They are not tried any more."""
    connection.execute(update(messages).where(messages.c.id.in_(ids)).values(dropped=why))


def drop_messages_of_others(connection: Connection, receivers: Collection[str], why: str) -> int:
    """Drop what waits for receivers that are not among these; return how many."""
    others = and_(messages.c.receiver.not_in(receivers), _UNSENT)
    return connection.execute(update(messages).where(others).values(dropped=why)).rowcount


_UNSENT = and_(messages.c.taken_wall_unix_s.is_(None), messages.c.dropped.is_(None))


def _select(connection: Connection, where: ColumnElement[bool]) -> list[Message]:
    return [Message(*row) for row in connection.execute(select(messages).where(where).order_by(messages.c.id))]
