"""One analysis of several runs, asked for over HTTP, carried out as the node does it, and found again."""

from __future__ import annotations

from typing import Any

import pytest

from orchestrator.analysis.running import drain
from tests.orchestrator.launch.bench_lab import NOW
from tests.orchestrator.web.conftest import Api

OVER_ALPHA = {"property_name": "alkali_solubility_pct", "value": "thickness_swelling_pct"}


@pytest.fixture
def two_cells(api: Api) -> list[int]:
    """Two runs of cells with something entered."""
    table = "cell,alkali_solubility_pct,thickness_swelling_pct\nL1,4.8,6.5\nBARE,21.7,10.4\n"
    api.post("cells/import", table=table, actor="ben")
    properties = {"active_mass_g": 0.003, "nominal_capacity_Ah": 0.003, "window_min_V": 0.01, "window_max_V": 1.5}
    api.http.patch("/api/v1/cells/BARE", json={**properties, "actor": "ben"})
    return [one["run_id"] for one in api.launch(("L1", "A1"), ("BARE", "A2"))["runs"]]


def work_off(api: Api) -> None:
    url = api.engine.url.render_as_string(hide_password=False)
    drain(url, "test", lambda: NOW)


def found(api: Api, **query: Any) -> list[int]:
    return [one["id"] for one in api.get("analyses", **query)["items"]]


def test_a_correlation_of_two_runs_is_stored_and_belongs_to_both(api: Api, two_cells: list[int]) -> None:
    asked = api.post("analyses", 202, runs=two_cells, name="correlation", options=OVER_ALPHA, actor="ben")
    assert (asked["state"], asked["run_ids"], asked["result"]) == ("queued", two_cells, None)
    work_off(api)

    done = api.get(f"analyses/{asked['id']}")
    values = {one["name"]: one["value"] for one in done["result"]["values"]}
    assert (done["state"], values["n"]) == ("done", 2)
    assert values["slope"] == pytest.approx((10.4 - 6.5) / (21.7 - 4.8))
    for run_id in two_cells:
        assert [one["id"] for one in api.get(f"runs/{run_id}/analyses")] == [asked["id"]]
        (event,) = [one for one in api.get("events", run_id=run_id) if one["kind"] == "analysis"]
        assert (event["actor"], event["data"]["runs"]) == ("ben", two_cells)


def test_every_version_is_kept_with_its_options_code_and_data(api: Api, two_cells: list[int]) -> None:
    first = api.post("analyses", 202, runs=two_cells, name="correlation", options=OVER_ALPHA, actor="ben")
    work_off(api)
    api.http.patch("/api/v1/cells/L1", json={"set_metadata": {"thickness_swelling_pct": "6.6"}, "actor": "ben"})
    nested = {**OVER_ALPHA, "analysis": "cycles", "options": {"first_cycles": 3}}
    second = api.post("analyses", 202, runs=two_cells, name="correlation", options=OVER_ALPHA, actor="ben")
    failing = api.post("analyses", 202, runs=two_cells, name="correlation", options=nested, actor="ben")
    work_off(api)

    lines = api.get("analyses", name="correlation")["items"]
    assert [one["id"] for one in lines] == [failing["id"], second["id"], first["id"]]
    assert all(one["code_version"].startswith("cellbench ") for one in lines)
    assert lines[1]["input_sha256"] != lines[2]["input_sha256"]
    assert "result" not in lines[0]
    assert (lines[0]["state"], lines[0]["options"]["options"]) == ("failed", {"first_cycles": 3})
    assert found(api, state="done", run_id=two_cells[1]) == [second["id"], first["id"]]
    assert found(api, limit=1, offset=2) == [first["id"]]


def test_what_cannot_be_asked_for_leaves_nothing(api: Api, two_cells: list[int]) -> None:
    order = {"runs": [*two_cells, 99], "name": "correlation", "options": OVER_ALPHA, "actor": "ben"}
    assert api.post("analyses", 404, **order)["detail"].startswith("there is no run 99")
    assert "has no option 'prop'" in api.post("analyses", 422, **order | {"options": {"prop": 1}})["detail"]
    assert api.post("analyses", 422, **order | {"runs": []})["problems"]
    assert api.http.get("/api/v1/analyses/7").status_code == 404
    assert found(api) == []
