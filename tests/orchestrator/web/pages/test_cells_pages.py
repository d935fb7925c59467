"""The pages of cells, through HTTP."""

from __future__ import annotations

import re

from orchestrator.store.cells import insert_cell
from orchestrator.store.transactions import writing
from protocols.cell import Cell
from tests.orchestrator.launch.bench_lab import NOW
from tests.orchestrator.web.conftest import Api

HOSTILE = "<script>alert(1)<x>"


def text_of(api: Api, path: str, status: int = 200) -> str:
    answer = api.http.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == status, answer.text
    return answer.text


def listed(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/cells/([^"]*)">', page)


def test_every_cell_stands_in_the_list_with_what_is_known_of_it(api_on_both: Api) -> None:
    api = api_on_both
    api.launch(("L1", "A1"))
    page = text_of(api, "/cells")

    assert listed(page) == ["BARE", "L1"]
    assert all(text in page for text in ("2.75 mg", "2.431 mg/cm²", "3.35 mAh", "0.01 … 1.5 V", 'href="/runs/1"'))
    assert listed(text_of(api, "/cells?search=sIo@c")) == ["L1"]
    assert listed(text_of(api, "/cells?search=7")) == ["L1"], "its batch"
    assert "No cell holds this text." in text_of(api, "/cells?search=_")


def test_many_cells_come_in_pages(api: Api) -> None:
    with writing(api.engine) as connection:
        for number in range(60):
            insert_cell(connection, Cell(f"N{number:03}"), now=NOW)
    first, second = text_of(api, "/cells?search=N"), text_of(api, "/cells?search=N&page=2")

    assert (len(listed(first)), len(listed(second))) == (50, 10)
    assert 'rel="next" href="/cells?search=N&amp;page=2"' in first
    assert 'rel="prev" href="/cells?search=N&amp;page=1"' in second
    assert "page 2 of 2" in second
    assert listed(text_of(api, "/cells?page=99")) == []


def test_what_people_wrote_is_shown_as_they_wrote_it(api: Api) -> None:
    api.post("cells", 201, id=HOSTILE, material=HOSTILE, metadata={HOSTILE: HOSTILE}, actor="anna")
    (link,) = re.findall(r'<a href="(/cells/%3C[^"]*)">', text_of(api, "/cells"))

    for path in ("/cells", link, f"/cells?search={HOSTILE}", "/start"):
        page = text_of(api, path)
        assert HOSTILE not in page
        assert "<x>" not in page
    assert "&lt;script&gt;alert(1)&lt;x&gt;" in text_of(api, link)


def test_a_cell_stands_there_with_its_values_and_its_runs(api: Api) -> None:
    (run,) = api.launch(("L1", "A1"))["runs"]
    api.http.patch("/api/v1/cells/L1", json={"set_metadata": {"raman_shift_per_cm": "15.6"}, "actor": "ben"})
    page = text_of(api, "/cells/L1")

    assert re.search(r'<th scope="row">raman_shift_per_cm</th><td>15.6</td>', page)
    assert f'<a href="/runs/{run["run_id"]}">' in page
    assert '<a class="button primary" href="/start?cell=L1">' in page
    assert text_of(api, "/cells/NOBODY", 404)


def test_the_form_holds_what_gives_the_same_values_again(api: Api) -> None:
    page = text_of(api, "/cells/L1")
    written = dict(re.findall(r'name="(\w+)" value="([^"]+)"', page.split('<form class="cell-form" data-cell="L1"')[1]))
    assert written.pop("material") == "SiO@C"
    read = api.post("cells/written", **written)["properties"]

    stored = api.get("cells/L1")
    for name in ("active_mass_g", "area_cm2", "nominal_capacity_Ah", "window_min_V", "window_max_V"):
        assert read[name] == stored[name], name


def test_materials_are_offered_that_other_cells_are_of(api: Api) -> None:
    assert '<option value="SiO@C"></option>' in text_of(api, "/cells")
