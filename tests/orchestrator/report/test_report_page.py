"""A report through the command line, from results in a database through the service to a file that is read back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orchestrator.report.figure_list import FIGURES
from orchestrator.store import tables
from orchestrator.store.campaign_jobs import change_job, insert_jobs, jobs_of
from orchestrator.store.transactions import writing
from tests.orchestrator.cli.conftest import Prompt, lab, prompt
from tests.orchestrator.launch.bench_lab import fill, make_lab
from tests.orchestrator.report.page import Page, read_page
from tests.orchestrator.report.stored_study import (
    HASH,
    RESISTANCE_WARNING,
    electrochemical_results,
    formation_result,
    ladder_results,
    store_result,
    store_study,
    sweeps_result,
)
from tests.orchestrator.web.served import served

__all__ = ["lab", "prompt"]


@pytest.fixture
def study(prompt: Prompt) -> dict[str, int]:
    assert prompt.engine is not None
    return store_study(prompt.engine)


HEADS_IN_CHINESE = (
    "实测值与论文值对照", "概览", "相关性", "执行计划", "事件", "图 1　", "倍率性能", "等效电路拟合",
    "首次库仑效率", "容量保持率",
    "活化能", "赝电容贡献占比", "扩散系数", "弛豫时间分布", "模拟器设定的真值",
    "阻抗谱 3 未计入：R_ct 结果为负", "已完成",
)  # fmt: skip


def numbers_of(text: str) -> list[str]:
    """In any order: a sentence of another language has its own."""
    return sorted(re.findall(r"\d+(?:\.\d+)?(?:e-?\d+)?", text))


def written(prompt: Prompt, folder: Path, *arguments: object) -> tuple[str, Page]:
    path = folder / "r.html"
    assert prompt.ok("report", *arguments, "-o", path).strip() == str(path)
    text = path.read_text(encoding="utf-8")
    return text, read_page(text)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, int], tuple[str, Page], tuple[str, Page]]:
    """The runs of the study, and reports of all in two languages: drawn once, since that is what takes the time."""
    folder = tmp_path_factory.mktemp("whole")
    laboratory = make_lab(folder)
    fill(laboratory)
    with served(laboratory) as (url, engine):
        runs = store_study(engine)
        english, chinese = (
            written(Prompt(laboratory, url, engine), folder, "--all", "--language", one) for one in ("en", "zh")
        )
    return runs, english, chinese


@pytest.fixture(scope="module")
def whole(both: tuple[dict[str, int], tuple[str, Page], tuple[str, Page]]) -> tuple[dict[str, int], str, Page]:
    """The English one."""
    runs, (text, page), _ = both
    return runs, text, page


def test_every_figure_is_there_and_the_page_asks_nobody(whole: tuple[dict[str, int], str, Page]) -> None:
    _, text, page = whole

    assert {figure["data-kind"] for figure in page.figures} == {kind.key for kind in FIGURES} | {"correlations"}
    assert len(page.figures) == text.count("<svg ") == text.count("</svg>")
    assert "://" not in text
    assert "url(" not in text.replace("url(#", "")
    assert not {"script", "link", "img", "iframe", "object"} & page.tags
    assert "@import" not in text
    assert all(reference.startswith("#") for reference in page.references)
    assert {reference.removeprefix("#") for reference in page.references} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert "SIMULATED" in page.text


def test_numbers_are_those_of_the_results(whole: tuple[dict[str, int], str, Page]) -> None:
    study, _, page = whole

    shown = {row[0]: row for row in page.rows[f"run-{study['low']}"] if len(row) == 4}
    results = electrochemical_results(12.06)
    for value in (*results["arrhenius"].values, *results["impedance_fit"].values):
        number = shown[value.name][1].split(" ± ")[0]
        assert float(number) == pytest.approx(value.value, rel=5e-5)
        assert shown[value.name][2] == ("" if value.unit == "1" else value.unit)
    sweeps = {row[0]: row for row in page.rows[f"run-{study['sweeps']}"] if len(row) == 4}
    diffusion = sweeps_result().value("diffusion coefficient, anodic peak")
    assert float(sweeps[diffusion.name][1].split(" ± ")[0]) == pytest.approx(diffusion.value, rel=5e-5)


def test_a_chinese_report_says_the_same_with_the_same_numbers(
    both: tuple[dict[str, int], tuple[str, Page], tuple[str, Page]],
) -> None:
    _, (_, english), (text, chinese) = both

    assert '<html lang="zh">' in text
    assert [figure["data-kind"] for figure in chinese.figures] == [figure["data-kind"] for figure in english.figures]
    assert chinese.rows.keys() == english.rows.keys()
    for place, rows in english.rows.items():
        assert [list(map(numbers_of, row)) for row in chinese.rows[place]] == [
            list(map(numbers_of, row)) for row in rows
        ]
    said = re.sub(r"(?s)<(svg|style).*?</\1>", "", text)
    assert {head for head in HEADS_IN_CHINESE if head not in said} == set()
    for word in (">Overview<", ">Figures<", ">Plan<", "Figure 1", "coulombic", "capacity", "Lithiation", " left out"):
        assert word not in said


def test_the_papers_values_stand_beside_the_measured_ones(whole: tuple[dict[str, int], str, Page]) -> None:
    _, _, page = whole

    header, *rows = page.rows["paper"]
    assert header == ["quantity", "material", "paper", "measured", "runs", "truth set in the simulator", "unit"]
    named = [row[0] for row in rows]
    ladder = ladder_results()["rate_capability"].value("capacity, ladder 0.2 A/g")
    assert rows[named.index("Capacity at 0.2 A/g")] == [
        "Capacity at 0.2 A/g",
        "SiO@C-l",
        "1217",
        f"{ladder.value:.0f}",
        "1",
        "1217",
        "mAh/g",
    ]
    energy = named.index("Activation energy of charge transfer (Eq. 3)")
    for row, material, told in zip(rows[energy : energy + 2], ("SiO@C-l", "SiO@C-h"), (12.06, 24.53), strict=True):
        assert row[1:3] == [material, f"{told:g}"]
        assert row[5] == f"{told:g}"
        measured = electrochemical_results(told)["arrhenius"].value("activation energy").value
        assert float(row[3]) == pytest.approx(measured, rel=1e-3)


def test_the_truth_is_that_of_a_virtual_lab_only(prompt: Prompt, study: dict[str, int], tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.yaml"
    real = prompt.lab.path.read_text(encoding="utf-8").replace("clock: lab://127.0.0.1:7701\n", "clock: system\n")
    assert "clock: system" in real
    elsewhere.write_text(real, encoding="utf-8")

    _, page = written(prompt, tmp_path, study["ladder"], "--lab", elsewhere)

    assert page.rows["paper"][0] == ["quantity", "material", "paper", "measured", "runs", "unit"]


def test_a_run_comes_with_what_has_to_be_known_of_it(prompt: Prompt, study: dict[str, int], tmp_path: Path) -> None:
    text, page = written(prompt, tmp_path, study["formation"], study["low"])

    assert "Gap: records of cycle 3 are known to be missing" in page.text
    assert "Gap: up to 12 records lost" in page.text
    assert "cell is <warm>" in page.text
    assert "<warm>" not in text
    assert "<b>7</b>" not in text
    assert RESISTANCE_WARNING in page.text
    assert f"code cellbench 0.1.0, input SHA-256 {HASH[:16]}" in page.text
    assert "Python 3." in page.text
    assert {figure["data-runs"] for figure in page.figures if figure["data-kind"] == "voltage-profiles"} == {
        str(study["formation"])
    }
    value = formation_result().value("initial coulombic efficiency").value
    assert f"{value:.3f}" in page.text


def test_the_newest_result_counts(prompt: Prompt, study: dict[str, int], tmp_path: Path) -> None:
    assert prompt.engine is not None
    with writing(prompt.engine) as connection:
        store_result(connection, study["low"], "arrhenius", electrochemical_results(24.53)["arrhenius"])

    _, page = written(prompt, tmp_path, study["low"])

    (row,) = [row for row in page.rows[f"run-{study['low']}"] if row[0] == "activation energy"]
    assert float(row[1].split(" ± ")[0]) == pytest.approx(24.53, rel=0.02)


def test_an_analysis_that_failed_is_named(prompt: Prompt, study: dict[str, int], tmp_path: Path) -> None:
    assert prompt.engine is not None
    with writing(prompt.engine) as connection:
        connection.execute(tables.analyses.update().values(state="failed", result=None, error="no <cycle> is whole"))

    _, page = written(prompt, tmp_path, study["ladder"])

    assert page.figures == []
    assert "rate_capability: failed" in page.text
    assert "no <cycle> is whole" in page.text
    assert "nothing that could be drawn" in page.text


def test_runs_are_chosen_by_cell(prompt: Prompt, study: dict[str, int], tmp_path: Path) -> None:
    _, page = written(prompt, tmp_path, "--cell", "H1")

    assert [place for place in page.rows if place.startswith("run-")] == [f"run-{study['high']}"]


CAMPAIGN = """\
cellbench_campaign: 1
campaign: two-steps
cells: [L1]
benches: {all: [A1]}
steps: [{name: first, protocol: formation, on: all}, {name: ladder, protocol: rate-ladder, on: all}]
"""


def test_a_campaigns_runs_are_reported_together(prompt: Prompt, study: dict[str, int], tmp_path: Path) -> None:
    assert prompt.engine is not None
    (tmp_path / "c.yaml").write_text(CAMPAIGN, encoding="utf-8")
    prompt.ok("campaign", "start", tmp_path / "c.yaml")
    (line,) = prompt.refused("report", "--campaign", 1)
    assert line.startswith("campaign 1 has launched no run yet")
    launched = [study["formation"], study["low"]]
    with writing(prompt.engine) as connection:
        insert_jobs(connection, 1, 1, [("first", "L1", None), ("ladder", "L1", None)])
        for job, run_id in zip(jobs_of(connection, 1), launched, strict=True):
            assert change_job(connection, job.id, "waiting", run_id=run_id, state="done")

    text, page = written(prompt, tmp_path, "--campaign", 1)

    assert [place for place in page.rows if place.startswith("run-")] == [f"run-{number}" for number in launched]
    assert "<title>Campaign 1: two-steps" in text
    assert page.rows["paper"]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        ((), 2, "name runs, a --cell, a --campaign, or --all"),
        (("99",), 1, "99"),
        (("--cell", "nobody"), 1, "nobody"),
        (("--cell", "BARE"), 1, "no run of BARE has ended yet"),
        (("--all", "--cycles", "1,second"), 2, "'second' is no cycle"),
    ],
)
def test_what_cannot_be_reported_is_refused_in_one_line(
    prompt: Prompt, study: dict[str, int], arguments: tuple[str, ...], code: int, says: str
) -> None:
    (line,) = prompt.refused("report", *arguments, code=code)

    assert says in line


def test_the_file_is_named_after_its_runs(
    prompt: Prompt, study: dict[str, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert prompt.ok("report", study["ladder"]).strip() == f"report-run-{study['ladder']}.html"
    assert read_page(Path(f"report-run-{study['ladder']}.html").read_text(encoding="utf-8")).figures
