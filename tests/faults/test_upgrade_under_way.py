"""Row 22: new code and migrated tables while runs are on, in a chamber and on both kinds of cyclers."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from orchestrator.exit_codes import CANNOT_START
from orchestrator.store.database import open_database
from orchestrator.store.tables import chambers
from orchestrator.store.transactions import reading, writing
from orchestrator.store.upgrade import code_version, schema_version, upgrade
from orchestrator.testing.virtual_bench import VirtualBench
from tests.e2e.temperature_protocol import STEPPED
from tests.faults.story import alarms, assert_stored, orders_sent, states_of

Make = Callable[..., VirtualBench]
PLACES = {"L1": "A1", "V1": "P1"}
OLD = "0006"


def back_to_old_tables(bench: VirtualBench) -> None:
    """The database as code of revision OLD would have left it, with its runs on: its tables, and what they hold now."""
    bench.engine.dispose()
    file, newer = bench.folder / "cellbench.db", bench.folder / "newer.db"
    with closing(sqlite3.connect(file)) as present:
        present.execute("VACUUM INTO ?", (str(newer),))
    for part in file.parent.glob("cellbench.db*"):
        part.unlink()
    bench.engine = open_database(bench.lab.database_url)
    make_tables(bench.engine, OLD)
    with closing(sqlite3.connect(file)) as old:
        old.execute("ATTACH ? AS newer", (str(newer),))
        listed = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        for (table,) in old.execute(listed).fetchall():
            if table != "alembic_version":
                columns = ", ".join(f'"{row[1]}"' for row in old.execute(f"PRAGMA table_info({table})"))
                old.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM newer.{table}")
        old.commit()


def make_tables(engine: sa.Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", "orchestrator.store:migrations")
    config.set_main_option("path_separator", "os")
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def started_with(bench: VirtualBench, runs: Mapping[str, int]) -> dict[str, Any]:
    """The plans, and every segment that was sent so far."""
    return {
        cell: (bench.run(run)["plan"], [part["content"] for part in bench.segments(run) if part["test_id"]])
        for cell, run in runs.items()
    }


def test_runs_and_their_chamber_go_on_as_they_were_started(make_held_bench: Make) -> None:
    bench = make_held_bench(1, vsp=1, poll="1 min", oven={"poll": "1 min"})
    launched = bench.launch_together("stepped", PLACES, source=STEPPED, temperatures="[27 degC, 29 degC]")
    runs = dict(zip(PLACES, launched, strict=True))
    with bench.new_control() as time, bench.node() as node:
        time.attach("the test")
        bench.wait_until_up()
        while not all(bench.segments(run) and bench.segments(run)[0]["records"] for run in launched):
            time.sleep(time.now() + 31.371)  # to between two looks: whoever is killed there has nothing in hand
        bench.kill_group(node)
    before = started_with(bench, runs)
    back_to_old_tables(bench)
    with bench.node() as node:
        assert node.wait(300) == CANNOT_START
    assert "run `cellbench db upgrade`" in bench.node_log.read_text(encoding="utf-8")
    upgrade(bench.engine)
    assert schema_version(bench.engine) == code_version()
    with bench.node():
        for run in launched:
            bench.wait_state(run, "completed", "failed", "stopped")
    after = started_with(bench, runs)
    for cell, run in runs.items():
        assert bench.run(run)["state"] == "completed", bench.run(run)["reason"]
        plan, sent = before[cell]
        assert after[cell][0] == plan
        assert after[cell][1][: len(sent)] == sent
        assert len(after[cell][1]) == 2, "one test at each temperature"
        assert assert_stored(bench, run, PLACES[cell]) > 50
        assert states_of(bench, run).count("completed") == 1
    assert [len(orders_sent(bench, name)) for name in ("bts-1", "vsp-1")] == [2, 2], "nothing was started again"
    with reading(bench.engine) as connection:
        assert connection.scalar(sa.select(chambers.c.wanted_degC)) == 29.0
    assert alarms(bench) == []
