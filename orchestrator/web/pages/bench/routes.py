"""``/``: the bench."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from orchestrator.web.bench.card import Group
from orchestrator.web.bench.chamber_card import ChamberCard, look_at_chambers
from orchestrator.web.bench.look import look_at_channels
from orchestrator.web.pages.age import age_text
from orchestrator.web.pages.bench.filter import ATTENTION, BenchFilter, Wanted
from orchestrator.web.pages.bench.shown_card import CardWriter, ShownCard
from orchestrator.web.pages.frame import page
from orchestrator.web.pages.language import language_of, words_of
from orchestrator.web.service import ReadingConnection, ServiceHere

__all__ = ["router"]

router = APIRouter()


@dataclass(frozen=True, slots=True)
class BenchPage:
    """What ``bench/bench.html`` shows."""

    cards: tuple[ShownCard, ...]
    chambers: tuple[ChamberCard, ...]
    counts: dict[str, int]
    """By group, and of what needs attention."""
    wanted: BenchFilter
    instruments: tuple[str, ...]
    now_unix_s: float
    language: str

    @property
    def shown(self) -> int:
        """How many cards the filter lets through."""
        return sum(not card.hidden for card in self.cards)

    def age(self, observed_unix_s: float | None) -> str:
        """How long ago, in the page's words."""
        age_s = None if observed_unix_s is None else self.now_unix_s - observed_unix_s
        return age_text(age_s, words_of(self.language).gettext)


@router.get("/")
def get_bench(request: Request, service: ServiceHere, connection: ReadingConnection, wanted: Wanted) -> HTMLResponse:
    """Every channel and every chamber."""
    now_unix_s = service.now_unix_s(connection)
    made = look_at_channels(connection, service.lab, service.plans, service.bench, now_unix_s)
    chambers = look_at_chambers(connection, service.lab, now_unix_s)
    cards = tuple(one.card for one in made.values())
    counts: Counter[str] = Counter({group.value: 0 for group in Group})
    counts.update(card.group.value for card in cards)
    counts[ATTENTION] = sum(card.attention for card in cards) + sum(chamber.attention for chamber in chambers)
    language = language_of(request)
    writer = CardWriter(language, wanted, now_unix_s)
    bench = BenchPage(
        tuple(map(writer.show, cards)),
        tuple(chambers),
        dict(counts),
        wanted,
        tuple(dict.fromkeys(card.instrument for card in cards)),
        now_unix_s,
        language,
    )
    return page(request, service, "bench/bench.html", bench=bench)
