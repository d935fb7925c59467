from __future__ import annotations

import pytest
from sqlalchemy import insert, update

from orchestrator.store.tables import cycles, events, instruments, latest, nodes, runs
from tests.orchestrator.launch.bench_lab import NOW
from tests.orchestrator.web.conftest import Api


def test_a_launch_is_queued_listed_and_shown(api_on_both: Api) -> None:
    api = api_on_both
    launched = api.launch(("L1", "A1"), protocol="rate-ladder", parameters={"cycles_per_rate": "2"}, note="tea first")

    (one,) = launched["runs"]
    assert one["message"].startswith(
        f"run {one['run_id']}  rate-ladder on L1 at A1 (bts-1/27-21-1-1), 16 cycles, about"
    )
    page = api.get("runs", cell="L1", active=True)
    assert (page["total"], [run["id"] for run in page["items"]]) == (1, [one["run_id"]])
    detail = api.get(f"runs/{one['run_id']}")
    assert (detail["state"], detail["bench"], detail["created_by"]) == ("queued", "A1", "anna")
    assert detail["progress"]["cycles_total"] == 16
    assert detail["progress"]["time_left_s"] == pytest.approx(one["duration_s"])
    assert [segment["tag"] for segment in detail["segments"]] == [f"L1#{one['run_id']}.0.1"]
    assert any("ladder 5 A/g" in line for line in detail["description"])


def test_several_cells_are_launched_all_or_none(api: Api) -> None:
    problem = api.launch(("L1", "A1"), ("L9", "A7"), ("BARE", "A2"), protocol="rate-ladder", status=409)

    assert any("bench A7" in line for line in problem["problems"])
    assert any("active mass" in line for line in problem["problems"])
    assert api.get("runs")["total"] == 0
    assert api.get("events") == []


def test_the_same_problem_of_many_cells_is_said_once(api: Api) -> None:
    problem = api.launch(("L1", "A1"), ("L1", "A1"), protocol="none", status=409)

    assert len(problem["problems"]) == 1


def test_runs_are_paged_newest_first(api: Api) -> None:
    for _ in range(3):
        api.launch(("L1", "A1"))

    page = api.get("runs", limit=1, offset=1)

    assert (page["total"], [run["id"] for run in page["items"]]) == (3, [2])
    assert api.get("runs", state="running")["items"] == []


def orders(api: Api) -> list[str]:
    return [event["message"] for event in api.get("events") if event["kind"] == "order"]


def test_what_is_wanted_is_written_for_the_node(api_on_both: Api) -> None:
    api = api_on_both
    (one,) = api.launch(("L1", "A1"))["runs"]
    path = f"runs/{one['run_id']}"

    assert api.post(f"{path}/pause", actor="ben", reason="tea")["desired"] == "pause"
    assert api.post(f"{path}/resume", actor="ben")["desired"] == "run"
    assert api.post(f"{path}/stop", actor="ben")["message"] == f"run {one['run_id']}: stop requested (queued)"
    refused = api.post(f"{path}/resume", 409, actor="ben")
    assert refused["detail"] == f"run {one['run_id']} is being stopped and cannot resume; launch it again"
    assert api.get(path)["desired"] == "stop"
    assert orders(api) == ["pause", "run", "stop", "run refused: a stop was ordered before"]


def test_a_run_that_waits_for_an_operator_is_released(api: Api) -> None:
    (one,) = api.launch(("L1", "A1"))["runs"]
    api.write(update(runs).values(state="waiting", reason="run 3 before it failed"))

    answer = api.post(f"runs/{one['run_id']}/resume", actor="ben")

    assert answer["state"] == "queued"
    with api.engine.connect() as connection:
        run = connection.execute(runs.select()).one()
    assert (run.state, run.reason) == ("queued", None)
    assert run.released_unix_s is not None


def test_stopping_is_idempotent_and_pausing_what_has_ended_is_refused(api: Api) -> None:
    (one,) = api.launch(("L1", "A1"))["runs"]
    api.write(update(runs).values(state="completed"))

    assert api.post(f"runs/{one['run_id']}/stop", actor="ben")["message"] == f"run {one['run_id']} is completed"
    assert "completed and cannot pause" in api.post(f"runs/{one['run_id']}/pause", 409, actor="ben")["detail"]
    assert api.post("stop-all", actor="ben") == []


def test_stop_all_stops_what_has_not_ended(api: Api) -> None:
    for _ in range(3):
        api.launch(("L1", "A1"))
    api.write(update(runs).where(runs.c.id == 1).values(state="failed"))

    assert [answer["run_id"] for answer in api.post("stop-all", actor="ben", reason="smoke")] == [2, 3]
    assert [run["desired"] for run in api.get("runs")["items"]] == ["stop", "stop", "run"]


def running(api: Api, seen_at: float) -> int:
    """A rate ladder in its third cycle: each of the first two took half of what was planned."""
    (one,) = api.launch(("L1", "A1"), protocol="rate-ladder")["runs"]
    run_id = int(one["run_id"])
    step = next(step["step"] for step in api_step_map(api) if step["kind"] == "constant_current")
    seen = {"instrument": "bts-1", "channel": "27-21-1-1", "observed_unix_s": seen_at, "state": "running"}
    cycle = {"charge_capacity_Ah": 1e-3, "discharge_capacity_Ah": 2e-3, "charge_energy_Wh": 1.0, "gap": False}
    api.write(
        update(runs).values(state="running", started_unix_s=NOW, cycles_done=2, last_seen_unix_s=seen_at),
        insert(latest).values(
            **seen, native_state="working", run_id=run_id, cycle=3, step=step, voltage_V=0.412, current_A=-0.00055
        ),
        insert(instruments).values(
            name="bts-1", driver="neware", address="x", connected=True, last_seen_unix_s=seen_at, simulated=True
        ),
        *(
            insert(cycles).values(
                **cycle,
                run_id=run_id,
                cycle=number,
                complete=number < 3,
                started_test_time_s=begins,
                ended_test_time_s=ends,
                discharge_energy_Wh=1.0,
            )
            for number, begins, ends in ((1, 0.0, 20_000.0), (2, 20_000.0, 40_000.0), (3, 40_000.0, 41_000.0))
        ),
    )
    return run_id


def api_step_map(api: Api) -> list[dict[str, object]]:
    with api.engine.connect() as connection:
        from orchestrator.store.tables import segments

        return list(connection.execute(segments.select()).one().step_map)


def test_progress_tells_cycle_step_values_and_time_left(api: Api) -> None:
    run_id = running(api, seen_at=NOW + 41_000)

    at = api.get(f"runs/{run_id}")["progress"]

    assert (at["cycle"], at["cycles_done"], at["cycles_total"]) == (3, 2, 40)
    assert (at["step"], at["label"]) == ("discharge (constant current)", "ladder 0.2 A/g")
    assert (at["voltage_V"], at["current_A"], at["elapsed_s"]) == (0.412, -0.00055, 41_000)
    planned_s = api.get(f"runs/{run_id}")["plan"]["estimate"]["duration_s"]
    # the first cycles took less than planned: so will the rest
    assert 0 < at["time_left_s"] < planned_s - 41_000
    assert at["finish_unix_s"] == pytest.approx(NOW + 41_000 + at["time_left_s"])
    assert 0 < at["fraction"] < 1


def test_what_was_seen_too_long_ago_is_unknown_not_running(api: Api) -> None:
    run_id = running(api, seen_at=NOW)
    api.write(insert(nodes).values(instrument="bts-1", holder="pc:1", epoch=1, renewed_unix_s=NOW + 61))

    at = api.get(f"runs/{run_id}")["progress"]
    first, second = api.get("channels")

    assert (at["voltage_V"], at["step"], at["observed_unix_s"]) == (None, None, None)
    assert (first["bench"], first["state"], first["stale"], first["age_s"]) == ("A1", "unknown", True, 61)
    assert (second["bench"], second["state"], second["stale"]) == ("A2", "unknown", True)


def test_a_fresh_channel_shows_what_runs_there(api: Api) -> None:
    run_id = running(api, seen_at=NOW)

    first = api.get("channels")[0]

    assert (first["state"], first["run_id"], first["age_s"], first["stale"]) == ("running", run_id, 0, False)
    assert (first["voltage_V"], first["native_state"]) == (0.412, "working")


def test_cycles_and_events_of_a_run(api: Api) -> None:
    run_id = running(api, seen_at=NOW)
    api.write(insert(events).values(unix_time_s=NOW, actor="engine", kind="note", message="elsewhere", data={}))

    found = api.get(f"runs/{run_id}/cycles")

    assert [(cycle["cycle"], cycle["complete"]) for cycle in found] == [(1, True), (2, True), (3, False)]
    assert [event["kind"] for event in api.get("events", run_id=run_id)] == ["launch"]
    assert [event["kind"] for event in api.get("events", newest=False, limit=1, after=1)] == ["note"]


def test_an_analysis_is_requested_again_and_listed(api: Api) -> None:
    run_id = running(api, seen_at=NOW)

    queued = api.post(f"runs/{run_id}/analyses", 202, name="retention", options={"reference_cycle": 2}, actor="anna")
    unknown = api.post(f"runs/{run_id}/analyses", 422, name="nope", actor="anna")
    wrong = api.post(f"runs/{run_id}/analyses", 422, name="retention", options={"refrence": 2}, actor="anna")

    assert (queued["state"], queued["options"]) == ("queued", {"reference_cycle": 2})
    assert [one["id"] for one in api.get(f"runs/{run_id}/analyses")] == [queued["id"]]
    assert "nope" in unknown["detail"]
    assert "refrence" in wrong["detail"]
