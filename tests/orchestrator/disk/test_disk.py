"""The watch over the disks: early, once, and nothing is launched when it is too late."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.clock import SystemClock
from orchestrator.config import Lab, read_lab
from orchestrator.config.lab_file import LabFileError
from orchestrator.disk.judge import judge_disk
from orchestrator.disk.rate import ShrinkRate
from orchestrator.disk.settings import DiskSettings
from orchestrator.disk.watch import DiskWatch
from orchestrator.engine.writer import Writer
from orchestrator.launch.full_disk import refuse_full_disk
from orchestrator.launch.refusal import LaunchHeldUp
from orchestrator.store.alarms import list_alarms
from orchestrator.store.disks import list_disks
from orchestrator.store.recorder import Recorder
from orchestrator.store.transactions import reading

GB = 1e9
DAY_S = 86_400.0
SETTINGS = DiskSettings()
LAB = """
lab: with disks
instruments:
  bts-1: {driver: neware, address: 192.0.2.10:502, step_dir: steps, channel: {voltage: [-5 V, 5 V], current: 50 mA}}
limits: {voltage: [-0.5 V, 5 V], current: 100 mA}
"""


@pytest.mark.parametrize(
    ("free_GB", "total_GB", "per_day_GB", "level"),
    [
        (50, 500, None, "ok"),
        (9, 500, None, "warning"),
        (0.9, 500, None, "critical"),
        (50, 500, 3, "ok"),  # 17 days
        (50, 500, 4, "warning"),  # 12 days
        (50, 500, -4, "ok"),  # room was made
        (2, 10, None, "ok"),  # on a small disk the shares count: 10 % and 2 %
        (0.9, 10, None, "warning"),
        (0.1, 10, None, "critical"),
    ],
)
def test_a_disk_is_judged_by_what_is_left_and_by_how_long_it_lasts(
    free_GB: float, total_GB: float, per_day_GB: float | None, level: str
) -> None:
    rate = None if per_day_GB is None else per_day_GB * GB / DAY_S
    verdict = judge_disk(free_GB * GB, total_GB * GB, rate, SETTINGS)
    assert verdict.level == level
    assert "free" in verdict.text


@given(st.floats(0, 1e14), st.floats(0, 1e14), st.floats(1e3, 1e14), st.floats(-1e9, 1e9))
def test_less_room_is_never_judged_better(one_B: float, other_B: float, total_B: float, rate: float) -> None:
    order = ["critical", "warning", "ok"]
    less, more = sorted((one_B, other_B))
    levels = [judge_disk(free_B, total_B, rate, SETTINGS).level for free_B in (less, more)]
    assert order.index(levels[0]) <= order.index(levels[1])


def test_a_rate_is_told_after_an_hour_and_forgets_what_is_older_than_a_day() -> None:
    rate = ShrinkRate()
    told = {minute: rate.take(minute * 60.0, 1e12 - minute * 60.0 * 5.0) for minute in range(0, 121, 10)}
    assert told[50] is None
    assert told[60] == pytest.approx(5.0)
    for hour in range(3, 60):
        last = rate.take(hour * 3600.0, 5e11)  # a leap, then nothing more
    assert last == pytest.approx(0.0)


class Room(NamedTuple):
    total: int
    free: int


@pytest.fixture
def lab(tmp_path: Path, engine: sa.Engine) -> Lab:
    (tmp_path / "lab.yaml").write_text(LAB, encoding="utf-8")
    return replace(read_lab(tmp_path / "lab.yaml"), database_url=f"sqlite:///{tmp_path / 'cellbench.sqlite'}")


def test_people_are_told_once_nothing_is_launched_and_it_ends_when_there_is_room(lab: Lab, engine: sa.Engine) -> None:
    free = {"B": 9 * GB}
    refusals: list[str] = []
    told: list[list[tuple[str, str]]] = []
    with Recorder(engine) as recorder:
        watch = DiskWatch(
            lab, Writer(recorder), SystemClock(), usage=lambda _: Room(int(500 * GB), int(free["B"])), real=lambda: 0.0
        )
        for left_GB in (9, 8, 0.5, 0.4, 100):
            free["B"] = left_GB * GB
            asyncio.run(watch.look())
            with reading(engine) as connection:
                told.append([(alarm.severity, alarm.source) for alarm in list_alarms(connection)])
                try:
                    refuse_full_disk(connection, lab)
                    refusals.append("")
                except LaunchHeldUp as refused:
                    refusals.append(str(refused))
    source = told[0][0][1]
    assert told == [[("warning", source)]] * 2 + [[("critical", source)]] * 2 + [[]]
    assert [bool(refusal) for refusal in refusals] == [False, False, True, True, False]
    assert "nothing is launched before there is room" in refusals[2]
    assert "\n" not in refusals[2]
    with reading(engine) as connection:
        assert [(row.node, row.level) for row in list_disks(connection)] == [("node", "ok")]
        assert len(list_alarms(connection, open_only=False)) == 1


def test_a_disk_with_room_that_fills_up_is_not_called_full(lab: Lab, engine: sa.Engine) -> None:
    free, hour = {"B": 400 * GB}, {"s": 0.0}
    told: list[list[str]] = []
    with Recorder(engine) as recorder:

        def usage(_: Path) -> Room:
            return Room(int(500 * GB), int(free["B"]))

        watch = DiskWatch(lab, Writer(recorder), SystemClock(), usage=usage, real=lambda: hour["s"])
        for left_GB in (400, 390, 380, 370, 360, 9):
            free["B"], hour["s"] = left_GB * GB, hour["s"] + 3600.0
            asyncio.run(watch.look())
            with reading(engine) as connection:
                told.append([alarm.message.split(": ")[-1] for alarm in list_alarms(connection)])
    assert told[0] == []
    assert told[-2:] == [["the disk fills up quickly"], ["the disk is nearly full"]]


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("disk: {warn_below: 10}", "'10' is no amount of data"),
        ("disk: {warn_below: 1 GB, refuse_below: 2 GB}", "`refuse_below` is more than `warn_below`"),
        ("disk: {spool: 1 kB}", "`spool` is too small"),
        ("disk: {warnbelow: 1 GB}", "did you mean `warn_below`"),
        ("backup: {to: copies}", "has no `cron`"),
        ("backup: {cron: nightly, to: copies}", "'nightly' is no cron rule"),
        ('backup: {cron: "0 3 * * *", to: copies, keep: 0}', "'0' is no number of backups"),
    ],
)
def test_a_mistake_in_the_lab_file_is_one_line(tmp_path: Path, section: str, said: str) -> None:
    (tmp_path / "lab.yaml").write_text(LAB + section, encoding="utf-8")
    with pytest.raises(LabFileError, match=said):
        read_lab(tmp_path / "lab.yaml")


def test_both_sections_are_read(tmp_path: Path) -> None:
    sections = "disk: {warn_below: 20 GB, refuse_below: 500 MB, warn_within: 7 d, spool: 2 MB}\n"
    sections += 'backup: {cron: "30 2 * * 1-5", to: copies, keep: 3}'
    (tmp_path / "lab.yaml").write_text(LAB + sections, encoding="utf-8")
    lab = read_lab(tmp_path / "lab.yaml")
    assert (lab.disk.warn_below_B, lab.disk.refuse_below_B, lab.disk.spool_B) == (20e9, 500e6, 2_000_000)
    assert lab.disk.warn_within_s == 7 * DAY_S
    assert lab.backup is not None
    assert (lab.backup.to, lab.backup.keep) == (tmp_path / "copies", 3)
