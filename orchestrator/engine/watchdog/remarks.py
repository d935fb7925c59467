"""What the node has to say of itself, as events and alarms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from orchestrator.store.alarms import clear_alarms, raise_alarm
from orchestrator.store.events import append_event

__all__ = ["ended_itself", "hangs", "hangs_no_more", "nothing_hangs", "passed_by"]

Change = Callable[[sa.Connection], Any]


def passed_by(node: str, message: str, now_unix_s: float) -> Change:
    """Something was wrong and is over: an event, and an alarm that is over already; people are told all the same."""
    source = f"node {node}"

    def change(connection: sa.Connection) -> None:
        append_event(connection, now=now_unix_s, actor="engine", kind="node", message=f"{source}: {message}")
        raise_alarm(connection, source=source, message=message, now=now_unix_s, severity="warning")
        clear_alarms(connection, source=source, message=message, now=now_unix_s)

    return change


def ended_itself(node: str, at: str, why: str, now_unix_s: float) -> Change:
    """The process before this one did, and nobody looked at the instruments until now: people are told."""
    source, message = f"node {node}", f"ended itself at {at}: {why}"

    def change(connection: sa.Connection) -> None:
        append_event(connection, now=now_unix_s, actor="engine", kind="node", message=f"{source}: {message}")
        raise_alarm(connection, source=source, message=message, now=now_unix_s)
        clear_alarms(connection, source=source, message=message, now=now_unix_s)

    return change


def hangs(instrument: str, message: str, now_unix_s: float) -> Change:
    """A call into an instrument does not come back."""

    def change(connection: sa.Connection) -> None:
        append_event(connection, now=now_unix_s, actor="engine", kind="node", message=message, instrument=instrument)
        raise_alarm(connection, source=_calls_of(instrument), message=message, now=now_unix_s)

    return change


def hangs_no_more(instrument: str, now_unix_s: float) -> Change:
    """It came back."""

    def change(connection: sa.Connection) -> None:
        message = f"the call into {instrument} has come back"
        append_event(connection, now=now_unix_s, actor="engine", kind="node", message=message, instrument=instrument)
        clear_alarms(connection, source=_calls_of(instrument), now=now_unix_s)

    return change


def nothing_hangs(instruments: Sequence[str], now_unix_s: float) -> Change:
    """A new process has no call under way: what hung in the one before is over."""
    return lambda connection: [
        clear_alarms(connection, source=_calls_of(instrument), now=now_unix_s) for instrument in instruments
    ]


def _calls_of(instrument: str) -> str:
    return f"calls into {instrument}"
