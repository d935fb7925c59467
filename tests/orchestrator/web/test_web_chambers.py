"""Chambers, and prompts that people confirm, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from orchestrator.config import read_lab
from orchestrator.store.chamber_records import ChamberRecord, insert_chamber_records
from orchestrator.store.chambers import chambers_known, update_chamber
from orchestrator.store.prompts import raise_prompt
from orchestrator.store.tables import runs
from orchestrator.store.transactions import writing
from tests.orchestrator.engine.chambers.chamber_bench import LAB, PROTOCOL
from tests.orchestrator.launch.bench_lab import NOW, fill
from tests.orchestrator.web.conftest import Api, open_api

ASKS = PROTOCOL.replace("steps:\n", "steps:\n  - prompt: Close the door\n")


@pytest.fixture
def oven(tmp_path: Path) -> Iterator[Api]:
    path = tmp_path / "lab.yaml"
    path.write_text(LAB, encoding="utf-8")
    lab = read_lab(path)
    fill(lab)
    yield from open_api(lab)


def look(api: Api, age_s: float, **values: object) -> None:
    """Oven-1 was seen so long ago, oven-2 now."""
    with writing(api.engine) as connection:
        chambers_known(connection, ["oven-1", "oven-2"], simulated=True)
        facts = {"state": "running", "native_state": "auto", "process_degC": 39.2, "set_point_degC": 40.0} | values
        update_chamber(connection, "oven-1", seen_unix_s=NOW - age_s, **facts)
        update_chamber(connection, "oven-2", seen_unix_s=NOW)


def test_a_chamber_tells_where_it_is_who_holds_it_and_what_for(oven: Api) -> None:
    oven.launch(("L1", "A1"), source=PROTOCOL)
    oven.write(runs.update().values(state="waiting", reason="oven-1 to 40 °C: −0.8 K to go"))
    look(oven, 4.0, holder="run 1", low_degC=-20.0, high_degC=80.0)
    first, second = oven.get("chambers")
    assert (first["name"], first["benches"], first["runs"]) == ("oven-1", ["A1", "A2"], [1])
    assert (first["state"], first["process_degC"], first["set_point_degC"]) == ("running", 39.2, 40.0)
    assert (first["holder"], first["waiting_for"]) == ("run 1", "oven-1 to 40 °C: −0.8 K to go")
    assert (first["age_s"], first["stale"], first["high_degC"]) == (4.0, False, 80.0)
    assert (second["name"], second["holder"], second["runs"]) == ("oven-2", None, [])


def test_what_was_seen_too_long_ago_is_not_the_present(oven: Api) -> None:
    look(oven, 61.0)
    first = oven.get("chambers")[0]
    assert (first["state"], first["stale"], first["process_degC"]) == ("unknown", True, 39.2)


def test_a_chamber_that_no_node_has_seen_is_unknown(oven: Api) -> None:
    assert [(one["state"], one["stale"]) for one in oven.get("chambers")] == [("unknown", True)] * 2


def test_the_looks_at_a_chamber_in_a_window(oven: Api) -> None:
    values = [25.0, None, 27.0, 28.0]
    with writing(oven.engine) as connection:
        looks = [ChamberRecord("oven-1", NOW + n, value, 40.0, None, "running") for n, value in enumerate(values)]
        insert_chamber_records(connection, looks)
    found = oven.get("chambers/oven-1/records", start_unix_s=NOW, end_unix_s=NOW + 2.5)
    assert found["unix_time_s"] == [NOW, NOW + 1, NOW + 2]
    assert (found["process_degC"], found["output_percent"]) == ([25.0, None, 27.0], [None] * 3)
    assert found["complete"]
    assert not oven.get("chambers/oven-1/records", start_unix_s=NOW, end_unix_s=NOW + 9, limit=2)["complete"]


@pytest.mark.parametrize("name", ["..%2F..%2Fetc", "%00", "oven-1%27%3B--", "\N{SNOWMAN}", "a" * 5000, "any"])
def test_a_name_that_no_chamber_has_is_not_found(oven: Api, name: str) -> None:
    assert oven.http.get(f"/api/v1/chambers/{name}/records").status_code == 404


def test_a_chamber_that_there_is_not(oven: Api) -> None:
    answer = oven.http.get("/api/v1/chambers/oven-9/records")
    assert answer.status_code == 404
    assert answer.json()["problems"] == ["there is no chamber oven-9; this lab has: oven-1, oven-2"]


def test_health_names_chambers_too(oven: Api) -> None:
    look(oven, 0.0)
    health = oven.http.get("/api/v1/health").json()
    assert {one["name"]: one["fresh"] for one in health["instruments"]} == {
        "bts-1": False,
        "oven-1": True,
        "oven-2": True,
    }


def test_a_launch_tells_the_batch_and_a_later_one_for_whom_it_waits(oven: Api) -> None:
    first = oven.launch(("L1", "A1"), ("BARE", "A2"), source=PROTOCOL)["runs"]
    assert [one["batch_id"] for one in first] == [1, 1]
    assert first[0]["message"].endswith(", in batch 1 in oven-1")
    assert oven.get("runs/1")["batch_id"] == 1
    assert oven.get("runs/1")["chamber"] == "oven-1"


def asking(oven: Api) -> None:
    oven.launch(("L1", "A1"), source=ASKS)
    oven.write(runs.update().values(state="waiting", reason="Close the door"))
    with writing(oven.engine) as connection:
        raise_prompt(connection, 1, 0, "Close the door", now=NOW)


def test_a_prompt_is_shown_and_confirmed_once(oven: Api) -> None:
    asking(oven)
    assert oven.get("runs/1")["prompt"] == "Close the door"
    assert oven.post("runs/1/confirm", actor="anna", reason="closed")["message"] == "run 1: confirmed"
    events = [event["message"] for event in oven.get("events", run_id=1)]
    assert "confirmed: Close the door (closed)" in events
    again = oven.post("runs/1/confirm", 409, actor="anna")
    assert again["problems"] == ["run 1 (waiting) asks nobody to confirm anything"]


def test_resuming_is_no_confirmation(oven: Api) -> None:
    asking(oven)
    refusal = oven.post("runs/1/resume", 409, actor="anna")
    assert refusal["problems"] == ["run 1 waits for a person to act: when it is done, `cellbench confirm 1`"]
    oven.post("runs/1/pause", actor="anna")
    oven.post("runs/1/resume", actor="anna")
    assert oven.get("runs/1")["desired"] == "run"


def test_resuming_does_not_skip_the_wait_for_a_chamber(oven: Api) -> None:
    oven.launch(("L1", "A1"), source=PROTOCOL.replace("steps:\n", "steps:\n  - rest: 1 h\n"))
    oven.write(runs.update().values(state="waiting", item=1, reason="oven-1 to 40 °C"))
    assert oven.post("runs/1/resume", actor="anna")["state"] == "waiting"
    assert (oven.get("runs/1")["state"], oven.get("runs/1")["progress"]["item"]) == ("waiting", 1)


@pytest.mark.parametrize("what", ["confirm"])
def test_no_such_run(oven: Api, what: str) -> None:
    assert oven.post(f"runs/9/{what}", 404, actor="anna")["problems"] == [
        "there is no run 9; `cellbench ls` lists them"
    ]
    with oven.engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(runs)) == 0
