"""What one look at the bench keeps for the next: whatever cannot have changed meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row

from orchestrator.web.bench.card import Card
from orchestrator.web.bench.facts import Facts, PresentSegment

__all__ = ["BenchMemory", "MadeCard"]

AnyRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class MadeCard:
    """A card, and what it was made of: where that has not changed, neither has the card."""

    facts: Facts
    card: Card
    row: Mapping[str, Any]


@dataclass
class BenchMemory:
    """Replaced part by part by every look, never changed in place: several threads may look at the same time."""

    segments: Mapping[int, PresentSegment] = field(default_factory=dict)
    """By number."""
    ended: Mapping[int, AnyRow] = field(default_factory=dict)
    """Runs that are over, by number."""
    cards: Mapping[str, MadeCard] = field(default_factory=dict)
    """By channel."""
