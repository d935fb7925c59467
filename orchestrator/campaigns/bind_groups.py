"""Cells by group and benches by pool, with what was given beside the file in their place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orchestrator.campaigns.schema import CampaignFile, Pool
from protocols.errors import Place, Refusal, quoted
from protocols.schema.section import unknown_word

__all__ = ["ALL", "bind_cells", "bind_pools"]

ALL = "all"
"""What the group of a flat list is called, and every cell of a campaign."""

Groups = dict[str, tuple[str, ...]]


def bind_cells(file: CampaignFile, given: Mapping[str, Sequence[str]], findings: list[Refusal]) -> Groups:
    """Cells by group, each cell once."""
    written = {name or ALL: tuple(cell.text for cell in cells) for name, cells in file.cells.items()}
    groups: Groups = {**written, **_given(given, list(written), "--cells", findings)}
    place = Place(file.node.line, "cells")
    seen: set[str] = set()
    for group, cells in groups.items():
        if not cells:
            findings.append(Refusal(place, f"group {group} has no cells", "name them, or take the group out"))
        for cell in cells:
            if cell in seen:
                findings.append(Refusal(place, f"cell {quoted(cell)} stands twice", "name each cell once"))
            seen.add(cell)
    if not seen:
        findings.append(Refusal(place, "names no cell", "write cells: [L1, L2]"))
    return groups


def bind_pools(
    file: CampaignFile, given: Mapping[str, Sequence[str]], groups: Groups, findings: list[Refusal]
) -> tuple[Groups, dict[str, dict[str, str]]]:
    """Benches by pool; and by pool the bench of each cell that has one of its own."""
    others = _given(given, list(file.benches), "--benches", findings)
    cells = {cell for group in groups.values() for cell in group}
    pools: Groups = {}
    fixed: dict[str, dict[str, str]] = {}
    owner: dict[str, str] = {}
    for name, (node, pool) in file.benches.items():
        pools[name] = others.get(name) or tuple(bench.text for _, bench in pool)
        fixed[name] = {} if name in others else _fixed(pool, cells, findings)
        findings += [
            Refusal(node.place, f"bench {bench} stands twice", "name each bench once")
            for bench in pools[name]
            if owner.setdefault(bench, name) != name or pools[name].count(bench) > 1
        ]
        if not pools[name]:
            findings.append(Refusal(node.place, f"pool {name} has no benches", "name some: [A1, A2]"))
    return pools, fixed


def _fixed(pool: Pool, cells: set[str], findings: list[Refusal]) -> dict[str, str]:
    for cell, _ in pool:
        if cell is not None and cell.text not in cells:
            remedy = "write CELL: BENCH with a cell of the campaign"
            findings.append(Refusal(cell.place, f"{quoted(cell.text)} is no cell of the campaign", remedy))
    return {cell.text: bench.text for cell, bench in pool if cell is not None}


def _given(given: Mapping[str, Sequence[str]], known: list[str], key: str, findings: list[Refusal]) -> Groups:
    findings += [
        Refusal(Place(None, f"{key} {name}"), *unknown_word(name, known)) for name in given if name not in known
    ]
    return {name: tuple(values) for name, values in given.items() if name in known}
