from __future__ import annotations

import pytest

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


def test_one_entered_value_changes_and_the_others_stay(api_on_both: Api) -> None:
    api = api_on_both
    entered = {"alkali_solubility_pct": "4.8", "raman_shift_per_cm": "15.6"}
    changed = api.http.patch("/api/v1/cells/L1", json={"set_metadata": entered, "actor": "ben"}).json()
    assert changed["metadata"] == {"batch": "7", **entered}

    answer = api.http.patch("/api/v1/cells/L1", json={"set_metadata": {"batch": None}, "area_cm2": 1, "actor": "ben"})
    assert (answer.json()["metadata"], answer.json()["area_cm2"]) == (entered, 1)
    wrong = {"alkali_solubility_pct": "4,8", "thickness_swelling_pct": "6.5"}
    refused = api.http.patch("/api/v1/cells/L1", json={"set_metadata": wrong, "actor": "ben"})
    assert refused.status_code == 422
    assert refused.json()["problems"][0].startswith('alkali_solubility_pct: "4,8" is no plain number')
    assert api.get("cells/L1")["metadata"] == entered
    assert [(event["actor"], event["message"]) for event in api.get("events")] == [
        ("ben", "cell L1 changed: alkali_solubility_pct, raman_shift_per_cm"),
        ("ben", "cell L1 changed: area_cm2, batch"),
    ]


def test_a_table_of_values_is_entered_whole_or_not_at_all(api_on_both: Api) -> None:
    api = api_on_both
    order = {"name": "exsitu.csv", "actor": "ben"}
    wrong = "cell,alkali_solubility_pct\nL1,4.8\nL9,1\n"
    problem = api.post("cells/import", 422, table=wrong, **order)
    assert problem["problems"] == ["exsitu.csv:3 cell L9 is not known; add it: cellbench cell add L9"]
    assert api.get("cells/L1")["metadata"] == {"batch": "7"}
    assert api.get("events") == []

    done = api.post("cells/import", table="cell,alkali_solubility_pct\nL1,4.8\nBARE,21.7\n", **order)
    assert [(one["id"], one["metadata"]) for one in done] == [
        ("L1", {"batch": "7", "alkali_solubility_pct": "4.8"}),
        ("BARE", {"alkali_solubility_pct": "21.7"}),
    ]
    assert api.get("cells/BARE") == done[1]
    assert [event["message"] for event in api.get("events")] == [
        "cell L1 changed from exsitu.csv: alkali_solubility_pct",
        "cell BARE changed from exsitu.csv: alkali_solubility_pct",
    ]


def test_the_library_is_listed_and_read(api: Api) -> None:
    names = [one["name"] for one in api.get("protocols")]

    assert names == sorted(names)
    assert {"cv-scan-rates", "cycling-2c-500", "formation", "gitt", "impedance", "rate-ladder"} <= set(names)
    assert "cellbench: 1" in api.get("protocols/rate-ladder")["source"]
    assert api.http.get("/api/v1/protocols/none").status_code == 404


def test_a_text_is_checked_by_file_and_line(api: Api) -> None:
    source = api.get("protocols/formation")["source"]

    good = {"ok": True, "problems": [], "protocol": "formation", "findings": []}
    assert api.post("protocols/check", source=source, name="mine.yaml") == good
    answer = api.post("protocols/check", source=source + "stepps: []\n", name="mine.yaml")
    (problem,), (finding,) = answer["problems"], answer["findings"]
    assert problem == f"mine.yaml:{finding['line']}  {finding['text']}"
    assert finding["line"] == source.count("\n") + 1
    assert "stepps" in problem


def test_warnings_are_told_by_line_where_nothing_is_wrong(api: Api) -> None:
    source = api.get("protocols/formation")["source"].replace("voltage: 1.5 V}}", "voltage: 3.99 V}}")
    (warning,) = api.post("protocols/check", source=source, name="a: b.yaml", cell="L1")["findings"]

    assert (warning["severity"], warning["line"]) == ("warning", 22)
    assert "outside the cell's window" in warning["text"]
    assert api.post("protocols/check", 409, source=source, cell="L9")["detail"].startswith("cell L9 is not known")


def test_a_cell_that_does_not_suit_is_told_by_line(api: Api) -> None:
    source = api.get("protocols/formation")["source"]
    answer = api.post("protocols/check", source=source, cell="BARE")

    assert (answer["ok"], {one["severity"] for one in answer["findings"]}) == (False, {"error"})
    assert "mass" in answer["findings"][0]["text"]
    assert api.post("protocols/check", source=source)["ok"]


@pytest.mark.parametrize("name", ["/etc/hostname", "../lab.yaml", "lab.yaml", "~/x", "0" * 64])
def test_no_file_is_read_by_a_name_that_a_request_gives(api: Api, name: str) -> None:
    is_hash = name.startswith("000")
    planned = api.post("protocols/plan", 409 if is_hash else 422, protocol=name, cell="L1")["detail"]

    assert api.launch(("L1", "A1"), protocol=name, status=409)["detail"] == planned
    assert "not in the library" in planned or "no version" in planned
    assert api.http.get(f"/api/v1/protocols/{name}").status_code == 404


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
