"""What stands on each channel's card, in the language of the page.

The template writes a thousand of them at a time, and each expression there costs more than a line here: it prints texts
that are ready, and decides nothing. Whatever is no Markup is escaped there.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

from markupsafe import Markup, escape

from orchestrator.web.bench.card import Card, Group
from orchestrator.web.pages.age import age_text
from orchestrator.web.pages.bench.filter import BenchFilter
from orchestrator.web.pages.language import words_of
from orchestrator.web.pages.moment import moment
from orchestrator.web.sentences.book import book_of

__all__ = ["CardWriter", "ShownCard"]


class ShownCard(NamedTuple):
    """The parts of ``bench/cards.html``; an empty text: that part is not there."""

    classes: str
    key: str
    state: str
    hidden: bool
    path: str
    """To its run, else to where one is started."""
    name: str
    badge: str
    where: str
    seen_unix_s: float | None
    age: str
    cell_path: str
    cell: str
    protocol: str
    behind: str
    offer: str
    cycle: str
    label: str
    step: str
    voltage: str
    current: str
    temperature: str
    fraction: float | None
    ends: Markup
    note: str
    detail: str


class CardWriter:
    """For one page; what is the same on all cards is translated once."""

    def __init__(self, language: str, wanted: BenchFilter, now_unix_s: float) -> None:
        self._say = _ = words_of(language).gettext
        self._sentence = book_of(language).say
        self._wanted = wanted
        self._now_unix_s = now_unix_s
        self._offer = _("start a test here")
        self._behind = _("{n} queued behind")
        self._cycle_of = _("cycle {cycle} of {total}")
        self._cycle_of_about = _("cycle {cycle} of about {total}")
        self._ends = escape(_("ends {moment}"))

    def show(self, card: Card) -> ShownCard:
        """One of them."""
        say, free, key = self._say, card.group is Group.FREE, card.key
        cell = "" if free else card.cell
        running = not free and card.run_id is not None
        age_s = None if card.observed_unix_s is None else self._now_unix_s - card.observed_unix_s
        return ShownCard(
            classes=f"channel {card.group} attention" if card.attention else f"channel {card.group}",
            key=key,
            state=card.state,
            hidden=not self._wanted.shows(card),
            path=f"/runs/{card.run_id}" if running else f"/start?bench={quote(card.name, safe='')}",
            name=card.name,
            badge=say(card.state),
            where=("" if card.name == key else key) + (f" · {card.chamber}" if card.chamber else ""),
            seen_unix_s=card.observed_unix_s,
            age=age_text(age_s, say),
            cell_path=f"/cells/{quote(cell)}" if cell else "",
            cell=cell,
            protocol=card.protocol,
            behind=self._behind.format(n=card.queued) if card.queued else "",
            offer=self._offer if free else "",
            cycle=self._cycle(card) if running else "",
            label=card.label if running else "",
            step=say(card.step) if running and card.step else "",
            voltage=card.voltage,
            current=card.current,
            temperature=card.temperature,
            fraction=card.fraction,
            ends=self._end(card.finish_unix_s),
            note=self._note(card),
            detail=self._sentence(card.detail),
        )

    def _cycle(self, card: Card) -> str:
        if not card.cycles_total:
            return ""
        text = self._cycle_of_about if card.cycles_about else self._cycle_of
        return text.format(cycle=card.cycle or "–", total=card.cycles_total)

    def _end(self, finish_unix_s: float | None) -> Markup:
        if finish_unix_s is None:
            return Markup()
        return self._ends.replace("{moment}", moment(finish_unix_s))

    def _note(self, card: Card) -> str:
        if not card.note:
            return ""
        return f"{self._say(card.note)}: " if card.detail else self._say(card.note)
