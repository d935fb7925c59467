"""When everything that is still to be done is expected to begin and to end: benches and chambers are played through.

A pure function. It assumes that conditions are met, that nothing fails, and that a person takes PERSON_S.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

__all__ = ["PERSON_S", "Slot", "Work", "forecast"]

PERSON_S = 900.0
"""Until somebody has done what a prompt asks for."""


@dataclass(frozen=True, slots=True)
class Work:
    """One job that is not over, or one that a campaign will have when it begins."""

    campaign_id: int
    step: str
    cell_id: str
    duration_s: float
    priority: int = 1
    pool: str | None = None
    candidates: tuple[str, ...] = ()
    """Benches that it may have, best first; those of a pool where the cell has none yet."""
    chamber: str | None = None
    """Whose temperature it sets; nobody else may at the same time."""
    together: bool = False
    """With all the others of its step."""
    ready_unix_s: float = 0.0
    """Not before."""
    started_unix_s: float | None = None
    ends_unix_s: float | None = None
    """Of what runs."""
    job_id: int | None = None
    run_id: int | None = None
    by_hand: bool = False
    """A person does it."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Where and when."""

    work: Work
    bench: str | None
    start_unix_s: float | None
    """None, as the end: it cannot be told, since a bench never becomes free."""
    end_unix_s: float | None


@dataclass
class _Plan:
    """What is known so far. A cell keeps its bench until it has gone through what it does there."""

    now: float
    bench_free: dict[str, float]
    holder: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    """By bench the cell and pool that have it."""
    chamber_free: dict[str, float] = field(default_factory=dict)
    cell_free: dict[str, float] = field(default_factory=dict)
    pending: list[Work] = field(default_factory=list)
    slots: list[Slot] = field(default_factory=list)


def forecast(works: Sequence[Work], busy: Mapping[str, float], now: float) -> list[Slot]:
    """A slot for every piece of work, in the order in which they begin. ``works``: of each cell in its order.

    ``busy``: benches on which something else runs, and until when.
    """
    plan = _Plan(now, dict(busy))
    for work in works:
        if work.ends_unix_s is not None:
            _put(plan, work, work.candidates[0] if work.candidates else None, work.started_unix_s or now)
        else:
            plan.pending.append(work)
    _hold_seats(plan)
    _release(plan)
    while plan.pending:
        best = min(_choices(plan), default=None, key=lambda one: (one[0], one[1]))
        if best is None:
            break
        start, _, group, places = best
        for work in group:
            plan.pending.remove(work)
        for work, bench in zip(group, places, strict=True):
            _put(plan, work, bench, start)
        _release(plan)
    never = [Slot(work, None, None, None) for work in plan.pending]
    return sorted(plan.slots, key=lambda slot: slot.start_unix_s or 0.0) + never


_Choice = tuple[float, tuple[int, int], list[Work], list[str | None]]


def _hold_seats(plan: _Plan) -> None:
    """Who has a bench already, and nobody else to choose from, keeps it."""
    seen: set[tuple[str, str | None]] = set()
    for work in plan.pending:
        if work.job_id is not None and len(work.candidates) == 1 and (work.cell_id, work.pool) not in seen:
            plan.holder.setdefault(work.candidates[0], (work.cell_id, work.pool))
        seen.add((work.cell_id, work.pool))


def _choices(plan: _Plan) -> Iterator[_Choice]:
    """What could be next: when it could begin, its rank, who, and where."""
    for number, group in enumerate(_groups(plan)):
        places = _places(plan, group)
        if places is None:
            continue
        starts = [_start(plan, work, bench) for work, bench in zip(group, places, strict=True)]
        if max(starts) < math.inf:
            yield max(starts), (-group[0].priority, number), group, places


def _groups(plan: _Plan) -> list[list[Work]]:
    """The next piece of work of each cell; together where all of a step have come to it."""
    first: dict[tuple[int, str], Work] = {}
    for work in plan.pending:
        first.setdefault((work.campaign_id, work.cell_id), work)
    groups: list[list[Work]] = []
    for work in first.values():
        if not work.together:
            groups.append([work])
            continue
        all_of_it = [one for one in plan.pending if (one.campaign_id, one.step) == (work.campaign_id, work.step)]
        if all_of_it[0] is work and all(first[one.campaign_id, one.cell_id] is one for one in all_of_it):
            groups.append(all_of_it)
    return groups


def _places(plan: _Plan, group: Sequence[Work]) -> list[str | None] | None:
    """The bench of each that becomes free first; None: not all of them find one."""
    chosen: list[str | None] = []
    for work in group:
        if not work.candidates:
            chosen.append(None)
            continue
        mine = [bench for bench, holder in plan.holder.items() if holder == (work.cell_id, work.pool)]
        free = [bench for bench in work.candidates if bench not in plan.holder and bench not in chosen]
        offered = mine or free
        if not offered:
            return None
        chosen.append(min(offered, key=lambda bench: plan.bench_free.get(bench, 0.0)))
    return chosen


def _start(plan: _Plan, work: Work, bench: str | None) -> float:
    return max(
        plan.now,
        work.ready_unix_s,
        plan.cell_free.get(work.cell_id, 0.0),
        plan.bench_free.get(bench or "", 0.0),
        plan.chamber_free.get(work.chamber or "", 0.0) if work.chamber else 0.0,
    )


def _put(plan: _Plan, work: Work, bench: str | None, start: float) -> None:
    end = work.ends_unix_s if work.ends_unix_s is not None else start + work.duration_s
    end = max(end, plan.now)
    plan.slots.append(Slot(work, bench, start, end))
    plan.cell_free[work.cell_id] = end
    if work.chamber:
        plan.chamber_free[work.chamber] = max(end, plan.chamber_free.get(work.chamber, 0.0))
    if bench is None:
        return
    plan.bench_free[bench] = max(end, plan.bench_free.get(bench, 0.0))
    for other in [one for one, holder in plan.holder.items() if holder[0] == work.cell_id and one != bench]:
        del plan.holder[other]  # it has been moved
        plan.bench_free[other] = max(end, plan.bench_free.get(other, 0.0))
    plan.holder[bench] = (work.cell_id, work.pool)


def _release(plan: _Plan) -> None:
    """Cells that have gone through everything, or that need no bench any more, leave theirs."""
    needed = {work.cell_id for work in plan.pending}
    for bench in [bench for bench, holder in plan.holder.items() if holder[0] not in needed]:
        del plan.holder[bench]
