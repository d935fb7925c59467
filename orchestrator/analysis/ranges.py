"""Runs of consecutive numbers: how cycles are named in warnings and in provenance."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["spoken", "to_ranges"]


def to_ranges(numbers: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Sorted numbers as inclusive ranges: ``1, 2, 3, 7`` becomes ``((1, 3), (7, 7))``."""
    ranges: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return tuple(ranges)


def spoken(numbers: Iterable[int], noun: str = "cycle") -> str:
    """Name numbers as a person would: ``cycle 3``, ``cycles 3, 7-9``."""
    ranges = to_ranges(numbers)
    listed = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges)
    single = len(ranges) == 1 and ranges[0][0] == ranges[0][1]
    return f"{noun} {listed}" if single else f"{noun}s {listed}"
