"""When runs that were launched are expected to begin and to end: in the order of the queue, channel by channel.

A pure function. What has begun ends when its progress says; nothing fails, and nobody moves anything any more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

__all__ = ["RunAhead", "forecast_runs"]


@dataclass(frozen=True, slots=True)
class RunAhead:
    """One run that is not over."""

    run_id: int
    place: str
    """Its channel."""
    duration_s: float
    """Of what is left of it."""
    chamber: str | None = None
    sets_temperature: bool = False
    """Then nobody else is in the chamber meanwhile."""
    batch_id: int | None = None
    begun_unix_s: float | None = None


@dataclass
class _Ends:
    """Until when what was looked at so far has everything."""

    of_channel: dict[str, float] = field(default_factory=dict)
    of_chamber: dict[str, float] = field(default_factory=dict)
    """Of whatever is inside."""
    of_setter: dict[str, float] = field(default_factory=dict)
    """Of those that set its temperature."""


def forecast_runs(runs: Sequence[RunAhead], now: float) -> Mapping[int, tuple[float, float]]:
    """By run its start and its end. ``runs``: in the order of the queue."""
    ends = _Ends()
    found: dict[int, tuple[float, float]] = {}
    for group in _groups(runs):
        start = max(_earliest(ends, run, now) for run in group)
        for run in group:
            begun = run.begun_unix_s
            end = (now if begun is not None else start) + run.duration_s
            found[run.run_id] = (start if begun is None else begun, end)
            _take(ends, run, end)
    return found


def _groups(runs: Sequence[RunAhead]) -> list[list[RunAhead]]:
    """What begins together: a batch that has not begun; everything else alone."""
    found: dict[tuple[str, int], list[RunAhead]] = {}
    for run in runs:
        alone = run.batch_id is None or run.begun_unix_s is not None
        found.setdefault(("run", run.run_id) if alone else ("batch", run.batch_id or 0), []).append(run)
    return list(found.values())


def _earliest(ends: _Ends, run: RunAhead, now: float) -> float:
    chamber = ends.of_chamber if run.sets_temperature else ends.of_setter
    inside = chamber.get(run.chamber, now) if run.chamber is not None else now
    return max(now, ends.of_channel.get(run.place, now), inside)


def _take(ends: _Ends, run: RunAhead, end: float) -> None:
    ends.of_channel[run.place] = max(end, ends.of_channel.get(run.place, end))
    if run.chamber is None:
        return
    ends.of_chamber[run.chamber] = max(end, ends.of_chamber.get(run.chamber, end))
    if run.sets_temperature:
        ends.of_setter[run.chamber] = max(end, ends.of_setter.get(run.chamber, end))
