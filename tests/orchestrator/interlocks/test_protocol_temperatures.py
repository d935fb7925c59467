"""A protocol's own temperature limits, watched by the service wherever the cell has a thermometer."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contracts import ChamberState, ChannelState, ChannelStatus
from orchestrator.config import BenchPlace, read_lab
from orchestrator.config.temperature_source import nearest_source, thermometer
from orchestrator.engine.temperature_limits import TemperatureLimits, temperature_limits
from orchestrator.interlocks.cells_seen import CellsSeen
from orchestrator.interlocks.condition import OutsideProtocol
from orchestrator.interlocks.seen import ChamberSeen, RunSeen
from protocols.cell import Cell
from protocols.compile import compile_protocol
from protocols.plan import Segment
from protocols.reading import parse_protocol
from tests.orchestrator.interlocks.course import Course, cell, rule
from tests.orchestrator.interlocks.interlock_bench import InterlockBench, Pauses

LIMITED = RunSeen(temperatures_degC=(10.0, 45.0))
WARM = """
cellbench: 1
protocol: two
limits: {voltage: [-0.05 V, 2 V], current: 20 mA, temperature: [10 degC, 45 degC]}
record: {every: 1 s}
steps:
  - rest: 1 h
  - charge: {current: 3 mA, until: {voltage: 1.5 V}, limits: {temperature: [20 degC, 30 degC]}}
"""


@pytest.mark.parametrize(
    ("value_degC", "message"),
    [
        (45.1, "temperature 45.1 degC by its channel's sensor, above the protocol's 45 degC"),
        (9.9, "temperature 9.9 degC by its channel's sensor, below the protocol's 10 degC"),
    ],
)
def test_the_first_look_beyond_a_limit_trips_with_value_limit_and_thermometer(value_degC, message):
    course = Course((rule(OutsideProtocol()),))
    course.see(cell(0.0, run=LIMITED, nearest_degC=30.0))
    assert course.trips == []
    course.see(cell(10.0, run=LIMITED, nearest_degC=value_degC))
    (trip,) = course.trips
    assert (trip.at_s, trip.message) == (10.0, message)


@given(st.floats(10.0, 45.0))
def test_within_the_limits_nothing_trips(value_degC):
    course = Course((rule(OutsideProtocol()),))
    for number in range(4):
        course.see(cell(10.0 * number, run=LIMITED, nearest_degC=value_degC))
    assert course.trips == []


@pytest.mark.parametrize(
    "facts",
    [
        {"run": RunSeen()},
        {"nearest_degC": None},
        {"nearest_degC": math.nan},
        {"state": ChannelState.FINISHED},
        {"ours": False},
    ],
    ids=["no limits", "no thermometer", "no number", "over", "not ours"],
)
def test_where_there_is_nothing_to_compare_nothing_trips(facts):
    course = Course((rule(OutsideProtocol()),))
    for number in range(4):
        course.see(cell(10.0 * number, **({"run": LIMITED, "nearest_degC": 99.0} | facts)))
    assert course.trips == []


def test_a_limit_that_is_open_on_one_side_holds_on_the_other():
    course = Course((rule(OutsideProtocol()),))
    open_below = RunSeen(temperatures_degC=(-math.inf, 45.0))
    course.see(cell(0.0, run=open_below, nearest_degC=-40.0))
    assert course.trips == []
    assert course.see(cell(10.0, run=open_below, nearest_degC=46.0)).first_s == 10.0


def test_a_steps_own_limits_hold_at_it_and_the_protocols_everywhere_else():
    limits = TemperatureLimits((10.0, 45.0), {2: (20.0, 30.0)})
    assert [limits.at(step) for step in (1, 2, 3, None)] == [(10.0, 45.0), (20.0, 30.0), (10.0, 45.0), (10.0, 45.0)]


def test_the_limits_are_the_plans_by_step_of_the_instrument():
    plan = compile_protocol(parse_protocol(WARM), Cell("L1"))
    (program,) = [item.program for item in plan.items if isinstance(item, Segment)]
    found = temperature_limits(program, Pauses().translate(program, "1").step_map)
    assert found == TemperatureLimits((10.0, 45.0), {2: (20.0, 30.0)})
    bare = replace(program.limits, temperature_min_degC=None, temperature_max_degC=None)
    steps = tuple(replace(step, limits=None) for step in program.steps)
    assert temperature_limits(replace(program, limits=bare, steps=steps), ()) is None


@pytest.mark.parametrize(
    ("source", "chamber", "nearest", "named"),
    [
        ("channel", "oven", "channel", "its channel's sensor"),
        ("bts-1/5", None, "bts-1/5", "the sensor of bts-1/5"),
        ("chamber", "oven", "chamber", "the air of oven"),
        (None, "oven", "chamber", "the air of oven"),
        (None, None, None, None),
    ],
)
def test_the_thermometer_is_the_benchs_own_source_else_the_air_around_it(source, chamber, nearest, named):
    assert (nearest_source(source, chamber), thermometer(source, chamber)) == (nearest, named)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[InterlockBench]:
    made = InterlockBench(tmp_path, Pauses())
    yield made
    made.close()


def in_a_chamber(bench: InterlockBench, more: str = "") -> None:
    """Put the channel of the bench into oven-1."""
    path = bench.lab.path
    text = path.read_text(encoding="utf-8")
    text = text.replace("benches:\n", f"benches:\n  C1: {{channel: bts-1/1, chamber: oven-1{more}}}\n")
    oven = "instruments:\n  oven-1: {driver: watlow-f4t, address: 192.0.2.20, poll: 10 s, lost_after: 30 s}\n"
    path.write_text(text.replace("instruments:\n", oven), encoding="utf-8")
    bench.lab = read_lab(path)


def air(bench: InterlockBench, value_degC: float) -> None:
    seen = ChamberSeen("oven-1", bench.clock.monotonic(), ChamberState.RUNNING, process_degC=value_degC)
    assert bench.watch is not None
    bench.watch.chamber_seen(seen, "oven-1", in_use=True)


def test_the_air_around_a_cell_stops_its_run_beyond_the_protocols_limits(bench):
    in_a_chamber(bench)
    bench.begin()
    bench.launch(WARM)
    for value_degC in (25.0, 44.9, 45.0):
        air(bench, value_degC)
        bench.tick()
    assert bench.run()["state"] == "running"
    air(bench, 47.5)
    bench.tick()
    bench.keep()
    bench.tick()
    bench.tick()
    assert bench.cycler.orders[-1] == "stop"
    (trip,) = bench.trips()
    told = "temperature 47.5 degC by the air of oven-1, above the protocol's 45 degC"
    assert (trip.subject, trip.latched, trip.severity, trip.run_id) == ("cell C1", True, "critical", 1)
    assert trip.message == told
    assert bench.run()["state"] == "stopped"
    assert told in bench.run()["reason"]
    assert any(told in alarm for alarm in bench.alarms())


def test_the_narrower_limits_of_a_step_hold_while_the_channel_is_at_it(bench):
    in_a_chamber(bench, ", temperature: channel")
    bench.begin()
    bench.launch(WARM)
    bench.tick()
    bench.measure(temperature_degC=35.0, step=1)
    bench.tick()
    assert bench.trips() == []
    bench.measure(step=2)
    bench.tick()
    bench.keep()
    (trip,) = bench.trips()
    assert trip.message == "temperature 35 degC by its channel's sensor, above the protocol's 30 degC"


def test_a_run_whose_protocol_has_no_limits_of_temperature_is_left_alone(bench):
    in_a_chamber(bench)
    bench.begin()
    bench.running()
    air(bench, 70.0)
    bench.tick()
    bench.keep()
    assert bench.trips() == []


def test_a_chamber_that_has_told_nothing_for_too_long_is_no_thermometer(bench):
    in_a_chamber(bench)
    cells, now_s = CellsSeen(bench.lab), 1000.0
    assert bench.lab.benches["C1"] == BenchPlace("C1", "bts-1", "1", "oven-1")
    status = ChannelStatus("1", ChannelState.RUNNING, "RUN", tag="L1#1.0.1", test_id="1")
    for age_s, expected in ((30.0, 25.0), (31.0, None)):
        chambers = {"oven-1": ChamberSeen("oven-1", now_s - age_s, ChamberState.RUNNING, process_degC=25.0)}
        (seen,) = cells.take("bts-1", {"1": status}, chambers, now_s, MappingProxyType({}))
        assert (seen.nearest_degC, seen.temperature_degC) == (expected, None)
