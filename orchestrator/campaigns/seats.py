"""Who gets a free bench first: by priority, then by the age of the campaign, then in the order of its file. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestrator.campaigns.actions import WantSeats
from orchestrator.campaigns.definition import PRIORITIES

__all__ = ["Grant", "SeatRequest", "grant_seats"]


@dataclass(frozen=True, slots=True)
class SeatRequest:
    """What a campaign wants, in the order in which its file has it."""

    campaign_id: int
    want: WantSeats


@dataclass(frozen=True, slots=True)
class Grant:
    """A bench for a cell."""

    campaign_id: int
    cell_id: str
    pool: str
    bench: str


def grant_seats(requests: Sequence[SeatRequest], taken: Mapping[str, str]) -> list[Grant]:
    """Give free benches away. Who asks for several gets all of them, or none.

    ``taken``: benches that a cell of any campaign has, or on which anything runs, with the cell ("" if it is unknown):
    nobody but that cell may have them.
    """
    ordered = sorted(requests, key=lambda one: (-PRIORITIES.index(one.want.priority), one.campaign_id))
    has = dict(taken)
    grants: list[Grant] = []
    for request in ordered:
        places = _places(request.want, has)
        for cell_id, bench in zip(request.want.cells, places, strict=False):
            has[bench] = cell_id
            grants.append(Grant(request.campaign_id, cell_id, request.want.pool, bench))
    return grants


def _places(want: WantSeats, has: Mapping[str, str]) -> list[str]:
    """A bench for each, or none at all. Those with the least choice choose first."""
    chosen: dict[str, str] = {}
    for cell_id, candidates in sorted(zip(want.cells, want.candidates, strict=True), key=lambda one: len(one[1])):
        bench = next(
            (one for one in candidates if has.get(one, cell_id) == cell_id and one not in chosen.values()), None
        )
        if bench is None:
            return []
        chosen[cell_id] = bench
    return [chosen[cell_id] for cell_id in want.cells]
