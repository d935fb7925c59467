"""Rules and trips over HTTP: what there is, who has looked, and what is refused meanwhile."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from orchestrator.store.alarms import raise_alarm
from orchestrator.store.tables import alarms, runs
from orchestrator.store.transactions import reading, writing
from orchestrator.store.trips import insert_trip
from tests.orchestrator.launch.bench_lab import NOW

BUILT_IN = "cell any: voltage above 5.0275 V → stop, critical"


def trip(api, *, latches: bool = True, **where: str) -> int:
    with writing(api.engine) as connection:
        trip_id = insert_trip(
            connection,
            rule=BUILT_IN,
            origin="built in",
            subject="cell A1",
            message="voltage 5.2 V, above 5.0275 V",
            severity="critical",
            action="stop" if latches else "nothing",
            latches=latches,
            now=NOW,
            **where,
        )
        raise_alarm(connection, source=f"trip {trip_id}", message="cell A1: …", now=NOW)
    return trip_id


def test_every_rule_and_its_open_trips(api):
    assert {one["origin"] for one in api.get("interlocks")} == {"built in"}
    number = trip(api, instrument="bts-1", channel="27-21-1-1")
    found = {one["rule"]: one["open_trips"] for one in api.get("interlocks")}
    assert found.pop(BUILT_IN) == [number]
    assert set(map(tuple, found.values())) == {()}


@pytest.mark.parametrize(
    ("where", "refused", "free"),
    [
        ({"instrument": "bts-1", "channel": "27-21-1-1"}, "A1", "A2"),
        ({"instrument": "bts-1", "channel": "27-21-1-2"}, "A2", "A1"),
    ],
)
def test_nothing_is_launched_where_a_trip_holds(api, where, refused, free):
    number = trip(api, **where)
    answer = api.launch(("L1", refused), status=409)
    assert f"trip {number} (cell A1: voltage 5.2 V, above 5.0275 V)" in answer["problems"][0]
    assert f"cellbench ack trip {number} --reason" in answer["problems"][0]
    api.launch(("L1", free))


@pytest.mark.parametrize("where", [{"instrument": "bts-1"}, {"cell_id": "L1"}])
def test_a_whole_instrument_and_a_cell_wherever_it_is(api, where):
    trip(api, **where)
    api.launch(("L1", "A1"), status=409)
    api.launch(("L1", "A2"), status=409)


def test_an_alarm_only_holds_nothing_back(api):
    trip(api, latches=False, instrument="bts-1")
    api.launch(("L1", "A1"))


def test_an_acknowledgement_names_who_and_why_once_and_ends_the_alarm(api):
    number = trip(api, instrument="bts-1")
    first = api.post(f"trips/{number}/ack", actor="mina", reason="clip replaced")
    again = api.post(f"trips/{number}/ack", actor="otto", reason="me too")
    assert (first["acknowledged_by"], first["latched"], again) == ("mina", False, first)
    assert api.get("trips") == []
    assert [one["id"] for one in api.get("trips", open=False)] == [number]
    with reading(api.engine) as connection:
        alarm = connection.execute(select(alarms)).one()
    assert (alarm.acknowledged_by, alarm.cleared_unix_s is not None) == ("mina", True)
    api.launch(("L1", "A1"))


def test_a_resume_comes_after_the_acknowledgement(api):
    run = api.launch(("L1", "A1"))["runs"][0]["run_id"]
    api.write(runs.update().values(desired="pause"))
    number = trip(api, instrument="bts-1")
    refused = api.post(f"runs/{run}/resume", 409, actor="mina")
    (told,) = refused["problems"]
    assert told.startswith(f"trip {number} (cell A1: voltage 5.2 V, above 5.0275 V) holds run {run} back; look, then ")
    assert f"`cellbench ack trip {number} --reason …`" in told
    api.post(f"runs/{run}/stop", actor="mina")  # a stop is never held back


@pytest.mark.parametrize(("path", "status"), [("trips/77/ack", 404), ("trips/0/ack", 422)])
def test_a_trip_that_is_none(api, path, status):
    api.post(path, status, actor="mina", reason="x")


def test_an_acknowledgement_without_a_reason_is_none(api):
    number = trip(api, instrument="bts-1")
    api.post(f"trips/{number}/ack", 422, actor="mina", reason=" ")
    assert api.get("trips")[0]["latched"]
