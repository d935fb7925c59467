"""Alarms as the page shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from orchestrator.messages.trial import TRIAL_SOURCE
from orchestrator.store.alarms import Alarm
from orchestrator.store.messages import Message, messages_of
from orchestrator.web.alarm_source import source_path

__all__ = ["AlarmView", "ToldView", "alarm_views"]


@dataclass(frozen=True, slots=True)
class ToldView:
    """What one receiver was told of one alarm."""

    receiver: str
    kind: str
    taken_wall_unix_s: float | None
    dropped: str | None

    @property
    def state(self) -> str:
        """A word for whether it has reached them."""
        if self.taken_wall_unix_s is not None:
            return "taken"
        return "dropped" if self.dropped is not None else "waiting"


@dataclass(frozen=True, slots=True)
class AlarmView:
    """One row."""

    alarm: Alarm
    path: str
    """The page of what it is about."""
    told: tuple[ToldView, ...]

    @property
    def state(self) -> str:
        """A word: test, open, over."""
        if self.alarm.source.startswith(f"{TRIAL_SOURCE} "):
            return "test"
        return "open" if self.alarm.cleared_unix_s is None else "over"

    @property
    def trip_id(self) -> int | None:
        """The trip that it tells of."""
        kind, _, number = self.alarm.source.partition(" ")
        return int(number) if kind == "trip" and number.isdecimal() else None

    @property
    def taken(self) -> int:
        """How many messages have reached their receivers."""
        return sum(one.state == "taken" for one in self.told)


def alarm_views(connection: Connection, found: Sequence[Alarm]) -> list[AlarmView]:
    """With who was told of each; of one that has come back, people were told with the first of its returns."""
    told: defaultdict[int, list[Message]] = defaultdict(list)
    for message in messages_of(connection, {alarm.first_id or alarm.id for alarm in found}):
        told[message.alarm_id].append(message)
    return [
        AlarmView(alarm, source_path(alarm.source), tuple(_told(one) for one in told[alarm.first_id or alarm.id]))
        for alarm in found
    ]


def _told(message: Message) -> ToldView:
    return ToldView(message.receiver, message.kind, message.taken_wall_unix_s, message.dropped)
