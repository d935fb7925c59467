"""What is asked of a launch, and what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestrator.launch.target import Target
from protocols.plan import Plan

__all__ = ["LaunchRequest", "LaunchedRun"]


@dataclass(frozen=True, slots=True)
class LaunchRequest:
    """One protocol on one cell at one place."""

    protocol: str
    """Name in the library; with ``source``, the file's name for messages."""
    cell_id: str
    place: str
    """Bench, or ``instrument/channel``."""
    source: str | None = None
    """Text of the protocol file; None: the library's."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class LaunchedRun:
    """A run that is stored as queued; the node starts it."""

    run_id: int
    target: Target
    plan: Plan
    behind_run_id: int | None
    """The run of ours that has the channel first."""
    watched_by_service: tuple[str, ...]
    """Limits that the instrument cannot hold itself."""
    batch_id: int | None = None
    """Together with which others it changes the temperature of its chamber."""
    waits: str | None = None
    """For whom it waits, where others have its chamber."""
