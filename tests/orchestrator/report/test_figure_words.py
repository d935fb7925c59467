"""Words in figures are in the report's language where a font has its letters, and English where none has."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

from orchestrator.report.figures import style
from orchestrator.report.figures.spoken import spoken
from orchestrator.report.wording import Wording


def drawn() -> Figure:
    figure = Figure()
    axes = figure.subplots()
    axes.set(xlabel="voltage / V", ylabel="activation energy / kJ/mol")
    axes.set_title("charge (run 7)")
    axes.plot([1, 2], [3, 4], label="charge (run 7), b = 0.860")
    axes.plot([1, 2], [4, 5], label="R_ct")
    axes.legend()
    figure.legend(*axes.get_legend_handles_labels())
    axes.text(1, 3, "surface")
    return figure


def words(figure: Figure) -> list[str]:
    (axes,) = figure.axes
    legends = [one.get_text() for legend in (axes.get_legend(), figure.legends[0]) for one in legend.get_texts()]
    return [axes.get_xlabel(), axes.get_ylabel(), axes.get_title(), axes.texts[0].get_text(), *legends]


def test_they_are_chinese_where_a_font_has_the_letters_and_names_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(style, "_font", lambda language: "DejaVu Sans" if language == "zh" else None)

    said = words(spoken(drawn, Wording("zh")))

    legend = ["charge (测试 7), b = 0.860", "R_ct"]
    assert said == ["电压 / V", "活化能 / kJ/mol", "charge (测试 7)", "赝电容", *legend, *legend]
    assert words(spoken(drawn, Wording("en"))) == words(drawn())


def test_they_are_english_where_no_font_has_the_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(style, "_font", lambda _language: None)

    assert words(spoken(drawn, Wording("zh"))) == words(drawn())
    assert style.style_of("zh") == style.STYLE
