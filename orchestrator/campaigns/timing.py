"""When something is due: APScheduler's triggers, evaluated at a moment that is handed in, never by their own timer."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.date import DateTrigger

from orchestrator.campaigns.cron_weekday import weekday_names
from orchestrator.campaigns.definition import Timing

__all__ = ["cron_trigger", "next_due"]


@lru_cache(maxsize=256)
def cron_trigger(rule: str, zone: str) -> Any:
    """The trigger of a rule of five fields. Raises ValueError with what is wrong with it."""
    fields = rule.split()
    if len(fields) != 5:
        raise ValueError(f"it has {len(fields)} fields instead of minute, hour, day, month and weekday")
    minute, hour, day, month, weekday = fields
    names = weekday_names(weekday)
    return CronTrigger(minute=minute, hour=hour, day=day, month=month, day_of_week=names, timezone=ZoneInfo(zone))


def next_due(timing: Timing, after_unix_s: float, previous_unix_s: float | None = None) -> float | None:
    """When it is due next, in unix seconds: the first time from ``after`` on; None: never again.

    A wall time that a change to summer time leaves out falls on the hour after it; one that comes twice counts once.
    """
    zone = ZoneInfo(timing.zone)
    after = datetime.fromtimestamp(after_unix_s, UTC).astimezone(zone)
    previous = None if previous_unix_s is None else datetime.fromtimestamp(previous_unix_s, UTC).astimezone(zone)
    if timing.cron is None:
        return _once(timing, zone, previous, after)
    trigger = cron_trigger(timing.cron, timing.zone)
    due = trigger.get_next_fire_time(None, after)
    while due is not None and previous is not None and due.replace(tzinfo=None) <= previous.replace(tzinfo=None):
        due = trigger.get_next_fire_time(due, due)
    return None if due is None else float(due.timestamp())


def _once(timing: Timing, zone: ZoneInfo, previous: datetime | None, after: datetime) -> float | None:
    if timing.start_unix_s is None:
        return None
    moment = datetime.fromtimestamp(timing.start_unix_s, UTC).astimezone(zone)
    due = DateTrigger(moment, timezone=zone).get_next_fire_time(previous, after)
    return None if due is None else float(due.timestamp())
