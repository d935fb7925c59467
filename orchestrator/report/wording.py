"""In which language a report speaks: what it says itself, and what has been said of its runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.web.pages.language import words_of
from orchestrator.web.sentences.book import book_of, result_book_of
from orchestrator.web.sentences.row import said_row

__all__ = ["ENGLISH", "N_", "Wording"]

N_ = str
"""Marks a text for the catalogue; it is translated where it is shown."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One language. Everything is stored in English; what is not known in another stays as it is."""

    language: str

    def t(self, text: str, **values: object) -> str:
        """A text of the report, with what is filled in."""
        said = words_of(self.language).gettext(text)
        return said.format(**values) if values else said

    def say(self, sentence: str) -> str:
        """What the engine, a driver or a person has said."""
        return book_of(self.language).say(sentence)

    def row(self, line: str) -> str:
        """A line of a plan. English ones stand in their columns already, and a study has thousands."""
        return line if self.language == ENGLISH.language else said_row(book_of(self.language), line)

    def result(self, text: str) -> str:
        """What an analysis calls, notes or warns of, or a headline."""
        return result_book_of(self.language).word(text)

    def analysis(self, name: str) -> str:
        """What an analysis is called, and behind it what it is asked for by."""
        said = self.result(name)
        return said if said == name else f"{said} {name}"

    def quantity(self, name: str, unit: str) -> str:
        """Head of a column: ``首次库仑效率 / %``."""
        return f"{self.result(name)} / {self.result(unit)}" if unit not in ("", "1") else self.result(name)

    def title(self, run_ids: Iterable[int]) -> str:
        """Of a report of these runs."""
        runs = list(run_ids)
        if len(runs) == 1:
            return self.t("Run {run}", run=runs[0])
        return self.t("{count} runs, {first} to {last}", count=len(runs), first=runs[0], last=runs[-1])

    def campaign_title(self, campaign_id: int, name: str) -> str:
        """Of a report of a campaign's runs."""
        return self.t("Campaign {campaign}: {name}", campaign=campaign_id, name=name)


ENGLISH = Wording("en")
