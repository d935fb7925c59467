"""What is known of one channel before anything is concluded from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Row

from orchestrator.web.bench.active_run import ActiveRun
from orchestrator.web.bench.observation import Observation

__all__ = ["Facts", "PresentSegment"]

AnyRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class PresentSegment:
    """What a channel executes, as far as it cannot change."""

    id: int
    cycle_offset: int
    step_map: Sequence[Mapping[str, Any]]


class Facts(NamedTuple):
    """Two that are equal give the same card. A tuple, as the card is."""

    instrument: str
    channel: str
    seen: Observation | None
    """The last observation."""
    too_old: bool
    silent: bool
    """Whether its node does not report."""
    run: ActiveRun | None = None
    """The run that has the channel."""
    queued: int = 0
    last_run: AnyRow | None = None
    """Of a channel that no run has: the one whose test was seen there last."""
    segment: PresentSegment | None = None
    """What that run's channel executes."""
    prompt: str | None = None
    alarm: str | None = None
    """The newest of that run, or of the last one, which nobody has acknowledged."""
    trip: str | None = None
