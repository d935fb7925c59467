"""Where each cell is at each step: it changes place only where a person is asked to move it."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.campaigns.definition import Campaign, Step
from orchestrator.config import Lab
from protocols.errors import Place, Refusal

__all__ = ["misplaced", "place_cells", "too_few_benches", "unfit_benches"]


def place_cells(campaign: Campaign) -> dict[str, str]:
    """The bench of each cell that is somewhere from the start: its own, else one after the other; as far as they go."""
    placed: dict[str, str] = {}
    for pool, benches in campaign.pools.items():
        fixed = campaign.fixed.get(pool, {})
        free = iter([bench for bench in benches if bench not in fixed.values()])
        for cell in campaign.cells:
            first = _first_place(campaign, cell)
            if first is None or first.pool != pool or first.moves:
                continue
            bench = fixed.get(cell) or next(free, None)
            if bench is not None:
                placed[cell] = bench
    return placed


def _first_place(campaign: Campaign, cell: str) -> Step | None:
    """The first step of a cell for which it must be somewhere."""
    return next((step for step in campaign.steps_of(cell) if step.pool is not None), None)


def misplaced(campaign: Campaign) -> Iterator[Refusal]:
    """Steps at which a cell would be needed where nobody has brought it."""
    told: set[str] = set()
    for cell in campaign.cells:
        where: str | None = None
        for step in campaign.steps_of(cell):
            elsewhere = where not in (None, step.pool) and step.protocol is not None
            if elsewhere and step.name not in told:
                told.add(step.name)
                message = f"cell {cell} is on {where} then, and nobody has moved it to {step.pool}"
                move = f'{{name: to-{step.pool}, prompt: "Move cell {{cell}} to {{bench}}", to: {step.pool}}}'
                yield Refusal(Place(step.line, f"steps: {step.name}"), message, f"add before it: - {move}")
            where = step.pool or where


def too_few_benches(campaign: Campaign) -> Iterator[Refusal]:
    """Pools in which cells are from the start, or all at once, with fewer benches than cells."""
    for cell in campaign.cells:
        first = _first_place(campaign, cell)
        if first is not None and not first.moves and cell not in campaign.placed:
            message = f"no bench is left for cell {cell}, which is there from the start"
            remedy = "add benches, or begin with a step that asks a person to put each cell in (prompt, to)"
            yield Refusal(Place(None, f"benches.{first.pool}"), message, remedy)
    for step in campaign.steps:
        if step.together and step.pool is not None and len(step.cells) > len(campaign.pools[step.pool]):
            message = f"{len(step.cells)} cells together, and {step.pool} has {len(campaign.pools[step.pool])} benches"
            yield Refusal(Place(step.line, f"steps: {step.name}"), message, "name fewer cells, or add benches")


def unfit_benches(campaign: Campaign, lab: Lab) -> Iterator[Refusal]:
    """Benches that the lab file does not have, or that are outside the chamber which a step names."""
    for pool, benches in campaign.pools.items():
        for bench in benches:
            if bench not in lab.benches:
                known = ", ".join(list(lab.benches)[:12]) or "none"
                message = f"bench {bench} is not in the lab file {lab.path.name}"
                yield Refusal(Place(None, f"benches.{pool}"), message, f"it has {known}")
    for step in campaign.steps:
        yield from _outside(step, campaign, lab)


def _outside(step: Step, campaign: Campaign, lab: Lab) -> Iterator[Refusal]:
    if step.chamber is None or step.pool is None:
        return
    place = Place(step.line, f"steps: {step.name}")
    if step.chamber not in lab.chambers:
        known = ", ".join(lab.chambers) or "none"
        yield Refusal(place, f"chamber {step.chamber} is not in the lab file", f"it has {known}")
        return
    for bench in campaign.pools[step.pool]:
        there = lab.benches.get(bench)
        if there is not None and there.chamber != step.chamber:
            remedy = f"write chamber: {step.chamber} at {bench} in the lab file, or take another pool"
            yield Refusal(place, f"bench {bench} is not in {step.chamber}", remedy)
