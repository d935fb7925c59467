"""From queued messages to the letter that is sent: each alarm as it stands now."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from orchestrator.config import Lab
from orchestrator.messages.letter import Letter, Line
from orchestrator.messages.receiver import Receiver
from orchestrator.messages.routing import Episode, episodes
from orchestrator.store.alarms import Alarm, count_unacknowledged
from orchestrator.store.messages import Message
from orchestrator.store.tables import alarms

__all__ = ["write_letter"]


def write_letter(
    connection: Connection, lab: Lab, receiver: Receiver, messages: Sequence[Message], now: float
) -> Letter:
    """The letter about these messages, which are not empty."""
    ids = {message.alarm_id for message in messages}
    these = alarms.c.id.in_(ids) | alarms.c.first_id.in_(ids)
    found = [Alarm(*row) for row in connection.execute(select(alarms).where(these).order_by(alarms.c.id))]
    tests = {message.alarm_id for message in messages if message.kind == "test"}
    waiting = count_unacknowledged(connection)
    return Letter(
        key=f"{lab.name}/{receiver.name}/{messages[0].id}",
        lab=lab.name,
        lines=tuple(_line(episode, test=episode.id in tests) for episode in episodes(found, ())),
        written_unix_s=now,
        unacknowledged=sum(count for severity, count in waiting.items() if receiver.takes(severity, "")),
        simulated=lab.simulated,
    )


def _line(episode: Episode, *, test: bool) -> Line:
    seen = episode.acknowledged
    return Line(
        alarm_id=episode.id,
        severity=episode.severity,
        source=episode.source,
        message=episode.message,
        raised_unix_s=episode.raised_unix_s,
        cleared_unix_s=episode.over_unix_s,
        acknowledged_by=seen.acknowledged_by if seen is not None else None,
        acknowledged_reason=seen.acknowledged_reason if seen is not None else None,
        times=episode.times,
        test=test,
    )
