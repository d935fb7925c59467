"""The order in which a cell goes through the steps: each after those that it depends on, else as in the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

__all__ = ["in_order"]


def in_order(after: Mapping[str, Sequence[str]]) -> tuple[list[str], list[str]]:
    """Return names in order, and those of a circle (none: there is no circle). ``after``: by step, in file order."""
    ordered: list[str] = []
    left = list(after)
    while left:
        free = next((name for name in left if not any(before in left for before in after[name])), None)
        if free is None:
            return ordered, _circle(after, left)
        ordered.append(free)
        left.remove(free)
    return ordered, []


def _circle(after: Mapping[str, Sequence[str]], left: Sequence[str]) -> list[str]:
    """Follow what each waits for until one comes again."""
    path = [left[0]]
    while True:
        waits_for = next(before for before in after[path[-1]] if before in left)
        if waits_for in path:
            return [*path[path.index(waits_for) :], waits_for]
        path.append(waits_for)
