"""A trip is on the disk before all else: killed while the database is away, it holds all the same."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa

from orchestrator.clock import SystemClock
from orchestrator.config import Lab, read_lab
from orchestrator.engine.writer import Writer
from orchestrator.interlocks.built_in import all_rules
from orchestrator.interlocks.evaluate import Trip
from orchestrator.interlocks.keeper import TripKeeper
from orchestrator.interlocks.rule import Place
from orchestrator.interlocks.watch import Found, InterlockWatch
from orchestrator.spool.opening import open_spool, spool_path
from orchestrator.spool.spool_file import waiting_in
from orchestrator.store import database as database_module
from orchestrator.store.database import open_database
from orchestrator.store.errors import StoreUnavailable
from orchestrator.store.recorder import Recorder
from orchestrator.store.transactions import reading
from orchestrator.store.trips import list_trips
from orchestrator.store.upgrade import upgrade
from tests.orchestrator.interlocks.strict_lab import STRICT


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Lab, sa.Engine]:
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_S", 0.1)
    (tmp_path / "lab.yaml").write_text(STRICT, encoding="utf-8")
    lab = read_lab(tmp_path / "lab.yaml")
    engine = open_database(lab.database_url)
    upgrade(engine)
    return lab, engine


def test_a_trip_found_while_the_database_is_locked_holds_in_the_next_process(opened: tuple[Lab, sa.Engine]) -> None:
    lab, engine = opened
    rule = next(rule for rule in all_rules(lab) if rule.latches and rule.subject.kind == "cell")

    def process(recorder: Recorder) -> tuple[InterlockWatch, TripKeeper, Writer]:
        clock = SystemClock()
        watch, writer = InterlockWatch(lab, clock), Writer(recorder, open_spool(lab, recorder, clock))
        return watch, TripKeeper(lab, watch, engine, writer), writer

    with Recorder(engine) as recorder:
        watch, keeper, _ = process(recorder)
        watch.found.append(Found(Trip(rule, "A1", "5.2 V", 3.0, Place("bts-1", "1", "A1")), 50.0))
        other = engine.connect()  # takes SQLite's write lock
        other.exec_driver_sql("SELECT 1")
        with pytest.raises(StoreUnavailable):
            asyncio.run(keeper.keep())
        assert waiting_in(spool_path(lab, ""))[0] == 1
        with pytest.raises(StoreUnavailable):
            asyncio.run(keeper.keep())
        assert waiting_in(spool_path(lab, ""))[0] == 1, "put aside once"
        other.close()
    with Recorder(engine) as recorder:
        watch, keeper, writer = process(recorder)
        asyncio.run(writer.replay())
        asyncio.run(keeper.begin())
        held = watch.held_at("bts-1", "1")
    assert held is not None
    assert held.stops
    with reading(engine) as connection:
        [trip] = list_trips(connection)
    assert (trip.message, trip.raised_unix_s) == ("5.2 V", 50.0)
    engine.dispose()
