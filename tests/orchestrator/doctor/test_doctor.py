"""Every check of the doctor can fail: each is shown what is wrong, and says it with a remedy."""

from __future__ import annotations

import json
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from orchestrator.backup.make import make_backup
from orchestrator.backup.schedule import BackupSchedule
from orchestrator.cli.doctor import doctor
from orchestrator.config import Lab, read_lab
from orchestrator.doctor import clocks
from orchestrator.doctor.clocks import check_clocks
from orchestrator.doctor.examine import examine
from orchestrator.doctor.finding import Finding
from orchestrator.doctor.folders import check_folders
from orchestrator.doctor.integrity import check_integrity
from orchestrator.doctor.report import exit_code
from orchestrator.doctor.service_state import check_service, running_nodes
from orchestrator.doctor.under_way import check_under_way
from orchestrator.doctor.versions import check_versions
from orchestrator.spool.opening import spool_path
from orchestrator.spool.spool_file import SpoolFile
from orchestrator.store.alarms import acknowledge_alarm, raise_alarm
from orchestrator.store.analyses import queue_analysis
from orchestrator.store.cells import insert_cell
from orchestrator.store.database import open_database
from orchestrator.store.instruments import Instrument, set_connection, upsert_instruments
from orchestrator.store.intents import open_intent, settle
from orchestrator.store.node_status import NodeReport, report_node
from orchestrator.store.protocol_files import put_protocol
from orchestrator.store.record_columns import checked_columns
from orchestrator.store.recorder import Recorder
from orchestrator.store.runs import insert_run, set_state
from orchestrator.store.segments import insert_segment
from orchestrator.store.tables import analyses, node_status, records, runs
from orchestrator.store.transactions import reading, writing
from orchestrator.store.upgrade import upgrade
from protocols.cell import Cell

NOW = 1_800_000_000.0
DAY_S = 86_400.0
LAB = """
lab: examined
web: {port: 1}
instruments:
  bts-1: {driver: neware, address: 127.0.0.1:1, step_dir: steps, channel: {voltage: [-5 V, 5 V], current: 50 mA}}
limits: {voltage: [-0.5 V, 5 V], current: 100 mA}
"""


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    (tmp_path / "lab.yaml").write_text(LAB, encoding="utf-8")
    (tmp_path / "steps").mkdir()
    return read_lab(tmp_path / "lab.yaml")


@pytest.fixture
def run(engine: sa.Engine) -> int:
    with writing(engine) as connection:
        insert_cell(connection, Cell("L1"), now=1.0)
        return insert_run(
            connection,
            cell_id="L1",
            protocol_sha256=put_protocol(connection, name="p", source="p", now=1.0),
            protocol="p",
            instrument="bts-1",
            channel="1",
            plan={},
            actor="anna",
            now=NOW,
        )


@pytest.fixture
def segment(engine: sa.Engine, run: int) -> int:
    from drivers.contracts import Translation

    with writing(engine) as connection:
        content = Translation(b"<x/>", "application/xml", ())
        return insert_segment(connection, run_id=run, number=0, attempt=1, tag=f"L1#{run}.0.1", translation=content)


def said(findings: list[Finding], check: str) -> tuple[str, str]:
    """Level and text of one check; every one that is not well has a remedy."""
    assert all(bool(one.remedy) == (one.level != "ok") for one in findings)
    return next((one.level, one.said) for one in findings if one.check == check)


def whole(engine: sa.Engine) -> Callable[[str], tuple[str, str]]:
    with reading(engine) as connection:
        found = list(check_integrity(connection))
    return lambda check: said(found, check)


def record(engine: sa.Engine, run: int, segment: int, *numbers: int) -> None:
    import numpy as np

    from drivers.contracts import RECORD_COLUMNS, Batch

    columns = {name: np.ones(len(numbers), kind) for name, kind in RECORD_COLUMNS.items()} | {"seq": np.array(numbers)}
    columns["unix_time_s"] = np.full(len(numbers), NOW - 5.0)
    with Recorder(engine) as recorder:
        recorder.record(run, segment, Batch(checked_columns(columns), str(numbers[-1]))).result()


def test_counts_gaps_and_strays_in_the_records(engine: sa.Engine, run: int, segment: int) -> None:
    record(engine, run, segment, 1, 2, 3)
    found = whole(engine)
    assert [found(check)[0] for check in ("integrity", "records", "counts", "gaps")] == ["ok"] * 4
    record(engine, run, segment, 6, 7)
    assert whole(engine)("gaps") == ("bad", f"run {run}: 2 records")
    with writing(engine) as connection:
        raise_alarm(connection, source=f"records of run {run}", message="2 records are missing", now=1.0)
    assert whole(engine)("gaps") == ("ok", "1 segments with gaps that were told")
    with writing(engine) as connection:
        connection.execute(records.delete().where(records.c.seq == 2))
    assert whole(engine)("counts") == ("bad", f"run {run}: segment {segment} says 5 records and has 4")
    with writing(engine) as connection:
        connection.execute(records.update().where(records.c.seq == 7).values(segment_id=99))
    assert whole(engine)("records") == ("bad", "records of segment 99, which does not exist")


@pytest.fixture
def file_lab(lab: Lab) -> Lab:
    """With a database of its own beside it, which nobody has open."""
    database = open_database(lab.database_url)
    upgrade(database)
    with writing(database) as connection:
        for number in range(300):
            insert_cell(connection, Cell(f"L{number}", metadata={"note": "x" * 200}), now=1.0)
    database.dispose()
    with closing(sqlite3.connect(lab.path.with_name("cellbench.db"))) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return lab


def test_references_into_nothing(file_lab: Lab) -> None:
    with closing(sqlite3.connect(file_lab.path.with_name("cellbench.db"))) as connection:
        connection.execute("INSERT INTO prompts VALUES (77, 0, 'look', 1, NULL, NULL)")
        connection.commit()
    assert said(examine(file_lab), "integrity") == ("bad", "1 rows of prompts refer to what is not there")


def test_a_damaged_file(file_lab: Lab) -> None:
    file = file_lab.path.with_name("cellbench.db")
    content = bytearray(file.read_bytes())
    place = content.index(b"x" * 200) // 4096 * 4096
    content[place : place + 300] = b"\xa5" * 300
    file.write_bytes(content)
    level, text = said(examine(file_lab), "integrity")
    assert level == "bad"
    assert text


def test_a_database_that_is_not_there_is_said_and_not_made(lab: Lab) -> None:
    assert said(examine(lab), "database")[0] == "bad"
    assert not lab.path.with_name("cellbench.db").exists()


def test_a_database_of_other_tables(file_lab: Lab) -> None:
    with closing(sqlite3.connect(file_lab.path.with_name("cellbench.db"))) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    level, text = said(examine(file_lab), "database")
    assert level == "bad"
    assert "newer than this code" in text


def under_way(engine: sa.Engine, lab: Lab, check: str, later_s: float = 0.0) -> tuple[str, str]:
    with reading(engine) as connection:
        return said(list(check_under_way(connection, lab, NOW + later_s)), check)


def test_an_order_without_an_outcome(engine: sa.Engine, lab: Lab, run: int) -> None:
    with writing(engine) as connection:
        intent = open_intent(connection, run_id=run, action="start", epoch=1, now=NOW)
    assert under_way(engine, lab, "intents", 60.0)[0] == "ok"
    assert under_way(engine, lab, "intents", 1200.0) == (
        "warning",
        f"1 open; the oldest: start of run {run}, 20 min ago",
    )
    with writing(engine) as connection:
        settle(connection, intent, "started", now=NOW)
    assert under_way(engine, lab, "intents", 1200.0)[0] == "ok"


def test_a_run_whose_instrument_is_not_in_the_lab_file_and_one_that_is_lost(
    engine: sa.Engine, lab: Lab, run: int
) -> None:
    from orchestrator.run_state import RunState

    assert under_way(engine, lab, "runs")[0] == "ok"
    with writing(engine) as connection:
        for state in (RunState.STARTING, RunState.RUNNING, RunState.LOST):
            set_state(connection, run, state, now=NOW)
    assert under_way(engine, lab, "runs") == ("warning", f"lost: run {run} on bts-1/1")
    with writing(engine) as connection:
        connection.execute(runs.update().values(instrument="bts-9"))
    assert under_way(engine, lab, "runs") == ("bad", f"run {run} (lost) on bts-9/1; not in the lab file")


def test_an_analysis_that_stands_still(engine: sa.Engine, lab: Lab, run: int) -> None:
    with writing(engine) as connection:
        queue_analysis(connection, run, "cycles", {}, now=NOW)
    assert under_way(engine, lab, "analyses", 60.0)[0] == "ok"
    assert under_way(engine, lab, "analyses", 7200.0)[0] == "warning"
    with writing(engine) as connection:
        connection.execute(analyses.update().values(state="running", leased_until_unix_s=5.0))
    assert under_way(engine, lab, "analyses") == (
        "warning",
        f"1 stand still; the first: cycles of run {run}, running",
    )


def test_a_critical_alarm_that_nobody_has_seen(engine: sa.Engine, lab: Lab) -> None:
    with writing(engine) as connection:
        alarm = raise_alarm(connection, source="trip 1", message="5.2 V", now=NOW)
    assert under_way(engine, lab, "alarms") == ("bad", "1 critical and unseen; the first: trip 1: 5.2 V")
    with writing(engine) as connection:
        acknowledge_alarm(connection, alarm, by="anna", reason="seen", now=NOW)
    assert under_way(engine, lab, "alarms")[0] == "ok"


def test_a_node_that_runs_is_stuck_or_is_gone_and_its_instruments(engine: sa.Engine, lab: Lab) -> None:
    report = NodeReport("node", "process 7 on pc", True, 0.0, None, 0, 0, 0)

    def look(later_s: float = 0.0) -> list[Finding]:
        with reading(engine) as connection:
            return list(check_service(connection, lab, running_nodes(connection, lab), NOW + later_s))

    assert said(look(), "node node")[0] == "warning"
    with writing(engine) as connection:
        upsert_instruments(connection, [Instrument("bts-1", "neware", "127.0.0.1:1")])
        report_node(connection, report, [], uptime_s=9.0)
    assert said(look(), "bts-1")[0] == "bad"
    with writing(engine) as connection:
        set_connection(connection, "bts-1", connected=True, now=NOW)
    assert said(look(5.0), "bts-1") == ("ok", "answered 5 s ago")
    assert said(look(500.0), "bts-1") == ("bad", "silent for 500 s")
    with writing(engine) as connection:
        set_connection(connection, "bts-1", connected=False, last_error="no route")
        report_node(connection, replace(report, stuck="the loop of bts-1 does not turn"), [], uptime_s=9.0)
    assert said(look(), "bts-1") == ("bad", "no route")
    assert said(look(), "node node") == ("bad", "the loop of bts-1 does not turn")
    with writing(engine) as connection:
        connection.execute(node_status.update().values(reported_unix_s=5.0))
    assert [one.check for one in look()] == ["node node"], "what a dead node saw is not told as news"


def test_an_instrument_is_asked_only_where_no_node_runs_and_somebody_wants_it(file_lab: Lab) -> None:
    assert said(examine(file_lab), "bts-1")[0] == "warning"
    assert said(examine(file_lab, connect=True), "bts-1")[0] == "bad"  # nobody listens on that port


def test_clocks(engine: sa.Engine, lab: Lab, run: int, segment: int) -> None:
    import time

    def look(now: Callable[[], float] = time.time, *, kept: bool | None = True) -> list[Finding]:
        with reading(engine) as connection:
            return list(check_clocks(connection, lab, now, lambda: kept))

    assert [one.level for one in look()] == ["ok", "ok", "ok"]
    assert said(look(kept=False), "time service")[0] == "warning"
    assert said(look(kept=None), "time service")[0] == "ok"
    for wrong_s in (-60.0, 60.0):
        assert said(look(lambda wrong_s=wrong_s: time.time() + wrong_s), "database clock")[0] == "warning"
    slowly = iter([time.time() - 30.0, *[time.time() + 30.0] * 9])
    assert said(look(lambda: next(slowly)), "database clock") == ("ok", "0.0 s apart from this computer's")
    record(engine, run, segment, 1)
    with writing(engine) as connection:
        connection.execute(runs.update().values(state="running", last_seen_unix_s=NOW))
    check = "clock of bts-1"
    assert said(look(lambda: NOW), check) == ("ok", "its newest record is 5 s old")
    for ahead_s, level in ((3600.0, "warning"), (-7200.0, "warning"), (0.0, "ok")):
        with writing(engine) as connection:
            connection.execute(records.update().values(unix_time_s=NOW + ahead_s))
        assert said(look(lambda: NOW), check)[0] == level


def test_the_time_service_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "timedatectl"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert clocks.time_service() is None
    for told, answer in (("yes", True), ("no", False), ("System has not been booted with systemd", None)):
        program.write_text(f"#!/bin/sh\necho '{told}'\n", encoding="utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        assert clocks.time_service() is answer


class Room(NamedTuple):
    total: int
    free: int


def folders(lab: Lab, check: str, free_B: float = 4e11, later_s: float = 0.0) -> tuple[str, str]:
    import time

    usage: Any = lambda _: Room(int(5e11), int(free_B))  # noqa: E731
    return said(list(check_folders(lab, usage, lambda: time.time() + later_s)), check)


def test_disks_and_permissions(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    assert folders(lab, "disk of database")[0] == "ok"
    assert folders(lab, "disk of database", 5e9)[0] == "warning"
    assert folders(lab, "disk of state", 5e8)[0] == "bad"
    assert folders(lab, "folder of steps of bts-1")[0] == "ok"
    monkeypatch.setattr("os.access", lambda path, _: path != lab.path.parent / "steps")
    assert folders(lab, "folder of steps of bts-1")[0] == "bad"
    elsewhere = replace(lab, database_url="postgresql://db/x")
    assert folders(elsewhere, "disk of the database") == ("ok", "the server's own; watch it there")


def test_the_stop_file(lab: Lab) -> None:
    assert folders(lab, "STOP file") == ("ok", "not there")
    (lab.state_dir / "STOP").write_text("anna\n", encoding="utf-8")
    assert folders(lab, "STOP file") == ("bad", "there, by anna")


def test_the_spool(lab: Lab) -> None:
    assert folders(lab, "spool of node") == ("ok", "none yet: the node makes it")
    path = spool_path(lab, "")
    file = SpoolFile(path, 100_000)
    assert folders(lab, "spool of node") == ("ok", "nothing waits")
    file.append(b"{}")
    assert folders(lab, "spool of node") == ("warning", "1 entries wait for the database")
    file.append(b"{...}")
    path.write_bytes(path.read_bytes().replace(b"{...}", b"{.?.}"))
    assert folders(lab, "spool of node")[0] == "bad"


def test_backups(file_lab: Lab, tmp_path: Path) -> None:
    assert folders(file_lab, "backup") == ("warning", "the lab file asks for none")
    lab = replace(file_lab, backup=BackupSchedule("0 3 * * *", tmp_path / "copies"))
    assert folders(lab, "backup")[0] == "warning"
    made = make_backup(lab, tmp_path / "copies")
    assert folders(lab, "backup")[0] == "ok"
    assert folders(lab, "backup", later_s=3 * DAY_S) == ("warning", "the last one is 3.0 days old")
    (made / "lab.yaml").write_text("changed", encoding="utf-8")
    assert folders(lab, "backup")[0] == "bad"


def test_versions(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def eclib(library: str) -> str:
        place = replace(lab.instruments["bts-1"], driver="biologic", name="vsp-1", options={"library": library})
        return said(list(check_versions(replace(lab, instruments={"vsp-1": place}))), "EClib of vsp-1")[0]

    assert said(list(check_versions(lab)), "versions")[0] == "ok"
    assert eclib(str(tmp_path / "EClib64.dll")) == "bad"
    (tmp_path / "EClib64.dll").touch()
    assert eclib(str(tmp_path / "EClib64.dll")) == "ok"
    assert eclib("simulators.biologic.eclib:VirtualEClib") == "ok"
    known = {"cellbench": "1", "sqlalchemy": "2", "pymodbus": "3"}
    monkeypatch.setattr("orchestrator.doctor.versions._version", known.get)
    assert said(list(check_versions(lab)), "versions")[0] == "bad"
    assert eclib("easy-biologic") == "bad"


def test_the_command_ends_with_what_it_found(file_lab: Lab) -> None:
    told = CliRunner().invoke(doctor, ["--lab", str(file_lab.path)])
    assert told.exit_code == 1, told.output
    assert "spool of node" in told.output
    (file_lab.state_dir / "STOP").touch()
    told = CliRunner().invoke(doctor, ["--lab", str(file_lab.path), "--json"])
    report = json.loads(told.output)
    assert (told.exit_code, report["exit_code"]) == (2, 2)
    assert {"level": "bad", "check": "STOP file"}.items() <= next(
        one for one in report["findings"] if one["check"] == "STOP file"
    ).items()
    assert exit_code([Finding("ok", "a", "b")]) == 0
