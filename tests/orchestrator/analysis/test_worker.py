"""The queue worked off by a real child process, which dies in every way that we know."""

import multiprocessing
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from orchestrator.analysis.queue import queue_analyses
from orchestrator.analysis.result import AnalysisResult
from orchestrator.analysis.running import run_analysis
from orchestrator.analysis.worker import AnalysisWorker
from orchestrator.store import database, tables
from orchestrator.store.transactions import reading, writing
from protocols.plan import AnalysisRequest
from tests.orchestrator.analysis.conftest import InstallPlugin
from tests.orchestrator.analysis.stored_run import cycle_row, store_run

PLUGIN = """
import os, signal, threading

def dies(dataset):
    os.kill(os.getpid(), signal.SIGKILL)

def hangs(dataset):
    threading.Event().wait(60)

def raises(dataset):
    raise ZeroDivisionError("first line\\nsecond line")
"""

ENTRIES = {
    "odd_cycles": "orchestrator.analysis.cycles:cycles",
    "dies": "odd_lab_plugin:dies",
    "hangs": "odd_lab_plugin:hangs",
    "raises": "odd_lab_plugin:raises",
}
NOW = 1_767_600_000.0


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    """SQLite alone: the children take their time, and the queue's own functions are tested on both databases."""
    return f"sqlite:///{tmp_path / 'cellbench.sqlite'}"


def url_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def queued(engine: Engine, *names: str, options: dict[str, Any] | None = None) -> list[int]:
    with writing(engine) as conn:
        present = conn.execute(select(tables.runs.c.id)).scalar()
        run_id = present or store_run(conn, [], [cycle_row(1, 4e-3, 5e-3), cycle_row(2, 4e-3, 4e-3)])
        return queue_analyses(conn, run_id, [AnalysisRequest(name, options or {}) for name in names], NOW)


def row(engine: Engine, analysis_id: int) -> Any:
    with reading(engine) as conn:
        return conn.execute(select(tables.analyses).where(tables.analyses.c.id == analysis_id)).one()


def finish(worker: AnalysisWorker) -> None:
    """Tick as the node does, until nothing is queued or at work."""
    for _ in range(10):
        worker.submit_pending()
        if not worker.busy:
            return
        assert worker.wait(300)
    raise AssertionError("the queue does not get empty")


def test_a_queued_analysis_is_done_in_a_child_and_its_result_stored(
    engine: Engine, install_plugin: InstallPlugin
) -> None:
    install_plugin(PLUGIN, ENTRIES)
    first, second = queued(engine, "odd_cycles", "odd_cycles")
    worker = AnalysisWorker(url_of(engine), lambda: NOW)
    worker.submit_pending()
    assert worker.busy
    worker.submit_pending()
    finish(worker)
    worker.close()

    done = row(engine, first)
    assert (done.state, done.error, done.code_version) == ("done", None, "odd-lab 2.5")
    assert NOW <= done.finished_unix_s < NOW + 60
    assert len(done.input_sha256) == 64
    result = AnalysisResult.from_json(done.result)
    assert result.value("initial coulombic efficiency").value == pytest.approx(80.0)
    assert row(engine, second).result == done.result


def test_a_child_that_lingers_takes_what_is_queued_later_at_the_nodes_time(
    engine: Engine, install_plugin: InstallPlugin
) -> None:
    """Lab time may have gone on by weeks while the child waited for seconds."""
    install_plugin(PLUGIN, ENTRIES)
    clock, done = NOW, list[tuple[float, int | None]]()
    worker = AnalysisWorker(url_of(engine), lambda: clock, linger_s=60.0)
    for _ in range(2):
        (waiting,) = queued(engine, "odd_cycles")
        deadline = time.monotonic() + 300
        while row(engine, waiting).state != "done":
            worker.submit_pending()
            worker.wait(0.05)
            assert time.monotonic() < deadline
        assert worker.busy
        (child,) = (one for one in multiprocessing.active_children() if one.name == "cellbench-analysis")
        done.append((row(engine, waiting).finished_unix_s, child.pid))
        clock += 1e6
        worker.submit_pending()
    worker.close()

    assert done == [(NOW, child.pid), (NOW + 1e6, child.pid)]


def test_a_child_that_dies_takes_only_its_own_analysis_with_it(engine: Engine, install_plugin: InstallPlugin) -> None:
    install_plugin(PLUGIN, ENTRIES)
    before, lethal, after = queued(engine, "odd_cycles", "dies", "odd_cycles")
    worker = AnalysisWorker(url_of(engine), lambda: NOW)
    finish(worker)
    worker.close()

    assert row(engine, before).state == "done"
    assert (row(engine, lethal).state, row(engine, lethal).error) == (
        "failed",
        "the analysis process ended with signal 9",
    )
    assert row(engine, after).state == "done"


def test_an_analysis_that_never_ends_is_ended(engine: Engine, install_plugin: InstallPlugin) -> None:
    install_plugin(PLUGIN, ENTRIES)
    (stuck,) = queued(engine, "hangs")
    worker = AnalysisWorker(url_of(engine), lambda: NOW, give_up_after_s=0.0)
    deadline = time.monotonic() + 300
    while row(engine, stuck).state in ("queued", "running"):
        worker.submit_pending()
        worker.wait(0.05)
        assert time.monotonic() < deadline
    worker.close()

    assert row(engine, stuck).state == "failed"
    assert row(engine, stuck).error == "the analysis took longer than 0 s and was ended"


def test_closing_leaves_unfinished_work_for_the_next_node(engine: Engine, install_plugin: InstallPlugin) -> None:
    install_plugin(PLUGIN, ENTRIES)
    (stuck,) = queued(engine, "hangs")
    worker = AnalysisWorker(url_of(engine), lambda: NOW)
    deadline = time.monotonic() + 300
    while row(engine, stuck).state != "running":
        worker.submit_pending()
        worker.wait(0.05)
        assert time.monotonic() < deadline
    worker.close()

    assert row(engine, stuck).state == "queued"


def test_what_a_dead_node_left_running_is_done_by_the_next_one(engine: Engine, install_plugin: InstallPlugin) -> None:
    install_plugin(PLUGIN, ENTRIES)
    (left,) = queued(engine, "odd_cycles")
    with writing(engine) as conn:
        conn.execute(update(tables.analyses).values(state="running"))
    worker = AnalysisWorker(url_of(engine), lambda: NOW)
    finish(worker)
    worker.close()

    assert row(engine, left).state == "done"


def test_two_nodes_on_one_database_do_nothing_twice(engine: Engine, install_plugin: InstallPlugin) -> None:
    told = "(pathlib.Path(__file__).parent / 'told').open('a').write(f'{dataset.runs[0].run_id}\\n')"
    source = f"""
import pathlib
from orchestrator.analysis.cycles import cycles

def tells(dataset):
    {told}
    return cycles(dataset)
"""
    install_plugin(source, {"tells": "odd_lab_plugin:tells"})
    waiting = queued(engine, *["tells"] * 6)
    nodes = [AnalysisWorker(url_of(engine), lambda: NOW) for _ in range(2)]
    for node in nodes:
        node.submit_pending()
    for node in nodes:
        finish(node)
        node.close()

    assert [row(engine, one).state for one in waiting] == ["done"] * 6
    (log,) = (Path(entry) / "told" for entry in sys.path if (Path(entry) / "odd_lab_plugin.py").exists())
    assert len(log.read_text().splitlines()) == 6


@pytest.mark.parametrize(
    ("name", "options", "error"),
    [
        ("raises", {}, "ZeroDivisionError: first line"),
        ("odd_cycles", {"mass": 1}, "analysis odd_cycles has no option 'mass'; it has: cell_type, first_cycles"),
        ("odd_cycles", {"first_cycles": 0}, "first_cycles is 0; it counts cycles from 1"),
    ],
)
def test_a_failure_is_one_line_in_the_row(
    engine: Engine, install_plugin: InstallPlugin, name: str, options: dict[str, Any], error: str
) -> None:
    install_plugin(PLUGIN, ENTRIES)
    (failing,) = queued(engine, name, options=options)
    run_analysis(url_of(engine), failing, "test", lambda: NOW)

    failed = row(engine, failing)
    assert (failed.state, failed.error, failed.finished_unix_s) == ("failed", error, NOW)
    assert failed.result is None


def test_an_unknown_analysis_fails_with_the_known_ones(engine: Engine, install_plugin: InstallPlugin) -> None:
    install_plugin(PLUGIN, ENTRIES)
    (failing,) = queued(engine, "rate_capabilty")
    run_analysis(url_of(engine), failing, "test", lambda: NOW)

    assert row(engine, failing).error.startswith("no analysis is called 'rate_capabilty'; known: ")


def test_a_row_is_carried_out_once(engine: Engine, install_plugin: InstallPlugin) -> None:
    install_plugin(PLUGIN, ENTRIES)
    (only,) = queued(engine, "odd_cycles")
    run_analysis(url_of(engine), only, "test", lambda: NOW)
    run_analysis(url_of(engine), only, "other", lambda: NOW + 1)

    assert row(engine, only).finished_unix_s == NOW


def test_a_database_that_is_away_delays_and_raises_nothing(
    engine: Engine, install_plugin: InstallPlugin, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    install_plugin(PLUGIN, ENTRIES)
    lethal, late = queued(engine, "dies", "odd_cycles")
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.01)
    worker = AnalysisWorker(url_of(engine), lambda: NOW)
    worker.submit_pending()
    assert worker.wait(300)
    with writing(engine):  # somebody else holds the write lock
        worker.submit_pending()
        worker.submit_pending()
        assert not worker.busy
    assert len([told for told in caplog.messages if told.startswith("analyses wait: ")]) == 1
    finish(worker)
    worker.close()

    assert (row(engine, lethal).state, row(engine, late).state) == ("failed", "done")


def test_a_child_that_loses_the_database_is_followed_by_another(
    engine: Engine, install_plugin: InstallPlugin, tmp_path: Path
) -> None:
    away = tmp_path / "away"
    source = f"""
import pathlib
from orchestrator.analysis.cycles import cycles
from orchestrator.store.errors import StoreUnavailable

def unlucky(dataset):
    away = pathlib.Path({str(away)!r})
    if not away.exists():
        away.touch()
        raise StoreUnavailable("database: locked; it will be tried again")
    return cycles(dataset)
"""
    install_plugin(source, {"unlucky": "odd_lab_plugin:unlucky"})
    (second_time,) = queued(engine, "unlucky")
    worker = AnalysisWorker(url_of(engine), lambda: NOW)
    finish(worker)
    worker.close()

    assert row(engine, second_time).state == "done"
