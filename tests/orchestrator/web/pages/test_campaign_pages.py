"""The pages of campaigns, through HTTP."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import Executable, insert, update

from orchestrator.campaigns.round import Round
from orchestrator.instruments import open_cycler
from orchestrator.store.analyses import queue_analysis
from orchestrator.store.tables import alarms, analyses, cells
from orchestrator.store.transactions import writing
from orchestrator.web.drawing.child import carry_out
from orchestrator.web.drawing.content_version import content_version
from orchestrator.web.drawing.drawings import Drawings
from orchestrator.web.drawing.job import DrawingJob
from tests.orchestrator.launch.bench_lab import NOW
from tests.orchestrator.web.conftest import Api
from tests.orchestrator.web.pages.test_cells_pages import text_of

HOSTILE = "<script>alert(1)<x>"
CAMPAIGN = f"""\
cellbench_campaign: 1
campaign: moved
description: "What people write: {HOSTILE}"
cells: [L1]
benches: {{neware: [A1]}}
steps:
  - {{name: put-in, prompt: "Put {{cell}} into {{bench}} {HOSTILE}", to: neware}}
  - {{name: formation, protocol: formation, on: neware}}
  - name: ladder
    protocol: rate-ladder
    on: neware
    when: {{result: cycles.initial coulombic efficiency, of: formation, above: 40 %}}
"""

SECOND = {
    "id": "L2",
    "active_mass_g": 0.003,
    "nominal_capacity_Ah": 0.003,
    "window_min_V": 0.01,
    "window_max_V": 1.5,
    "actor": "anna",
}
TWO_RUNS = """\
cellbench_campaign: 1
campaign: both
cells: [L1, L2]
benches: {neware: [A1, A2]}
steps: [{name: formation, protocol: formation, on: neware}]
"""


def start(api: Api, *, looked_at: bool = True) -> None:
    api.post("campaigns", 201, name="moved.yaml", source=CAMPAIGN, actor="anna")
    if looked_at:
        look(api)


def look(api: Api) -> None:
    """As the node does."""
    cycler = open_cycler(api.lab, "bts-1")
    try:
        Round(api.lab, api.engine, lambda _: cycler, lambda _: None).run(NOW)
    finally:
        cycler.close()


def test_the_list_has_each_with_its_state_and_its_jobs(api: Api) -> None:
    assert "There is no campaign yet." in text_of(api, "/campaigns")
    start(api)
    page = text_of(api, "/campaigns")
    assert re.findall(r'<a href="/campaigns/(\d+)">([^<]+)', page) == [("1", "moved")]
    assert "1 asking, 2 waiting" in page
    assert text_of(api, "/campaigns/rows").strip() in page


def test_one_has_a_table_of_cells_and_steps_with_what_each_waits_for(api: Api) -> None:
    start(api)
    page = text_of(api, "/campaigns/1")

    assert re.findall(r'<th scope="col">(put-in|formation|ladder)</th>', page) == ["put-in", "formation", "ladder"]
    jobs = page.split('<table class="jobs">')[1].split("</table>")[0]
    assert re.findall(r'<span class="badge (\w+) live-value">', jobs) == ["asking", "waiting", "waiting"]
    assert "<p>after put-in</p>" in jobs
    assert "<p>after formation</p>" in jobs
    assert "<p>if cycles of formation: initial coulombic efficiency above 40 %</p>" in jobs
    assert "Only if cycles of formation" in page
    assert "campaign 1 (moved) was handed in" in page
    assert re.findall(r'data-order="(\w+)"', page) == ["pause", "stop"]


def test_before_it_has_begun_its_table_says_what_is_to_come(api: Api) -> None:
    start(api, looked_at=False)
    assert text_of(api, "/campaigns/1").count("to come</span>") == 3


def test_what_is_asked_is_confirmed_by_the_cell_and_then_gone_from_the_page(api: Api) -> None:
    start(api)
    assert 'data-path="campaigns/1/confirm"' in text_of(api, "/campaigns/1/prompts")
    wrong = api.post("campaigns/1/confirm", 409, barcode="L9", actor="anna")["detail"]
    assert wrong == "L9 is not the cell that is asked for (L1 to A1); nothing was confirmed: scan the right one"
    api.post("campaigns/1/confirm", barcode="L1", actor="anna")
    assert text_of(api, "/campaigns/1/prompts").strip() == ""
    assert "confirmed by anna" in text_of(api, "/campaigns/1/body")


def test_what_people_wrote_is_shown_as_they_wrote_it(api: Api) -> None:
    start(api)
    for path in ("/campaigns", "/campaigns/1", "/campaigns/1/events", "/campaigns/1/forecast", "/queue"):
        assert HOSTILE not in text_of(api, path)
    assert "What people write: &lt;script&gt;" in text_of(api, "/campaigns/1")


def test_one_that_has_been_stopped_takes_no_more_orders(api: Api) -> None:
    start(api)
    api.post("campaigns/1/stop", actor="anna")
    look(api)
    page = text_of(api, "/campaigns/1")
    assert "data-order" not in page
    assert 'class="badge stopped live-value"' in page


def test_handing_in_offers_the_library(api: Api) -> None:
    page = text_of(api, "/campaigns/new")
    assert '<option value="sio-fast-charging">' in page
    assert text_of(api, "/campaigns/77", 404)


def test_the_report_is_of_every_run_and_drawn_anew_only_when_one_of_them_has_changed(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[DrawingJob] = []

    async def draw(_: Drawings, job: DrawingJob) -> str:
        drawn.append(job)
        return f"<h1>{job.title}</h1>"

    monkeypatch.setattr(Drawings, "_draw", draw)
    api.post("cells", 201, **SECOND)
    api.post("campaigns", 201, name="both.yaml", source=TWO_RUNS, actor="anna")
    look(api)
    assert 'href="/campaigns/1/report.html?download=1" download>' in text_of(api, "/campaigns/1")

    answer = api.http.get("/campaigns/1/report.html", params={"download": 1})
    known = {"If-None-Match": answer.headers["ETag"]}

    assert (answer.status_code, answer.text) == (200, "<h1>Campaign 1: both</h1>")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="report-campaign-1.html"'
    assert api.http.get("/campaigns/1/report", headers=known).status_code == 304
    assert api.http.get("/campaigns/1/report").status_code == 200
    assert [job.run_ids for job in drawn] == [(1, 2)], "what is kept is not drawn again"
    with writing(api.engine) as connection:
        key = queue_analysis(connection, 2, "cycles", {}, now=NOW)
        connection.execute(update(analyses).where(analyses.c.id == key).values(state="done", finished_unix_s=NOW))
    changed = api.http.get("/campaigns/1/report", headers=known)
    assert (changed.status_code, len(drawn)) == (200, 2)


@pytest.mark.parametrize(
    "change",
    [
        update(cells).where(cells.c.id == "L2").values(metadata={"residual_stress_MPa": "-310"}),
        insert(alarms).values(raised_unix_s=NOW, severity="warning", source="bts-1", message="silent"),
    ],
    ids=["a value entered with a cell", "an alarm"],
)
def test_a_report_that_would_show_something_else_has_another_tag(api: Api, change: Executable) -> None:
    api.post("cells", 201, **SECOND)
    api.post("campaigns", 201, name="both.yaml", source=TWO_RUNS, actor="anna")
    look(api)
    with writing(api.engine) as connection:
        before = content_version(connection, (1, 2), "report", "en")
        assert content_version(connection, (1, 2), "report", "en") == before
        assert connection.execute(change).rowcount == 1
        assert content_version(connection, (1, 2), "report", "en") != before


def test_a_campaign_without_runs_has_no_report(api: Api) -> None:
    api.post("cells", 201, **SECOND)
    api.post("campaigns", 201, name="both.yaml", source=TWO_RUNS, actor="anna")
    assert "as soon as it has runs" in text_of(api, "/campaigns/1")
    assert "has launched no run yet" in api.http.get("/campaigns/1/report.html").json()["detail"]
    for path, status in (("1/report.html", 404), ("77/report", 404), ("0/report.html", 422)):
        assert api.http.get(f"/campaigns/{path}").status_code == status, path


def test_the_report_of_several_runs_has_the_campaign_above_it(api: Api) -> None:
    api.post("cells", 201, **SECOND)
    api.launch(("L1", "A1"), ("L2", "A2"))
    text = carry_out(DrawingJob(api.lab, (1, 2), "Campaign 1: <b>", "report", NOW))
    assert isinstance(text, str)
    assert "Campaign 1: &lt;b&gt;" in text
    for number, cell in ((1, "L1"), (2, "L2")):
        assert f"<h3>Run {number}: formation on {cell}</h3>" in text
