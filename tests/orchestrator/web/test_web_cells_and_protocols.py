from __future__ import annotations

from tests.orchestrator.web.conftest import Api

GRACE = {"id": "0042", "active_mass_g": 0.003, "window_min_V": 0.01, "window_max_V": 1.5, "actor": "anna"}


def test_a_cell_is_added_changed_and_listed(api_on_both: Api) -> None:
    api = api_on_both
    added = api.post("cells", 201, **GRACE)
    changed = api.http.patch("/api/v1/cells/0042", json={"area_cm2": 1.1, "actor": "ben"}).json()

    assert added["id"] == "0042"
    assert (changed["active_mass_g"], changed["area_cm2"]) == (0.003, 1.1)
    assert [cell["id"] for cell in api.get("cells")] == ["0042", "BARE", "L1"]
    assert api.get("cells/0042") == changed
    log = api.get("events")
    assert [(event["actor"], event["message"]) for event in log] == [
        ("anna", "cell 0042 added"),
        ("ben", "cell 0042 changed: area_cm2"),
    ]


def test_a_barcode_is_taken_once(api: Api) -> None:
    problem = api.post("cells", 409, id="L1", actor="anna")

    assert problem["detail"].startswith("cell L1 is known already")
    assert api.get("events") == []


def test_a_window_stays_a_window_when_one_end_moves(api: Api) -> None:
    answer = api.http.patch("/api/v1/cells/L1", json={"window_min_V": 1.6, "actor": "ben"})

    assert (answer.status_code, answer.json()["problems"]) == (422, ["window_min_V must be below window_max_V"])
    assert api.get("cells/L1")["window_min_V"] == 0.01


def test_the_library_is_listed_and_read(api: Api) -> None:
    names = [one["name"] for one in api.get("protocols")]

    assert names == sorted(names)
    assert {"cv-scan-rates", "cycling-2c-500", "formation", "gitt", "impedance", "rate-ladder"} <= set(names)
    assert "cellbench: 1" in api.get("protocols/rate-ladder")["source"]
    assert api.http.get("/api/v1/protocols/none").status_code == 404


def test_a_text_is_checked_by_file_and_line(api: Api) -> None:
    source = api.get("protocols/formation")["source"]

    assert api.post("protocols/check", source=source, name="mine.yaml") == {"ok": True, "problems": []}
    (problem,) = api.post("protocols/check", source=source + "stepps: []\n", name="mine.yaml")["problems"]
    assert problem.startswith("mine.yaml:")
    assert "stepps" in problem


def test_a_plan_is_previewed_for_a_known_cell_at_a_bench(api: Api) -> None:
    plan = api.post(
        "protocols/plan", protocol="rate-ladder", cell="L1", bench="A1", parameters={"cycles_per_rate": "1"}
    )

    assert plan["estimate"]["cycles"] == 8
    assert any("-0.55 mA" in line for line in plan["description"])
    assert plan["plan"]["cell"]["id"] == "L1"


def test_a_plan_is_previewed_for_a_cell_that_is_only_described(api: Api) -> None:
    properties = {"active_mass_g": 0.001, "nominal_capacity_Ah": 0.001, "window_min_V": 0.01, "window_max_V": 1.5}
    plan = api.post("protocols/plan", protocol="rate-ladder", properties=properties)

    assert any("-0.2 mA" in line for line in plan["description"])
    refused = api.post("protocols/plan", 422, protocol="rate-ladder")
    assert refused["problems"] == ["name a cell, or give its properties"]
