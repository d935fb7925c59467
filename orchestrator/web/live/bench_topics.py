"""What the start page follows: ``bench``, a row a channel; ``chambers``, a row a chamber."""

from __future__ import annotations

from orchestrator.web.bench.chamber_card import look_at_chambers
from orchestrator.web.bench.look import look_at_channels
from orchestrator.web.live.topic import Rows, Snapshot

__all__ = ["look_at_bench", "look_at_chamber_cards"]


def look_at_bench(snapshot: Snapshot, _argument: str) -> Rows:
    """Keys: ``instrument/channel``; rows: :class:`orchestrator.web.bench.card.Card`."""
    service = snapshot.service
    made = look_at_channels(snapshot.connection, service.lab, service.plans, service.bench, snapshot.now_unix_s)
    return {key: one.row for key, one in made.items()}


def look_at_chamber_cards(snapshot: Snapshot, _argument: str) -> Rows:
    """Keys: the chambers' names; rows: :class:`orchestrator.web.bench.chamber_card.ChamberCard`."""
    cards = look_at_chambers(snapshot.connection, snapshot.service.lab, snapshot.now_unix_s)
    return {card.name: card.as_row() for card in cards}
