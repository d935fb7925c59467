"""The queue through the API: why everything waits, its order, prompts with their barcodes, the forecast."""

from __future__ import annotations

import sqlalchemy as sa

from orchestrator.store.prompts import raise_prompt
from orchestrator.store.tables import events, runs
from orchestrator.store.transactions import writing
from tests.orchestrator.launch.bench_lab import NOW
from tests.orchestrator.web.conftest import Api

ASKS = """\
cellbench: 1
protocol: asks
limits: {voltage: [-0.05 V, 3.0 V], current: 5 mA}
steps: [{prompt: Fill the cell}, {rest: 10 min}]
"""


def queued(api: Api) -> list[int]:
    return [run["run_id"] for channel in api.get("queue")["channels"] for run in channel["runs"]]


def asked(api: Api) -> None:
    """A run that stands at its prompt, as the node leaves it."""
    api.launch(("L1", "A1"), protocol="asks.yaml", source=ASKS)
    api.write(sa.update(runs).values(state="waiting"))
    with writing(api.engine) as connection:
        raise_prompt(connection, 1, 0, "Fill the cell", now=NOW)


def test_what_waits_on_a_channel_stands_in_order_with_the_reason_and_the_time(api_on_both: Api) -> None:
    api = api_on_both
    api.launch(("L1", "A1"))
    api.launch(("L1", "A1"), protocol="rate-ladder")
    api.write(
        sa.update(runs).where(runs.c.id == 1).values(state="running", started_unix_s=NOW),
        sa.update(runs).where(runs.c.id == 2).values(reason="run 1 has the channel first"),
    )
    [channel] = api.get("queue")["channels"]

    first, second = channel["runs"]
    assert (channel["place"], first["begun"], second["begun"]) == ("A1", True, False)
    assert second["why"] == "run 1 has the channel first"
    assert (first["may_move"], second["may_move"]) == (False, True)
    assert second["start_unix_s"] == first["end_unix_s"] < second["end_unix_s"]
    slots = api.get("forecast")["slots"]
    assert [(slot["step"], slot["campaign_id"], slot["run_id"], slot["begun"]) for slot in slots] == [
        ("formation", None, 1, True),
        ("rate-ladder", None, 2, False),
    ]


def test_the_order_is_changed_and_stays_changed(api: Api) -> None:
    for protocol in ("formation", "rate-ladder", "gitt"):
        api.launch(("L1", "A1"), protocol=protocol)
    answer = api.post("runs/3/move", move="first", actor="anna", reason="hurry")

    assert (answer["message"], answer["order"]) == ("run 3 now comes before run 1", [3, 1, 2])
    assert queued(api) == [3, 1, 2]
    behind = api.launch(("L1", "A1"))["runs"][0]
    assert behind["behind_run_id"] == 2
    assert queued(api) == [3, 1, 2, 4]


def test_what_has_begun_is_not_moved(api: Api) -> None:
    api.launch(("L1", "A1"))
    api.launch(("L1", "A1"))
    api.write(sa.update(runs).where(runs.c.id == 1).values(state="running"))

    assert "run 1 has begun (running)" in api.post("runs/1/move", 409, move="later", actor="anna")["detail"]
    assert "cannot be passed" in api.post("runs/2/move", 409, move="earlier", actor="anna")["detail"]
    assert "there is no run 9" in api.post("runs/9/move", 404, move="earlier", actor="anna")["detail"]
    assert "move" in api.post("runs/2/move", 422, move="sideways", actor="anna")["detail"]
    assert "actor" in api.post("runs/2/move", 422, move="earlier")["detail"]
    assert queued(api) == [1, 2]


def test_a_prompt_is_confirmed_by_the_barcode_of_its_cell_and_by_no_other(api: Api) -> None:
    asked(api)
    [prompt] = api.get("queue")["prompts"]
    assert (prompt["run_id"], prompt["cell"], prompt["bench"], prompt["text"]) == (1, "L1", "A1", "Fill the cell")

    refused = api.post("runs/1/confirm", 409, barcode="L2", actor="anna")
    assert refused["detail"] == "L2 is not the cell of run 1 (L1); nothing was confirmed: scan the right one"
    assert len(api.get("queue")["prompts"]) == 1
    api.post("runs/1/confirm", barcode="L1", actor="anna")
    assert api.get("queue")["prompts"] == []
    with writing(api.engine) as connection:
        said = connection.scalars(sa.select(events.c.message).where(events.c.actor == "anna")).all()
    assert "L2 is not the cell of run 1 (L1); nothing was confirmed" in said
