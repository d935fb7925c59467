"""What the node says of itself: a standstill is an alarm that is over, a hung call one until it comes back."""

from __future__ import annotations

import sqlalchemy as sa

from orchestrator.engine.watchdog.remarks import ended_itself, hangs, hangs_no_more, nothing_hangs, passed_by
from orchestrator.store.alarms import list_alarms
from orchestrator.store.events import list_events
from orchestrator.store.transactions import writing


def _open(connection: sa.Connection) -> list[tuple[str, str]]:
    return [(alarm.source, alarm.severity) for alarm in list_alarms(connection)]


def test_what_passed_by_is_told_though_it_is_over(engine: sa.Engine) -> None:
    with writing(engine) as connection:
        passed_by("left", "the event loop stood still for 10.0 s", 7.0)(connection)

        (alarm,) = list_alarms(connection, open_only=False)
        (event,) = list_events(connection)
    assert (alarm.source, alarm.severity, alarm.cleared_unix_s, alarm.told_unix_s) == (
        "node left",
        "warning",
        7.0,
        None,
    )
    assert event.message == "node left: the event loop stood still for 10.0 s"


def test_a_hung_call_is_an_alarm_of_its_instrument_until_it_comes_back(engine: sa.Engine) -> None:
    with writing(engine) as connection:
        hangs("bts-1", "a call into bts-1 has not come back for 61 s", 7.0)(connection)
        hangs("bts-2", "a call into bts-2 has not come back for 61 s", 7.0)(connection)
        assert _open(connection) == [("calls into bts-2", "critical"), ("calls into bts-1", "critical")]
        hangs_no_more("bts-1", 9.0)(connection)
        assert _open(connection) == [("calls into bts-2", "critical")]


def test_a_new_process_has_no_call_under_way(engine: sa.Engine) -> None:
    with writing(engine) as connection:
        hangs("bts-1", "a call into bts-1 has not come back for 61 s", 7.0)(connection)
        nothing_hangs(["bts-1", "oven-1"], 9.0)(connection)
        assert _open(connection) == []


def test_who_ended_itself_is_told_of_though_another_is_there(engine: sa.Engine) -> None:
    with writing(engine) as connection:
        ended_itself("left", "2026-11-23 17:09:23 UTC", "the event loop stood still for 180 s in a.py:7 (f)", 7.0)(
            connection
        )

        (alarm,) = list_alarms(connection, open_only=False)
        (event,) = list_events(connection)
    assert (alarm.source, alarm.severity, alarm.cleared_unix_s, alarm.told_unix_s) == (
        "node left",
        "critical",
        7.0,
        None,
    )
    assert event.message == f"node left: {alarm.message}"
    assert alarm.message.startswith("ended itself at 2026-11-23 17:09:23 UTC: the event loop stood still for 180 s in")
