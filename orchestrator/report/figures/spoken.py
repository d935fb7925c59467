"""A figure's words in the language of its report."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from matplotlib.figure import Figure
from matplotlib.text import Text

from orchestrator.report.figures.style import has_letters_of
from orchestrator.report.wording import Wording

__all__ = ["spoken"]


def spoken(draw: Callable[[], Figure], wording: Wording) -> Figure:
    """Draw it. The words stay English where no font of this machine has the letters of the other language."""
    figure = draw()
    if has_letters_of(wording.language):
        for text in _texts(figure):
            text.set_text(_said(text.get_text(), wording))
    return figure


def _said(text: str, wording: Wording) -> str:
    """Of a label that is put together, ``activation energy / kJ/mol``, the name alone is known."""
    said = wording.result(text)
    if said != text or " / " not in text:
        return said
    name, _, unit = text.partition(" / ")
    return f"{wording.result(name)} / {unit}"


def _texts(figure: Figure) -> Iterator[Text]:
    """Titles, labels of axes, legends and remarks; not the numbers at the ticks, which would be laid out for it."""
    yield from figure.texts
    legends = list(figure.legends)
    for axes in figure.axes:
        yield from (axes.title, axes.xaxis.label, axes.yaxis.label, *axes.texts)
        legends += [legend for legend in (axes.get_legend(),) if legend is not None]
    for legend in legends:
        yield from (legend.get_title(), *legend.get_texts())
