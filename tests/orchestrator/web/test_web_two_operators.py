"""Two people press stop and resume at the same instant: one order wins, and both stand in the event log."""

from __future__ import annotations

from threading import Barrier, Thread

import httpx
import sqlalchemy as sa

from orchestrator.store.tables import events, runs
from orchestrator.store.transactions import reading
from tests.orchestrator.web.conftest import Api

_ROUNDS = 5


def _pressed_at_once(api: Api, run_id: int) -> dict[str, httpx.Response]:
    """Answers by order."""
    answers: dict[str, httpx.Response] = {}
    together = Barrier(2)

    def press(order: str, actor: str) -> None:
        with httpx.Client(base_url=api.http.base_url, timeout=120) as client:
            client.get("/api/v1/channels")  # the connection is open before either presses
            together.wait(120)
            answers[order] = client.post(f"/api/v1/runs/{run_id}/{order}", json={"actor": actor})

    people = [Thread(target=press, args=pressed) for pressed in (("stop", "anna"), ("resume", "ben"))]
    for person in people:
        person.start()
    for person in people:
        person.join(300)
    return answers


def test_the_stop_wins_whoever_was_first_and_both_are_in_the_log(api_on_both: Api) -> None:
    api = api_on_both
    run_id = api.launch(("L1", "A1"))["runs"][0]["run_id"]
    query = sa.select(events.c["actor", "message"]).where(events.c.kind == "order")
    api.write(runs.update().values(state="paused"))
    for _ in range(_ROUNDS):
        api.write(runs.update().values(desired="pause"), sa.delete(events))

        answers = _pressed_at_once(api, run_id)

        with reading(api.engine) as connection:
            assert connection.scalar(sa.select(runs.c.desired)) == "stop"
            logged = [(row.actor, row.message) for row in connection.execute(query.order_by(events.c.id))]
        assert answers["stop"].status_code == 200
        if answers["resume"].status_code == 200:
            assert logged == [("ben", "run"), ("anna", "stop")]
        else:
            assert answers["resume"].status_code == 409
            assert logged == [("anna", "stop"), ("ben", "run refused: a stop was ordered before")]


def test_a_refused_order_is_in_the_log(api: Api) -> None:
    run_id = api.launch(("L1", "A1"))["runs"][0]["run_id"]
    api.post(f"runs/{run_id}/stop", actor="anna")
    api.write(runs.update().values(state="stopping"))

    refused = api.post(f"runs/{run_id}/pause", 409, actor="ben")

    assert "is being stopped and cannot pause" in refused["detail"]
    told = [(event["actor"], event["message"]) for event in api.get("events", run_id=run_id)]
    assert ("ben", "pause refused: a stop was ordered before") in told
