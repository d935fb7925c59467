"""Rules of the calendar: weekdays as everywhere else, and changes to and from summer time."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from orchestrator.campaigns.definition import Timing
from orchestrator.campaigns.timing import next_due

BERLIN = ZoneInfo("Europe/Berlin")


def dues(rule: str, after: str, count: int = 3) -> list[str]:
    timing = Timing("Europe/Berlin", cron=rule)
    now, previous, found = datetime.fromisoformat(after).replace(tzinfo=BERLIN).timestamp(), None, []
    for _ in range(count):
        due = next_due(timing, now, previous)
        assert due is not None
        found.append(datetime.fromtimestamp(due, BERLIN).strftime("%a %d %H:%M %z"))
        now, previous = due, due
    return found


def test_monday_is_one_and_sunday_is_seven_or_zero() -> None:
    assert dues("0 18 * * 1-5", "2026-11-19T12:00") == [
        "Thu 19 18:00 +0100",
        "Fri 20 18:00 +0100",
        "Mon 23 18:00 +0100",
    ]
    assert (
        dues("0 8 * * 0", "2026-11-19T12:00", 1) == dues("0 8 * * 7", "2026-11-19T12:00", 1) == ["Sun 22 08:00 +0100"]
    )
    assert dues("0 8 * * sat,2", "2026-11-19T12:00", 2) == ["Sat 21 08:00 +0100", "Tue 24 08:00 +0100"]


def test_a_time_that_is_left_out_falls_an_hour_later_and_one_that_comes_twice_counts_once() -> None:
    assert dues("30 2 * * *", "2026-03-28T12:00", 2) == ["Sun 29 03:30 +0200", "Mon 30 02:30 +0200"]
    assert dues("30 2 * * *", "2026-10-24T12:00", 2) == ["Sun 25 02:30 +0200", "Mon 26 02:30 +0100"]


def test_a_clock_that_is_set_back_makes_nothing_due_twice() -> None:
    timing = Timing("Europe/Berlin", cron="0 18 * * *")
    due = next_due(timing, datetime(2026, 11, 19, 12, tzinfo=BERLIN).timestamp())
    assert due is not None
    assert next_due(timing, due - 7200.0, due) == due + 86_400.0


def test_what_is_to_begin_once_is_due_once() -> None:
    timing = Timing("UTC", start_unix_s=1000.0)
    assert next_due(timing, 500.0) == 1000.0
    assert next_due(timing, 500.0, 1000.0) is None


def test_a_rule_has_five_fields() -> None:
    with pytest.raises(ValueError, match="4 fields instead of"):
        next_due(Timing("UTC", cron="0 18 * *"), 0.0)
