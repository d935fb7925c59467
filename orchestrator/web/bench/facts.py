"""What is known of one channel before anything is concluded from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

__all__ = ["Facts"]

AnyRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Facts:
    """Two that are equal give the same card."""

    instrument: str
    channel: str
    seen: AnyRow | None
    """The last observation."""
    too_old: bool
    silent: bool
    """Whether its node does not report."""
    run: AnyRow | None
    """The run that has the channel, without its plan."""
    queued: int
    last_run: AnyRow | None
    """Of a channel that no run has: the one whose test was seen there last."""
    segment: Any
    """A :class:`~orchestrator.web.bench.memory.PresentSegment`, or None."""
    clock: AnyRow | None
    """As in :class:`orchestrator.web.run_rows.RunRows`."""
    prompt: str | None
    alarm: str | None
    """The newest of that run, or of the last one, which nobody has acknowledged."""
    trip: str | None
