"""The list of runs and the page of one, through HTTP, and what the page's script asks for."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from orchestrator.analysis.result import AnalysisResult, Column, RunUsed, Table, Value
from orchestrator.store.alarms import raise_alarm
from orchestrator.store.analyses import queue_analysis
from orchestrator.store.events import append_event
from orchestrator.store.tables import analyses, cells, prompts, runs
from orchestrator.store.transactions import reading, writing
from orchestrator.web.drawing.child import carry_out
from orchestrator.web.drawing.drawings import Drawings
from orchestrator.web.drawing.job import DrawingJob, Picture
from orchestrator.web.live.run_topic import look_at_run
from orchestrator.web.live.topic import Snapshot
from orchestrator.web.refusal import WebRefused
from orchestrator.web.service import Service
from tests.orchestrator.launch.bench_lab import NOW
from tests.orchestrator.web.conftest import Api
from tests.orchestrator.web.people_served import people_served
from tests.orchestrator.web.test_web_records import record

HOSTILE = "<script>alert(1)</script>"
CELL = "<img-src=x>"


def page_of(api: Api, path: str) -> str:
    answer = api.http.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return answer.text


def orders_of(page: str) -> dict[str, bool]:
    """By button, whether the page says that it is possible."""
    found = re.findall(r'data-order="(\w+)"[^>]*aria-disabled="(\w+)"', page)
    return {name: disabled == "false" for name, disabled in found}


def result() -> AnalysisResult:
    return AnalysisResult(
        values=(
            Value("capacity kept", 91.234567, "%", 0.12, HOSTILE),
            Value("rate", None, "%", note="too few"),
            Value("corner", 1e5, "Hz"),
        ),
        tables=(Table("fade", (Column("cycle"), Column("kept", "%")), tuple((n, 100.0 - n) for n in range(1, 61))),),
        warnings=(f"cycle 3 left out {HOSTILE}",),
        provenance=(RunUsed(1, ((1, 2), (4, 4))),),
    )


def test_the_list_is_filtered_by_its_address(api: Api) -> None:
    api.launch(("L1", "A1"))
    api.launch(("L1", "A1"))
    api.write(update(runs).where(runs.c.id == 1).values(state="failed", reason=f"cut {HOSTILE}", finished_unix_s=NOW))

    every, ended, none = (page_of(api, path) for path in ("/runs", "/runs?state=ended&cell=L1", "/runs?protocol=x"))

    assert re.findall(r'<a href="/runs/(\d+)">', every) == ["2", "1"]
    assert '<span class="badge failed">failed</span>' in every
    assert f"cut {HOSTILE}" not in every
    assert f"cut {HOSTILE}" in unescape(every)
    assert re.findall(r'<a href="/runs/(\d+)">', ended) == ["1"]
    assert '<option value="ended" selected>' in ended
    assert "No run is like that." in none


def test_the_list_has_pages(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestrator.web.pages.runs.run_list.PAGE", 1)
    api.launch(("L1", "A1"))
    api.launch(("L1", "A1"))

    first, second = page_of(api, "/runs?cell=L1"), page_of(api, "/runs?cell=L1&offset=1")

    assert 'href="/runs?cell=L1&amp;offset=1"' in first
    assert 'rel="prev"' not in first
    assert 'rel="prev" href="/runs?cell=L1"' in second
    assert 'rel="next"' not in second


def test_a_page_stands_with_its_values_before_any_script_runs(api: Api) -> None:
    with writing(api.engine) as connection:
        row = connection.execute(select(cells).where(cells.c.id == "L1")).one()._asdict()
        connection.execute(insert(cells).values(**{**row, "id": CELL}))
    (one,) = api.launch((CELL, "A1"), parameters={"cycles": "3"})["runs"]
    page = page_of(api, f"/runs/{one['run_id']}")

    assert CELL not in page
    assert f"formation on {CELL}" in unescape(page)
    assert '<span id="state" class="badge live-value queued">queued</span>' in page
    assert "A1 (bts-1/27-21-1-1)" in page
    assert "cycles = 3" in page
    assert re.search(r'<li data-item="0" data-line="\d+">line \d+ ', page)
    assert " style=" not in page
    assert "<script>" not in page
    assert orders_of(page) == {"pause": True, "resume": False, "stop": True, "confirm": False}
    assert "Nothing holds this run" in page


def test_the_stop_stands_away_from_the_resume(api: Api) -> None:
    api.launch(("L1", "A1"))
    page = page_of(api, "/runs/1")
    between = page.split('data-order="resume"')[1].split('data-order="stop"')[0]
    assert '<span class="apart"></span>' in between


def test_of_a_run_that_has_ended_every_order_says_why_not(api: Api) -> None:
    api.launch(("L1", "A1"))
    api.write(update(runs).values(state="completed", finished_unix_s=NOW))
    page = page_of(api, "/runs/1")

    assert not any(orders_of(page).values())
    assert page.count("This run has ended.") == 4


def test_what_a_person_is_asked_stands_on_top_and_is_confirmed(api: Api) -> None:
    source = "\n".join(
        (
            "cellbench: 1",
            "protocol: asks",
            "cell: {window: [0.01 V, 1.5 V]}",
            "limits: {voltage: [-0.05 V, 2.0 V], current: 1C}",
            "record: {every: 1 min}",
            "steps:",
            f"  - prompt: '{HOSTILE}'",
            "  - rest: {for: 1 h}",
        )
    )
    api.launch(("L1", "A1"), source=source, protocol="asks")
    api.write(
        update(runs).values(state="waiting"), insert(prompts).values(run_id=1, item=0, text=HOSTILE, raised_unix_s=NOW)
    )
    page = page_of(api, "/runs/1")

    assert HOSTILE not in page
    assert f'<p id="prompt-text">{HOSTILE}</p>' in unescape(page)
    assert orders_of(page)["confirm"]
    assert not orders_of(page)["resume"]
    assert re.search(r'<li data-item="0" data-line="7" aria-current="step">', page)


def test_a_viewer_looks_and_gives_no_orders(tmp_path: Path) -> None:
    with people_served(tmp_path) as people:
        answer = people.browser("olga").post(
            "runs", json={"protocol": "formation", "placements": [{"cell": "L1", "bench": "A1"}]}
        )
        assert answer.status_code == 201, answer.text
        seen = people.browser("vera").get(f"{people.url}/runs/1").text
        steered = people.browser("olga").get(f"{people.url}/runs/1").text
        refused = people.browser("vera").post("runs/1/notes", json={"text": "looks fine"})

    for part in ("data-order=", 'id="note-form"', 'id="analyse-form"'):
        assert part not in seen
        assert part in steered
    assert refused.status_code == 403


def test_a_note_stays_in_the_event_log_and_on_the_plot(api: Api) -> None:
    run_id, _ = record(api)
    with writing(api.engine) as connection:
        append_event(connection, now=1.7e9 + 1234, actor="anna", kind="note", message="before", run_id=run_id)
        raise_alarm(connection, source=f"run {run_id}", message=HOSTILE, now=1.7e9 + 2999)
    written = api.post(f"runs/{run_id}/notes", 201, text=f" contact tightened {HOSTILE} ", actor="anna")
    marks = api.get(f"runs/{run_id}/marks")["marks"]

    assert (written["kind"], written["actor"]) == ("note", "anna")
    assert written["message"] == f"contact tightened {HOSTILE}"
    known = {mark["message"]: mark for mark in marks}
    assert known["before"]["test_time_s"] == 1240.0, "that of the next record"
    assert (known[HOSTILE]["source"], known[HOSTILE]["kind"]) == ("alarm", "critical")
    assert known[HOSTILE]["test_time_s"] == 3000.0
    assert [mark["unix_time_s"] for mark in marks] == sorted(mark["unix_time_s"] for mark in marks)


@pytest.mark.parametrize(("text", "status"), [("", 422), ("  ", 422), ("two\nlines", 422), ("x" * 501, 422)])
def test_a_note_is_one_line(api: Api, text: str, status: int) -> None:
    api.launch(("L1", "A1"))
    told = api.get("runs/1/marks")
    api.post("runs/1/notes", status, text=text, actor="anna")
    assert api.get("runs/1/marks") == told, "what was refused is not kept"


def test_of_a_run_that_is_not_there_nothing_is_told(api: Api) -> None:
    api.post("runs/99/notes", 404, text="hello", actor="anna")
    for path in ("/runs/99", "/runs/99/results", "/runs/99/report", "/runs/99/figures", "/api/v1/runs/99/marks"):
        assert api.http.get(path).status_code == 404, path
    assert api.http.get("/api/v1/runs/99/voltammograms").status_code == 404


def test_results_have_units_uncertainties_warnings_and_versions(api: Api) -> None:
    api.launch(("L1", "A1"))
    with writing(api.engine) as connection:
        for name, state, told in (("retention", "done", result()), ("cycles", "failed", None)):
            key = queue_analysis(connection, 1, name, {"reference_cycle": 2}, now=NOW)
            values: dict[str, Any] = {"state": state, "code_version": "cellbench 0.1.0", "input_sha256": "ab" * 32}
            values["result"] = told.to_json() if told else None
            values["error"] = None if told else f"no {HOSTILE}"
            connection.execute(update(analyses).where(analyses.c.id == key).values(**values))
    page = page_of(api, "/runs/1/results")

    assert HOSTILE not in page
    shown = unescape(page)
    for text in (
        HOSTILE,
        "91.235 ± 0.12",
        "reference_cycle = 2",
        "100000",
        "cellbench 0.1.0",
        "abababababababab",
        "1–2, 4",
    ):
        assert text in shown
    assert "10 more rows stand in" in shown
    assert f"no {HOSTILE}" in shown


def test_results_are_in_the_language_of_the_page_and_labels_stay(api: Api) -> None:
    api.launch(("L1", "A1"))
    told = AnalysisResult(
        values=(
            Value("initial coulombic efficiency", 74.5, "%", note="cycle 1 is missing or left out"),
            Value("fade rate", 0.02, "%/cycle"),
            Value("retention, charge", 0.02, "%"),
        ),
        tables=(Table("rates", (Column("label"), Column("direction")), (("charge", "charge"),)),),
        warnings=("cycle 3 left out: not complete",),
    )
    with writing(api.engine) as connection:
        queue_analysis(connection, 1, "cycles", {}, now=NOW)
        connection.execute(update(analyses).values(state="done", result=told.to_json()))

    english, chinese = (
        unescape(api.http.get("/runs/1/results", headers={"Accept-Language": language}).text)
        for language in ("en", "zh")
    )

    assert "<h3>cycles" in english
    assert "<td>initial coulombic efficiency</td>" in english
    assert "<h3>循环 <code>cycles</code>" in chinese
    assert '<td title="initial coulombic efficiency">首次库仑效率</td><td class="number">74.5</td>' in chinese
    for text in ("循环 1 缺失或未计入", "%/循环", "循环 3 未计入：不完整", "容量保持率，charge"):
        assert text in chinese
    assert '<td class="number">charge</td><td class="number">充电</td>' in chinese


def test_a_stored_result_of_another_form_says_so(api: Api) -> None:
    api.launch(("L1", "A1"))
    with writing(api.engine) as connection:
        queue_analysis(connection, 1, "retention", {}, now=NOW)
        connection.execute(update(analyses).values(state="done", result={"version": 9}))
    assert "result of version 9; this code reads version 1" in page_of(api, "/runs/1/results")


def test_what_the_page_follows_changes_only_when_something_has(api: Api) -> None:
    run_id, _ = record(api)
    service = Service(api.lab, api.engine)
    with reading(api.engine) as connection:
        first, later = (look_at_run(Snapshot(service, connection, now), str(run_id)) for now in (NOW, NOW + 50))
        assert first == later
        assert first["data"]["end_s"] == 6000.0
        assert first["orders"]["pause"] == ""
        assert first["run"]["state"] == "queued"
        for nothing in ("", "99", "-1", "x", "1;", "9" * 30, "²"):
            assert look_at_run(Snapshot(service, connection, NOW), nothing) == {}
    api.post(f"runs/{run_id}/notes", 201, text="hello", actor="anna")
    with reading(api.engine) as connection:
        changed = look_at_run(Snapshot(service, connection, NOW), str(run_id))
    assert changed["data"]["event"] > first["data"]["event"]
    assert changed["run"] == first["run"]


def test_the_report_is_complete_in_itself_and_may_run_nothing(api: Api) -> None:
    record(api)
    api.post("runs/1/notes", 201, text="contact tightened", actor="anna")
    api.http.timeout = 200  # a busy machine is no defect
    answer = api.http.get("/runs/1/report", params={"download": 1})

    assert answer.status_code == 200, answer.text
    assert "<h3>Run 1: formation on L1</h3>" in answer.text
    assert "<td>contact tightened</td>" in answer.text
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "script" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Disposition"] == 'attachment; filename="report-run-1.html"'


def test_the_report_is_in_the_language_of_the_page_and_its_tag_with_it(api: Api) -> None:
    record(api)
    api.http.timeout = 200  # a busy machine is no defect
    wanted = {"en": "<h3>Run 1: formation on L1</h3>", "zh": "<h3>测试 1：formation，电芯 L1</h3>"}
    answers = {one: api.http.get("/runs/1/report", headers={"Accept-Language": one}) for one in wanted}

    assert {one for one in wanted if wanted[one] in answers[one].text} == {"en", "zh"}
    assert "<title>测试 1</title>" in answers["zh"].text
    tags = {one: answer.headers["ETag"] for one, answer in answers.items()}
    assert tags["en"] != tags["zh"]
    assert {answer.headers["Vary"] for answer in answers.values()} == {"Accept-Language, Cookie"}
    for asked, known, status in (("en", "en", 304), ("zh", "zh", 304), ("zh", "en", 200)):
        headers = {"Accept-Language": asked, "If-None-Match": tags[known]}
        assert api.http.get("/runs/1/report", headers=headers).status_code == status
    assert api.http.get("/runs/1/report", headers={"Cookie": "cellbench_language=zh"}).headers["ETag"] == tags["zh"]


def test_a_figure_is_a_whole_file_of_what_an_analysis_found(api: Api) -> None:
    run_id, _ = record(api)
    job = DrawingJob(api.lab, (run_id,), f"Run {run_id}", "figures", NOW)
    assert carry_out(job) == [], "there is no result yet"
    columns = (Column("cycle"), Column("charge capacity", "mAh"), Column("discharge capacity", "mAh"))
    rows = tuple((number, 3.0, 3.1) for number in range(1, 6))
    whole = (*columns, Column("excluded"), Column("coulombic efficiency", "%"))
    table = Table("cycles", whole, tuple((*row, "", 97.0) for row in rows))
    with writing(api.engine) as connection:
        queue_analysis(connection, run_id, "cycles", {}, now=NOW)
        told = AnalysisResult(tables=(table,)).to_json()
        connection.execute(update(analyses).values(state="done", result=told, finished_unix_s=NOW))

    (picture,) = carry_out(job)

    assert isinstance(picture, Picture)
    assert picture.key == "cycling"
    assert 'xmlns="http://www.w3.org/2000/svg"' in picture.svg
    (chinese,) = carry_out(replace(job, language="zh"))
    assert isinstance(chinese, Picture)
    assert chinese.title == "循环性能：formation"


class _Counted(Drawings):
    """Draws nothing, and counts how often it is asked to."""

    def __init__(self) -> None:
        super().__init__()
        self.drawn = 0

    async def _draw(self, job: DrawingJob) -> list[Picture]:
        self.drawn += 1
        await asyncio.sleep(0)
        if job.run_ids == (13,):
            raise WebRefused("no")
        return [Picture("nyquist", job.title, "", "<svg/>")]


def test_what_several_pages_ask_for_is_drawn_once(api: Api) -> None:
    drawings = _Counted()
    job = DrawingJob(api.lab, (7,), "Run 7", "figures", NOW)

    async def ask_five_times() -> None:
        found = await asyncio.gather(*(drawings.ask(job, "a") for _ in range(5)))
        assert [one[0].title for one in found if isinstance(one, list)] == ["Run 7"] * 5
        await drawings.ask(job, "a")
        assert drawings.drawn == 1
        await drawings.ask(job, "b")  # there is a newer result
        assert drawings.drawn == 2
        for _ in range(2):  # what failed is tried again
            with pytest.raises(WebRefused):
                await drawings.ask(DrawingJob(api.lab, (13,), "Run 13", "figures", NOW), "a")
        assert drawings.drawn == 4

    asyncio.run(ask_five_times())
