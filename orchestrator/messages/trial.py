"""A test message to everybody, by the same way as alarms: through the database and the node."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from orchestrator.messages.receiver import Receiver
from orchestrator.store.alarms import alarms_told, clear_alarms, raise_alarm
from orchestrator.store.events import append_event
from orchestrator.store.messages import Kind, queue_messages

__all__ = ["TRIAL_SOURCE", "ask_for_trial"]

TRIAL_SOURCE = "test"
"""What the source of a test message's alarm begins with."""
_KIND: Kind = "test"


def ask_for_trial(
    connection: Connection, receivers: Iterable[Receiver], *, actor: str, now: float, wall_unix_s: float
) -> int:
    """Queue a test message to each receiver, whatever its severity and time; return the alarm's id, which is over."""
    source = f"{TRIAL_SOURCE} {wall_unix_s:.3f}"  # every one is an alarm of its own
    message = f"test message, asked for by {actor}; nothing is wrong"
    alarm_id = raise_alarm(connection, source=source, severity="warning", message=message, now=now)
    clear_alarms(connection, source=source, now=now)
    alarms_told(connection, alarm_id, [alarm_id], now)
    what = [(alarm_id, receiver.name, _KIND) for receiver in receivers]
    queue_messages(connection, what, now=now, wall_unix_s=wall_unix_s)
    append_event(connection, now=now, actor=actor, kind="alarm", message=f"test message {alarm_id} to all receivers")
    return alarm_id
