"""The page of alarms, through HTTP."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from orchestrator.store.alarms import acknowledge_alarm, clear_alarms, raise_alarm
from orchestrator.store.messages import messages_taken, queue_messages
from orchestrator.store.outlets import FAILURES_MAX, outlet_tried
from orchestrator.store.transactions import writing
from orchestrator.store.trips import insert_trip
from orchestrator.web.alarm_source import source_path
from tests.orchestrator.launch.bench_lab import NOW
from tests.orchestrator.web.conftest import Api

HOSTILE = "<script>alert(1)</script>"
DAY_s = 86_400.0


def text_of(api: Api, path: str) -> str:
    answer = api.http.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return answer.text


def section(page: str, heading: str) -> str:
    """What stands below a heading."""
    return page.split(f'<h2 id="{heading}">')[1].split("</section>", maxsplit=1)[0]


def test_with_nothing_wrong_it_says_so_and_that_nobody_is_told(api: Api) -> None:
    page = text_of(api, "/alarms")

    assert "Nothing is wrong" in section(page, "now")
    assert "No interlock holds anything back" in section(page, "trips")
    assert "the lab file names no receivers" in section(page, "receivers")
    assert "test-message" not in page


def test_what_is_wrong_who_was_told_and_what_was_before(api: Api) -> None:
    with writing(api.engine) as connection:
        new = raise_alarm(connection, source="run 3", message=HOSTILE, now=NOW)
        over = raise_alarm(connection, source="bts-1", message="no answer", now=NOW, severity="warning")
        clear_alarms(connection, source="bts-1", now=NOW + 60)
        seen = raise_alarm(connection, source="disk", message="nearly full", now=NOW)
        acknowledge_alarm(connection, seen, by="anna", reason=f"room made {HOSTILE}", now=NOW)
        done = raise_alarm(connection, source="backup", message="long ago", now=NOW)
        acknowledge_alarm(connection, done, by="anna", reason="again", now=NOW)
        clear_alarms(connection, source="backup", now=NOW)
        queue_messages(connection, [(new, "lab chat", "raised"), (new, "anna", "raised")], now=NOW, wall_unix_s=NOW)
        messages_taken(connection, [1], NOW)
    page = text_of(api, "/alarms")
    now, history = section(page, "now"), section(page, "history")

    assert HOSTILE not in page
    assert re.findall(r'data-acknowledge="alarms/(\d+)/', now) == [str(new), str(over)], "critical ones first"
    assert "long ago" not in now
    assert "room made" in now, "open still"
    assert "1 of 2 taken" in now
    assert re.findall(r'<tr id="alarm-(\d+)"', history) == [str(one) for one in (done, seen, over, new)]


_FOUND = {
    "severity=warning": ["second"],
    "state=over": ["second"],
    "state=unacknowledged": ["third", "first"],
    "text=ANNA": ["second"],
    "text=100%25": [],
    f"first={datetime.fromtimestamp(NOW + 3 * DAY_s, UTC):%Y-%m-%d}": ["third"],
    f"last={datetime.fromtimestamp(NOW - DAY_s, UTC):%Y-%m-%d}": [],
    "first=0001-01-01&last=9999-12-31": ["third", "second", "first"],
    "page=2": [],
}


def test_the_history_by_filter(api: Api) -> None:
    with writing(api.engine) as connection:
        raise_alarm(connection, source="run 1", message="first", now=NOW)
        second = raise_alarm(connection, source="run 2", message="second", now=NOW, severity="warning")
        acknowledge_alarm(connection, second, by="anna", reason="looked", now=NOW)
        clear_alarms(connection, source="run 2", now=NOW)
        raise_alarm(connection, source="run 3", message="third", now=NOW + 5 * DAY_s)
    histories = {query: section(text_of(api, f"/alarms?{query}"), "history") for query in _FOUND}

    found = {query: re.findall(r'<td class="message">(\w+)<', history) for query, history in histories.items()}
    assert found == _FOUND


def test_a_long_history_has_pages_that_keep_the_filter(api: Api) -> None:
    with writing(api.engine) as connection:
        for number in range(51):
            raise_alarm(connection, source=f"run {number}", message="x", now=NOW)
    history = section(text_of(api, "/alarms?severity=critical"), "history")

    assert "Page 1 of 2, 51 alarms" in history
    assert "/alarms?severity=critical&amp;page=2#history" in history
    assert "Newer" not in history


def test_a_trip_stands_there_until_it_is_acknowledged(api: Api) -> None:
    with writing(api.engine) as connection:
        trip = insert_trip(
            connection, rule="rule 1", origin="line 12", subject="chamber oven-1", message="70.4 degC",
            severity="critical", action="stop all cells in oven-1", latches=True, now=NOW, chamber="oven-1",
        )  # fmt: skip
        raise_alarm(connection, source=f"trip {trip}", message="too hot", now=NOW)
    before = section(text_of(api, "/alarms"), "trips")
    assert f'id="trip-{trip}"' in before
    assert 'data-latched="yes"' in before
    api.post(f"trips/{trip}/ack", actor="anna", reason="door seal replaced")
    page = text_of(api, "/alarms")

    assert f"trips/{trip}/ack" not in page
    assert "door seal replaced" in section(page, "trips")
    assert "Nothing is wrong" in section(page, "now"), "its alarm is acknowledged and over with it"


def test_receivers_that_do_not_get_through(api: Api) -> None:
    with writing(api.engine) as connection:
        for _ in range(FAILURES_MAX):
            outlet_tried(connection, "lab chat", "receiver", NOW, "403 Forbidden")
        outlet_tried(connection, "email anna", "receiver", NOW, None)
    receivers = section(text_of(api, "/alarms/present"), "receivers")

    assert "does not get through" in receivers
    assert "403 Forbidden" in receivers
    assert receivers.count('class="badge ok"') == 1


def test_an_address_that_makes_no_sense_is_refused_in_words(api: Api) -> None:
    for query in ("severity=odd", "state=x", "page=0", "page=1000000000", "first=yesterday"):
        answer = api.http.get(f"/alarms?{query}", headers={"Accept": "text/html"})
        assert (answer.status_code, "This address makes no sense" in answer.text) == (422, True), query


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("run 17", "/runs/17"),
        ("reading of run 17", "/runs/17"),
        ("campaign 2", "/campaigns/2"),
        ("trip 3", "/alarms#trip-3"),
        ("receiver lab chat", "/alarms#receivers"),
        ("bts-1", "/"),
        ("run //evil.example", "/"),
    ],
)
def test_what_an_alarm_is_about_is_a_page_of_ours(source: str, path: str) -> None:
    assert source_path(source) == path
