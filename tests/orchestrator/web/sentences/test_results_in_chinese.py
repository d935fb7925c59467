"""What analyses say of a run is Chinese for a person who reads Chinese, but for symbols and people's own labels."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from orchestrator.analysis.registry import known_analyses
from orchestrator.analysis.result import AnalysisResult
from orchestrator.web.sentences.book import book_of, result_book_of
from tests.orchestrator.report.stored_study import (
    RESISTANCE_WARNING,
    cycling_results,
    electrochemical_results,
    formation_result,
    ladder_results,
    sweeps_result,
)

ZH = result_book_of("zh")
_WORD = re.compile(r"[A-Za-z]{4,}")
_SAME_EVERYWHERE = {"Kramers", "Kronig", "Warburg", "Theil", "mol", "degC", "ladder", "Gauss", "concentration_mol_cm3"}
"""Names of people, options, and the label of the ladder."""


def results() -> Iterator[AnalysisResult]:
    yield formation_result()
    yield sweeps_result()
    for found in (ladder_results(), cycling_results(), electrochemical_results(12.06)):
        yield from found.values()


def said(result: AnalysisResult) -> Iterator[str]:
    for value in result.values:
        yield value.name
        yield value.note or ""
    yield from result.warnings
    for table in result.tables:
        yield table.name
        for place, column in enumerate(table.columns):
            yield column.name
            if column.name not in ("label", "group", "cell"):
                yield from {row[place] for row in table.rows if isinstance(row[place], str)}  # type: ignore[misc]


def test_nothing_that_the_analyses_say_is_left_in_english() -> None:
    every = {text for result in results() for text in said(result)}

    left = {text: ZH.word(text) for text in every if set(_WORD.findall(ZH.word(text))) - _SAME_EVERYWHERE}

    assert len(every) > 150
    assert left == {}


def test_every_analysis_has_a_name_in_chinese() -> None:
    ours = {"arrhenius", "correlation", "cycles", "dq_dv", "drt", "gitt", "retention", "voltammetry"}

    assert ours <= set(known_analyses())
    assert [name for name in known_analyses() if ZH.word(name) == name] == []


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("initial coulombic efficiency", "首次库仑效率"),
        ("rate_capability", "倍率性能"),
        ("impedance_fit", "等效电路拟合"),
        ("drt", "弛豫时间分布（DRT）"),
        ("retention at cycle 200", "循环 200 的容量保持率"),
        ("surface share at 0.5 mV/s", "0.5 mV/s 时的赝电容贡献占比"),
        ("retention, ladder 1 A/g, time 2", "容量保持率，ladder 1 A/g，第 2 次"),
        ("retention, slow & careful: 2", "容量保持率，slow & careful: 2"),
        ("of ladder 0.2 A/g", "以 ladder 0.2 A/g 为基准"),
        ("of 5", "共 5 个"),
        ("cycles 3, 7-9, 12-14 left out: not complete", "循环 3，7-9，12-14 未计入：不完整"),
        (RESISTANCE_WARNING, "阻抗谱 3 未计入：R_ct 结果为负"),
        ("run 7: cycle 3 left out: not complete", "测试 7：循环 3 未计入：不完整"),
        ("%/cycle", "%/循环"),
        ("a result of somebody's own analysis", "a result of somebody's own analysis"),
    ],
)
def test_field_terms_and_peoples_own_labels(english: str, chinese: str) -> None:
    assert ZH.word(english) == chinese


def test_names_that_a_refusal_offers_to_be_typed_stay() -> None:
    offered = "analysis cycles gives no x for run 3; it gives: initial coulombic efficiency, first charge capacity"

    assert book_of("zh").say(offered).endswith("它给出：initial coulombic efficiency, first charge capacity")


def test_in_english_everything_is_as_it_is_stored() -> None:
    english = result_book_of("en")

    assert [text for result in results() for text in said(result) if english.word(text) != text] == []
