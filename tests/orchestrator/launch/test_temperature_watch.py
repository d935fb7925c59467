"""What a technician is told before a run about who watches its temperature limits."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.config import Lab, read_lab
from orchestrator.launch import LaunchRequest, launch
from orchestrator.store.database import open_database
from orchestrator.store.transactions import writing
from tests.orchestrator.fake_cycler import FakeCycler
from tests.orchestrator.launch.bench_lab import NOW, fill, make_lab

LIMITED = """
cellbench: 1
protocol: limited
limits: {voltage: [-0.05 V, 2 V], current: 20 mA, temperature: [10 degC, 45 degC]}
record: {every: 1 s}
steps:
  - rest: 1 h
"""
NOBODY = "NOT watched by the service either: the lab file has no thermometer for"
BENCHES = """benches:
  B1: {channel: bts-1/1}
  B2: {channel: bts-1/2, chamber: oven-1}
  B3: {channel: bts-1/3, chamber: oven-1, temperature: channel}
  B4: {channel: bts-1/4, temperature: bts-1/3}
"""


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    path = make_lab(tmp_path).path
    text = path.read_text(encoding="utf-8").replace("benches:\n", BENCHES)
    oven = "instruments:\n  oven-1: {driver: watlow-f4t, address: 192.0.2.20}\n"
    path.write_text(text.replace("instruments:\n", oven), encoding="utf-8")
    made = read_lab(path)
    fill(made)
    return made


def told(lab: Lab, place: str, source: str = LIMITED) -> tuple[str, ...]:
    engine = open_database(lab.database_url)
    try:
        with writing(engine) as connection:
            request = LaunchRequest("limited", "L1", place, source=source)
            return launch(connection, lab, lambda _: FakeCycler(), request, NOW, "anna").watched_by_service
    finally:
        engine.dispose()


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("B1", f"{NOBODY} B1 (bts-1/1); name its `temperature` in the lab file"),
        ("B2", "watched by the service at each look, by the air of oven-1"),
        ("B3", "watched by the service at each look, by its channel's sensor"),
        ("B4", "watched by the service at each look, by the sensor of bts-1/3"),
        ("bts-1/9", f"{NOBODY} bts-1/9; name it as a bench with its `temperature`"),
    ],
)
def test_a_launch_says_in_one_line_by_what_the_temperature_is_watched_or_that_nobody_does(lab, place, says):
    assert told(lab, place) == (f"temperature: {says}",)


def test_a_protocol_without_limits_of_temperature_says_nothing(lab):
    assert told(lab, "B2", LIMITED.replace(", temperature: [10 degC, 45 degC]", "")) == ()


def test_the_limits_of_a_single_step_are_enough(lab):
    bare = LIMITED.replace(", temperature: [10 degC, 45 degC]", "")
    step = "{charge: {current: 3 mA, until: {voltage: 1 V}, limits: {temperature: [10 degC, 45 degC]}}}"
    assert told(lab, "B2", bare.replace("rest: 1 h", step)) == (
        "temperature: watched by the service at each look, by the air of oven-1",
    )
