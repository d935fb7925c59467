"""/metrics and /health say what the database has, by the names of ``docs/reference/metrics.md``, and no more."""

from __future__ import annotations

import re
import time
from pathlib import Path

import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families

from orchestrator.store.node_status import InstrumentReport, NodeReport, report_node
from orchestrator.store.node_tables import instrument_status, node_status
from orchestrator.store.storage_tables import disks
from orchestrator.store.tables import instruments, latest, runs
from orchestrator.store.transactions import writing
from tests.orchestrator.web.conftest import Api

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "metrics.md"
_HOLDER = "process 7 on bench-pc"

Values = dict[tuple[str, ...], float]


def _scraped(api: Api) -> dict[str, Values]:
    """Value by name and by its labels' values, in the order of the labels' names."""
    answer = api.http.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    found: dict[str, Values] = {}
    for family in text_string_to_metric_families(answer.text):
        values = found.setdefault(family.name, {})
        for sample in family.samples:
            values[tuple(sample.labels[name] for name in sorted(sample.labels))] = sample.value
    return found


def _report(api: Api, **more: object) -> None:
    said = {"ready": True, "overdue_s": 0.0, "stuck": None, "backlog": 3, "stalls": 2, "clock_jumps": 1}
    node = NodeReport(node="node", holder=_HOLDER, **{**said, **more})  # type: ignore[arg-type]
    with writing(api.engine) as connection:
        one = InstrumentReport("bts-1", {"ok": 40, "unreachable": 2}, 0.25)
        report_node(connection, node, [one], uptime_s=100.0)


def _seen(api: Api, ago_s: float = 1.0) -> None:
    now = time.time()
    row = {
        "instrument": "bts-1",
        "channel": "27-21-1-1",
        "observed_unix_s": now,
        "state": "running",
        "native_state": "working",
    }
    api.write(
        instruments.update().values(connected=True, last_seen_unix_s=now - ago_s),
        latest.insert().values(**row, voltage_V=0.8, current_A=-0.0027),
    )


def test_every_metric_of_the_page_is_served_and_no_other(api_on_both: Api) -> None:
    documented = set(re.findall(r"^\| `(cellbench_\w+)` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    served = set(re.findall(r"^# TYPE (cellbench_\w+) ", api_on_both.http.get("/metrics").text, re.MULTILINE))

    assert served == documented


def test_what_a_node_reports_is_served(api_on_both: Api) -> None:
    api = api_on_both
    with writing(api.engine) as connection:
        connection.execute(instruments.insert().values(_instrument(api)))
    _seen(api)
    _report(api, overdue_s=4.0)

    found = _scraped(api)

    assert found["cellbench_up"] == {(): 1.0}
    assert 4.0 <= found["cellbench_node_last_loop_age_seconds"]["node",] < 60.0
    assert found["cellbench_loop_stalls"] == {("node",): 2.0}
    assert found["cellbench_instrument_exchanges"] == {("bts-1", "ok"): 40.0, ("bts-1", "unreachable"): 2.0}
    assert found["cellbench_poll_lateness_seconds"] == {("bts-1",): 0.25}
    assert found["cellbench_instrument_silent_seconds"] == {("bts-1",): 0.0}
    assert found["cellbench_channel_state"] == {("A1", "running"): 1.0}
    assert found["cellbench_channel_current_amperes"] == {("A1",): -0.0027}
    assert found["cellbench_runs"]["running",] == 0.0


def _instrument(api: Api) -> dict[str, object]:
    place = api.lab.instruments["bts-1"]
    return {
        "name": "bts-1",
        "driver": place.driver,
        "address": place.address,
        "connected": False,
        "simulated": False,
    }


def test_an_absent_database_is_told_as_such(api: Api, tmp_path: Path) -> None:
    api.write(sa.text("ALTER TABLE alembic_version RENAME TO hidden"))
    try:
        assert _scraped(api) == {"cellbench_up": {(): 0.0}}
    finally:
        api.write(sa.text("ALTER TABLE hidden RENAME TO alembic_version"))


def test_a_run_whose_node_has_fallen_silent_is_not_shown_as_running(api: Api) -> None:
    run = api.launch(("L1", "A1"))["runs"][0]["run_id"]
    api.write(runs.update().values(state="running"))
    _report(api)
    before = api.get(f"runs/{run}")["state"]
    api.write(
        instrument_status.update().values(reported_unix_s=instrument_status.c.reported_unix_s - 200.0),
        node_status.update().values(reported_unix_s=node_status.c.reported_unix_s - 200.0),
    )

    after = api.get(f"runs/{run}")

    assert before == "running"
    assert after["state"] == "lost"
    assert re.match(r"it was running when the node of bts-1 last reported, 2\d\d s ago", after["reason"])
    node = api.http.get("/api/v1/health").json()["nodes"][0]
    assert (node["holder"], node["ok"]) == (_HOLDER, False)
    assert 200.0 <= node["age_s"] < 260.0


def test_a_report_from_before_the_clock_was_set_back_does_not_look_young(api: Api) -> None:
    _report(api)
    api.write(node_status.update().values(reported_unix_s=node_status.c.reported_unix_s + 3600.0))

    assert api.http.get("/api/v1/health").json()["nodes"][0]["age_s"] > 3500.0
    assert _scraped(api)["cellbench_node_last_loop_age_seconds"]["node",] > 3500.0


def test_health_is_not_well_while_a_loop_is_stuck_or_a_disk_fills(api: Api) -> None:
    with writing(api.engine) as connection:
        connection.execute(instruments.insert().values(_instrument(api)))
    _seen(api)
    _report(api)
    well = api.http.get("/api/v1/health")
    _report(api, stuck="the loop of bts-1 has not turned for 70 s")
    stuck = api.http.get("/api/v1/health")
    _report(api)
    full = {"level": "critical", "message": "1 GB is free", "free_B": 1, "total_B": 9, "seen_unix_s": 1.0}
    api.write(disks.insert().values(node="node", folder="database", path="/srv/cellbench", **full))
    filling = api.http.get("/api/v1/health")

    assert [answer.status_code for answer in (well, stuck, filling)] == [200, 503, 503]
    assert stuck.json()["nodes"][0]["stuck"] == "the loop of bts-1 has not turned for 70 s"
    assert filling.json()["disks"][0]["level"] == "critical"
