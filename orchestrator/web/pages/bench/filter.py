"""Which channels are shown: what stands in the address, so that it can be kept as a bookmark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query

from orchestrator.web.bench.card import Card

__all__ = ["ATTENTION", "BenchFilter", "Wanted"]

ATTENTION = "attention"
_Text = Annotated[str, Query(max_length=100)]


@dataclass(frozen=True, slots=True)
class BenchFilter:
    """Empty: whatever it is. ``static/js/bench/filter.js`` says the same."""

    text: str = ""
    """Words, all of which must occur in the bench, channel, cell, protocol, step or state."""
    state: str = ""
    """A :class:`orchestrator.web.bench.card.Group`, or ``attention``."""
    instrument: str = ""
    chamber: str = ""

    @property
    def empty(self) -> bool:
        """Whether everything is shown."""
        return not (self.text or self.state or self.instrument or self.chamber)

    def shows(self, card: Card) -> bool:
        """Whether the card is shown."""
        if self.state and self.state != card.group and not (self.state == ATTENTION and card.attention):
            return False
        if self.instrument not in ("", card.instrument) or self.chamber not in ("", card.chamber or ""):
            return False
        if not self.text:
            return True
        about = " ".join((card.name, card.key, card.cell, card.protocol, card.label, card.step, card.state)).lower()
        return all(word in about for word in self.text.lower().split())


def _filter(q: _Text = "", state: _Text = "", instrument: _Text = "", chamber: _Text = "") -> BenchFilter:
    return BenchFilter(q, state, instrument, chamber)


Wanted = Annotated[BenchFilter, Depends(_filter)]
