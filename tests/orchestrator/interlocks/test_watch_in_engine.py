"""Trips in the engine, tick by tick: stopped without a database, latched, stored, acknowledged; nothing goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from drivers.contracts import ChannelState
from drivers.errors import Unreachable
from orchestrator.launch import LaunchRefused
from orchestrator.store.alarms import list_alarms
from orchestrator.store.errors import StoreUnavailable
from orchestrator.store.tables import runs
from orchestrator.store.transactions import reading
from tests.orchestrator.fake_cycler import FakeCycler
from tests.orchestrator.interlocks.interlock_bench import InterlockBench, Pauses


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[InterlockBench]:
    made = InterlockBench(tmp_path, Pauses())
    yield made
    made.close()


def test_a_voltage_beyond_the_labs_limits_stops_the_channel_and_latches(bench):
    bench.begin()
    bench.running()
    second = bench.launch()
    bench.measure(voltage_V=5.2)
    bench.tick()
    assert "stop" in bench.cycler.orders
    bench.keep()
    bench.tick()
    bench.tick()
    assert (bench.run()["state"], bench.run()["desired"]) == ("stopped", "stop")
    (trip,) = bench.trips()
    assert (trip.subject, trip.latched, trip.cell_id, trip.run_id) == ("cell bts-1/1", True, "L1", 1)
    assert "voltage 5.2 V, above 5.0275 V" in trip.message
    assert any("5.2 V" in alarm for alarm in bench.alarms())
    waits = bench.run(second)
    assert (waits["state"], waits["desired"]) == ("queued", "pause")
    assert waits["reason"] == f"held back by trip 1; acknowledge it, then `cellbench resume {second}`"


def test_nothing_is_launched_while_it_is_latched_nor_goes_on_by_itself_afterwards(bench):
    bench.begin()
    bench.running()
    second = bench.launch()
    bench.measure(voltage_V=5.2)
    bench.tick()
    bench.keep()
    with pytest.raises(LaunchRefused, match=r"trip 1 \(cell bts-1/1: voltage 5.2 V.* cellbench ack trip 1 --reason"):
        bench.launch()
    bench.measure(voltage_V=1.0)
    bench.acknowledge(1)
    starts = [order for order in bench.cycler.orders if order.startswith("start")]
    for _ in range(5):
        bench.tick(60.0)
    assert [order for order in bench.cycler.orders if order.startswith("start")] == starts
    assert bench.run(second)["state"] == "queued"
    assert bench.launch() == second + 1


def test_the_stop_needs_no_database(bench, mocker):
    bench.begin()
    bench.running()
    bench.measure(voltage_V=5.2)
    mocker.patch.object(bench.loop, "_recall", side_effect=StoreUnavailable("database: away"))
    mocker.patch.object(bench.loop._writer, "record_all", side_effect=StoreUnavailable("database: away"))
    with pytest.raises(StoreUnavailable):
        bench.tick()
    assert bench.cycler.orders[-1] == "stop"
    assert bench.trips() == []
    mocker.stopall()
    bench.keep()
    bench.tick()
    bench.tick()
    assert (bench.run()["state"], [trip.id for trip in bench.trips()]) == ("stopped", [1])


def test_the_stop_does_not_wait_for_a_database_that_hangs(bench, mocker):
    """What trips is seen by another loop, that of the chamber, while this one waits to store records."""
    bench.begin()
    bench.running()
    bench.cycler.run_on(5)

    async def story() -> None:
        hangs = asyncio.Event()

        async def hang(batches: object) -> None:
            hangs.set()
            await asyncio.Event().wait()

        mocker.patch.object(bench.loop._writer, "record_all", hang)
        ticking = asyncio.create_task(bench.loop.tick())
        await hangs.wait()
        seen = replace(bench.cycler.status, voltage_V=5.2)
        bench.clock.unix_s += 1.0
        bench.watch.cycler_seen("bts-1", {"1": seen}, in_use=True)
        await asyncio.wait_for(bench.loop._at_once, 60.0)
        assert bench.cycler.orders[-1] == "stop"
        assert not ticking.done()
        ticking.cancel()
        await asyncio.gather(ticking, return_exceptions=True)

    asyncio.run(story())
    assert bench.watch.to_stop("bts-1") == []


def test_a_stop_that_is_not_taken_is_given_again_within_a_second(bench, mocker):
    bench.begin()
    bench.running()
    bench.measure(voltage_V=5.2)
    mocker.patch.object(bench.cycler, "stop", side_effect=Unreachable("no route"))
    bench.tick()
    assert bench.watch.again_within_s("bts-1") == 1.0
    mocker.stopall()
    bench.tick()
    assert bench.cycler.orders[-1] == "stop"
    assert bench.watch.again_within_s("bts-1") == float("inf")


def test_a_stop_that_never_got_through_is_not_sent_after_the_acknowledgement(bench):
    bench.begin()
    bench.running()
    bench.measure(voltage_V=5.2)
    bench.cycler.stop = lambda channel: (_ for _ in ()).throw(Unreachable("no route"))
    bench.tick()
    bench.keep()
    assert bench.watch.to_stop("bts-1")
    bench.acknowledge(1)
    assert bench.watch.to_stop("bts-1") == []


def test_a_pause_goes_the_ordinary_way_and_stays_until_somebody_resumes(bench):
    bench.begin("{when: {cell: any, voltage: above 4 V}, do: pause}")
    bench.running()
    bench.measure(voltage_V=4.5)
    bench.tick()
    assert bench.cycler.orders[-1] == "pause"
    bench.keep()
    bench.tick()
    assert (bench.run()["state"], bench.run()["desired"]) == ("paused", "pause")
    bench.measure(voltage_V=3.0)
    bench.acknowledge(1)
    bench.tick()
    assert bench.run()["state"] == "paused"


def test_where_nothing_pauses_a_pause_is_a_stop(tmp_path):
    bench = InterlockBench(tmp_path, FakeCycler())
    bench.begin("{when: {cell: any, voltage: above 4 V}, do: pause}")
    bench.running()
    bench.measure(voltage_V=4.5)
    bench.tick()
    bench.keep()
    bench.tick()
    assert (bench.cycler.orders[-1], bench.run()["desired"]) == ("stop", "stop")
    bench.close()


def test_an_alarm_of_a_rule_that_does_nothing_ends_with_its_cause(bench):
    bench.begin("{when: {instrument: any, silent: 60 s}, alarm: warning}")
    bench.tick()
    bench.cycler.cut = True
    bench.tick(30.0)
    bench.tick(31.0)
    bench.keep()
    assert [(trip.subject, trip.latches) for trip in bench.trips()] == [("instrument bts-1", False)]
    bench.cycler.cut = False
    bench.tick()
    bench.keep()
    assert bench.trips() == []
    (trip,) = bench.trips(open_only=False)
    assert trip.over_unix_s is not None
    assert bench.launch() == 1


def test_a_new_process_finds_the_trip_latched_and_trips_no_second_time(bench):
    bench.begin()
    bench.running()
    bench.measure(voltage_V=5.2)
    bench.tick()
    bench.keep()
    bench.kill()
    bench.measure(state=ChannelState.RUNNING)  # it has not obeyed
    bench.begin()
    bench.tick()
    bench.keep()
    assert [trip.id for trip in bench.trips()] == [1]
    assert bench.watch.held_at("bts-1", "1") is not None
    with reading(bench.database) as connection:
        assert connection.scalar(sa.select(runs.c.desired)) == "stop"


def test_a_cause_that_is_still_there_trips_anew_after_the_acknowledgement(bench):
    bench.begin()
    bench.running()
    bench.measure(voltage_V=5.2)
    bench.cycler.stop = lambda channel: None  # the channel does not obey
    bench.tick()
    bench.keep()
    bench.acknowledge(1)
    bench.tick()
    bench.keep()
    assert [trip.id for trip in bench.trips()] == [2]


def false_acknowledgement(bench):
    """The channel takes stops and goes on."""
    bench.cycler.stop = lambda channel: bench.cycler.orders.append("stop")


def severities(bench):
    """Of the open alarms: a critical one is told to everybody, and to the next when nobody comes."""
    with reading(bench.database) as connection:
        return {alarm.message: alarm.severity for alarm in list_alarms(connection)}


def test_a_trips_stop_without_effect_is_a_critical_alarm_of_its_own(bench):
    bench.begin()
    bench.running()
    false_acknowledgement(bench)
    bench.measure(voltage_V=5.2)
    bench.tick()
    bench.keep()
    bench.tick(31.0)
    bench.tick(31.0)
    told = severities(bench)
    assert told["the stop is NOT confirmed: current may still flow"] == "critical"
    for _ in range(4):
        bench.tick(31.0)
    bench.keep()
    assert [trip.rule.partition(":")[2].strip() for trip in bench.trips()] == [
        "stop not confirmed for 120 s → stop, critical",
        "voltage above 5.0275 V → stop, critical",
    ]


def test_without_the_database_a_trips_stop_is_given_again_until_the_channel_stands(bench, mocker):
    bench.begin()
    bench.running()
    false_acknowledgement(bench)
    bench.measure(voltage_V=5.2)
    away = StoreUnavailable("database: away")
    mocker.patch.object(bench.loop, "_recall", side_effect=away)
    mocker.patch.object(bench.loop._writer, "record_all", side_effect=away)
    for _ in range(6):
        bench.loop._ordered.clear()
        with pytest.raises(StoreUnavailable):
            bench.tick(31.0)
    assert bench.cycler.orders.count("stop") == 6
    assert {found.news.rule.alarm for found in bench.watch.found} == {"critical"}
    assert "it was stopped and still runs; current may flow" in [found.news.message for found in bench.watch.found]
    bench.measure(state=ChannelState.STOPPED)
    for _ in range(2):
        with pytest.raises(StoreUnavailable):
            bench.tick(31.0)
    assert bench.cycler.orders.count("stop") == 6


def test_a_test_of_ours_whose_run_is_over_is_stopped_too_and_told_where_it_does_not_stop(bench):
    bench.begin()
    bench.running()
    bench.change(runs.update().values(state="failed"))
    false_acknowledgement(bench)
    bench.measure(voltage_V=5.2)
    for _ in range(6):
        bench.tick(31.0)
        bench.keep()
    assert bench.cycler.orders.count("stop") >= 5
    assert any("it was stopped and still runs; current may flow" in told for told in severities(bench))
    assert set(severities(bench).values()) == {"critical"}


def test_a_stop_that_worked_is_not_given_again_to_what_runs_there_next(bench):
    bench.begin()
    bench.running()
    bench.measure(voltage_V=5.2)
    bench.tick()
    bench.keep()
    bench.tick()
    bench.tick()
    bench.measure(voltage_V=1.0)
    bench.acknowledge(1)
    orders = len(bench.cycler.orders)
    bench.launch()
    for _ in range(4):
        bench.tick(31.0)
    assert [order.partition(" ")[0] for order in bench.cycler.orders[orders:]] == ["start"]


def test_limits_that_are_changed_under_way_are_a_critical_alarm_until_they_are_back(bench):
    bench.begin()
    bench.running()
    bench.measure(limits_differ="channel 1 reads back 4 for Test1_Value[0] instead of 1.5")
    bench.tick()
    bench.keep()
    (told,) = severities(bench).items()
    assert "the instrument holds other limits: channel 1 reads back 4" in told[0]
    assert told[1] == "critical"
    assert bench.run()["state"] == "running", "what is done about it is for a rule of the lab file, or a person"
    bench.measure(limits_differ=None)
    bench.tick()
    bench.keep()
    assert severities(bench) == {}
