"""Two nodes on one database: an analysis is done by one of them, and by the other only where the first is dead."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import update

from orchestrator.store import analysis_leases
from orchestrator.store.analyses import AnalysisFilter, get_analysis, list_analyses, page_analyses, queue_analysis
from orchestrator.store.analysis_leases import (
    any_to_take,
    fail_held,
    finish_analysis,
    held_ids,
    release_held,
    renew_leases,
    take_analysis,
)
from orchestrator.store.errors import StoreError
from orchestrator.store.tables import analyses
from orchestrator.store.transactions import writing


@pytest.fixture
def connection(engine):
    with writing(engine) as opened:
        yield opened


def run_out(connection):
    connection.execute(update(analyses).values(leased_until_unix_s=analyses.c.leased_until_unix_s - 60))


def test_an_analysis_is_taken_by_one_worker_and_finished_once(connection, new_run):
    run_id = new_run(connection)
    first = queue_analysis(connection, run_id, "cycles", {}, now=1.0)
    second = queue_analysis(connection, run_id, "retention", {"reference": 5}, now=2.0)
    taken = take_analysis(connection, "node-a")
    assert taken is not None
    assert (taken.id, taken.state, taken.owner, taken.run_ids) == (first, "running", "node-a", (run_id,))
    with pytest.raises(StoreError, match="not running here"):
        finish_analysis(connection, first, "node-b", now=3.0, code_version="0.1.0")
    finish_analysis(connection, first, "node-a", now=3.0, code_version="0.1.0", result={"cycles": [1]})
    with pytest.raises(StoreError, match="not running here"):
        finish_analysis(connection, first, "node-a", now=4.0, code_version="0.1.0")
    assert take_analysis(connection, "node-b").id == second
    assert take_analysis(connection, "node-a") is None
    assert release_held(connection, "node-a") == 0
    assert release_held(connection, "node-b") == 1
    assert take_analysis(connection, "node-a").options == {"reference": 5}
    finish_analysis(connection, second, "node-a", now=5.0, code_version="0.1.0", error="too few cycles")
    assert [(one.state, one.result, one.error) for one in list_analyses(connection, run_id)] == [
        ("done", {"cycles": [1]}, None),
        ("failed", None, "too few cycles"),
    ]


def test_what_a_dead_worker_held_is_taken_when_its_lease_has_run_out(connection, new_run):
    key = queue_analysis(connection, new_run(connection), "cycles", {}, now=1.0)
    take_analysis(connection, "dead")
    assert not any_to_take(connection)
    run_out(connection)
    assert any_to_take(connection)
    assert take_analysis(connection, "alive").id == key
    fail_held(connection, "dead", "lost", 2.0)  # what it no longer holds it cannot spoil
    assert (held_ids(connection, "dead"), held_ids(connection, "alive")) == ((), (key,))
    with pytest.raises(StoreError, match="another worker"):
        finish_analysis(connection, key, "dead", now=3.0, code_version="0.1.0", result={})


def test_a_renewed_lease_keeps_others_away(connection, new_run):
    key = queue_analysis(connection, new_run(connection), "cycles", {}, now=1.0)
    take_analysis(connection, "busy")
    run_out(connection)
    renew_leases(connection, "busy")
    assert take_analysis(connection, "other") is None
    assert take_analysis(connection, "other", key) is None
    assert held_ids(connection, "busy") == (key,)


def test_two_nodes_at_once_share_the_queue_without_doing_anything_twice(engine, new_run):
    with writing(engine) as conn:
        run_id = new_run(conn)
        queued = {queue_analysis(conn, run_id, "cycles", {}, now=float(n)) for n in range(24)}
    taken = {"node-a": [], "node-b": []}
    together = threading.Barrier(2)

    def work(owner):
        together.wait()
        while True:
            with writing(engine) as conn:
                analysis = take_analysis(conn, owner)
            if analysis is None:
                return
            taken[owner].append(analysis.id)
            with writing(engine) as conn:
                finish_analysis(conn, analysis.id, owner, now=1.0, code_version="0.1.0", result={})

    threads = [threading.Thread(target=work, args=(owner,)) for owner in taken]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(300)

    done = taken["node-a"] + taken["node-b"]
    assert len(done) == len(queued)
    assert set(done) == queued


def test_an_analysis_of_several_runs_belongs_to_each_of_them(connection, new_run):
    first, second, third = (new_run(connection, channel) for channel in ("1", "2", "3"))
    alone = queue_analysis(connection, second, "cycles", {}, now=1.0)
    together = queue_analysis(connection, [third, first, third], "correlation", {"value": "x"}, now=2.0)

    assert get_analysis(connection, together).run_ids == (third, first)
    assert [one.id for one in list_analyses(connection, first)] == [together]
    assert [one.id for one in list_analyses(connection, second)] == [alone]
    assert [one.id for one in list_analyses(connection, third)] == [together]
    assert take_analysis(connection, "node", together).run_ids == (third, first)
    found, total = page_analyses(connection, AnalysisFilter(), 1, 0)
    assert ([one.id for one in found], total) == ([together], 2)
    found, total = page_analyses(connection, AnalysisFilter(name="cycles", state="queued"), 10, 0)
    assert ([one.id for one in found], total) == ([alone], 1)
    assert page_analyses(connection, AnalysisFilter(run_id=first, name="cycles"), 10, 0) == ([], 0)
    assert get_analysis(connection, 99) is None


def test_the_lease_is_by_the_databases_clock(connection, new_run, mocker):
    queue_analysis(connection, new_run(connection), "cycles", {}, now=1e12)  # the lab's clock is far ahead
    clock = mocker.spy(analysis_leases, "database_unix_s")
    take_analysis(connection, "node")
    leased = connection.execute(analyses.select()).one().leased_until_unix_s
    assert leased == pytest.approx(clock.spy_return + analysis_leases.LEASE_S)
    assert leased < 1e11
