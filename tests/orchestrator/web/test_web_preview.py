"""What a technician asks for before a launch: parameters, a preview on a model of the cell, what a cell weighs."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice
from pathlib import Path

import pytest

from orchestrator.cli.model_cells import VirtualCells
from orchestrator.web.rehearsals import Rehearsals
from tests.orchestrator.launch.bench_lab import fill, make_lab
from tests.orchestrator.web.conftest import Api, open_api

VIRTUAL = {"material": "sio_c_l", "active_mass_g": 0.00275, "window_min_V": 0.01, "window_max_V": 1.5}


@pytest.fixture
def api_with_models(tmp_path: Path) -> Iterator[Api]:
    lab = make_lab(tmp_path)
    fill(lab)
    yield from open_api(lab, VirtualCells())


def test_a_protocol_is_carried_out_on_the_virtual_cell(api_with_models: Api) -> None:
    seen = api_with_models.post("protocols/preview", protocol="formation", properties=VIRTUAL)

    assert (seen["protocol"], seen["cycles"]) == ("formation", 5)
    assert seen["cell"].startswith("sio_c_l, 2.75 mg, 1.131 cm², 1C = 3.347 mA, fresh")
    assert seen["shown_until_s"] == seen["duration_s"] > 86_400
    assert len(seen["time_s"]) == len(seen["voltage_V"]) == len(seen["current_A"]) > 300
    assert max(seen["voltage_V"]) <= 1.5 + 1e-3
    assert min(seen["current_A"]) == pytest.approx(-0.1 * 0.00275)
    assert seen["remarks"] == []


def test_of_many_cycles_the_first_are_shown(api_with_models: Api) -> None:
    few = {"cycles": "40", "worn_out": "1 %"}
    seen = api_with_models.post(
        "protocols/preview", protocol="cycling-2c-500", properties=VIRTUAL, parameters=few, formed=True
    )

    assert seen["shown_until_s"] < seen["duration_s"] / 5
    assert seen["time_s"][-1] == pytest.approx(seen["shown_until_s"], abs=0.01)
    assert seen["cell"].endswith("after formation")


def test_without_a_model_it_says_so(api_with_models: Api) -> None:
    for properties in ({**VIRTUAL, "material": "graphite"}, {**VIRTUAL, "material": None}):
        problem = api_with_models.post("protocols/preview", 422, protocol="formation", properties=properties)
        assert "there are sio_c_l, sio_c_m, sio_c_h" in problem["detail"]
    named_by_the_paper = {**VIRTUAL, "material": "SiO@C-l"}
    assert api_with_models.post("protocols/preview", protocol="formation", properties=named_by_the_paper)["time_s"]


def test_a_service_without_models_says_so(api: Api) -> None:
    problem = api.post("protocols/preview", 409, protocol="formation", cell="L1")

    assert "without models" in problem["detail"]


def test_two_wait_for_a_preview_and_the_others_are_told() -> None:
    rehearsals = Rehearsals()
    with ThreadPoolExecutor(5) as people:
        with rehearsals.turn():
            asked = [people.submit(_take_turn, rehearsals) for _ in range(5)]
            refused = list(islice(as_completed(asked, timeout=60), 3))
        waited = [one.result(timeout=60) for one in asked if one not in refused]

    assert waited == ["computed"] * 2
    assert ["ask again in a moment" in str(one.exception()) for one in refused] == [True] * 3
    assert _take_turn(rehearsals) == "computed"


def _take_turn(rehearsals: Rehearsals) -> str:
    with rehearsals.turn():
        return "computed"


def test_a_protocol_is_refused_before_it_is_previewed(api_with_models: Api) -> None:
    wrong = {"protocol": "rate-ladder", "properties": VIRTUAL, "parameters": {"rates": "[0,2 A/g]"}}
    problem = api_with_models.post("protocols/preview", 422, **wrong)

    assert '--set rates: "0,2 A/g" has a decimal comma' in problem["problems"][0]


def test_parameters_stand_with_their_defaults_and_how_they_are_written(api: Api) -> None:
    read = api.post("protocols/parameters", protocol="rate-ladder")

    assert read["name"] == "rate-ladder"
    assert [(one["name"], one["kind"]) for one in read["parameters"]] == [
        ("rates", "current"),
        ("cycles_per_rate", None),
    ]
    assert read["parameters"][0]["default"].startswith("[0.2 A/g, ")
    assert "0.2 A/g" in read["parameters"][0]["examples"]


def test_parameters_of_an_uploaded_text_or_what_is_wrong_with_it(api: Api) -> None:
    source = api.get("protocols/formation")["source"]
    read = api.post("protocols/parameters", protocol="mine.yaml", source=source)
    assert (read["name"], read["file"]) == ("formation", "mine.yaml")

    problem = api.post("protocols/parameters", 422, protocol="mine.yaml", source=source + "stepps: []\n")
    assert problem["problems"][0].startswith("mine.yaml:")


def test_parameters_of_a_stored_version_by_its_hash(api: Api) -> None:
    api.launch(("L1", "A1"))
    sha256 = api.post("protocols/parameters", protocol="formation")["sha256"]

    assert api.post("protocols/parameters", protocol=sha256)["name"] == "formation"
    api.post("protocols/parameters", 409, protocol="0" * 64)


def test_a_plan_says_who_has_the_bench(api: Api) -> None:
    free = api.post("protocols/plan", protocol="formation", cell="L1", bench="A1")
    assert free["obstacle"] is None
    (run,) = api.launch(("L1", "A1"))["runs"]
    api.post("cells", 201, id="L2", active_mass_g=0.003, window_min_V=0.01, window_max_V=1.5, actor="anna")

    taken = api.post("protocols/plan", protocol="formation", cell="L2", bench="A1")
    assert f"has cell L1 in run {run['run_id']}" in taken["obstacle"]


def test_a_cell_is_read_as_it_was_weighed_and_added_so(api: Api) -> None:
    weights = {"electrode_mass": "15.32 mg", "foil_mass": "11.88 mg", "active_fraction": "80 %", "diameter": "12 mm"}
    read = api.post("cells/written", **weights)
    assert read["problems"] == {}
    added = api.post("cells", 201, **{**read["properties"], "id": "W1", "actor": "anna"})
    assert added["active_mass_g"] == pytest.approx(0.002752)
    assert added["metadata"]["diameter_mm"] == "12"

    wrong = api.post("cells/written", **{**weights, "diameter": "12"})
    assert list(wrong["problems"]) == ["diameter"]
    assert wrong["properties"]["active_mass_g"] is None, "nothing of a cell with problems is to be kept"
