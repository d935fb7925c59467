"""Which cycles a person means: ``1, 2, last``."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.ranges import spoken

__all__ = ["choose_cycles"]


def choose_cycles(
    asked: Sequence[int | str] | int | str, whole: Sequence[int], run_id: int
) -> tuple[list[int], list[str]]:
    """Return the cycles that are asked for and whole, each once and in order, and a warning about the others.

    ``asked``: a number, a list, or text with commas; ``last`` is the last whole cycle, ``all`` is every one. Raises
    AnalysisError where the text is something else, or not one of the cycles is whole.
    """
    words = asked.split(",") if isinstance(asked, str) else [asked] if isinstance(asked, int) else list(asked)
    wanted: set[int] = set()
    for word in (str(one).strip() for one in words):
        if word == "all":
            wanted |= set(whole)
        elif word == "last":
            wanted |= set(whole[-1:])
        elif word.isascii() and word.isdigit() and int(word) > 0:
            wanted.add(int(word))
        else:
            raise AnalysisError(f"cycles is {asked!r}; it lists cycle numbers from 1, as 1, 2, last")
    found = sorted(wanted & set(whole))
    missing = wanted - set(whole)
    if not found:
        there = spoken(whole) if whole else "none"
        raise AnalysisError(f"run {run_id}: none of the cycles asked for is whole; whole cycles: {there}")
    return found, [f"{spoken(missing)} left out: missing or not whole"] if missing else []
