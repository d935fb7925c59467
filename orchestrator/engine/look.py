"""One look at an instrument: all channels, and what is new of our tests. Runs in the instrument's own thread."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from drivers.contracts import Batch, Capabilities, ChannelId, ChannelStatus, Cycler, Identity, TestHandle
from drivers.errors import DriverError, Refused, Unreachable
from orchestrator.engine.known import ActiveRun

__all__ = ["Arrival", "Look", "look"]

_ROWS_PER_READ = 1000  # an order waits for one read at most: one exchange of any driver we know
_ROWS_PER_LOOK = 100_000  # a long backfill is stored piece by piece


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who answers, and what its channels can do."""

    identity: Identity
    capabilities: Mapping[ChannelId, Capabilities]


@dataclass(slots=True)
class Look:
    """What was seen and read."""

    statuses: Mapping[ChannelId, ChannelStatus]
    arrival: Arrival | None
    batches: list[tuple[ActiveRun, Batch]] = field(default_factory=list)
    drained: set[int] = field(default_factory=set)
    """Segments of which there is nothing more to read."""
    unread: bool = False
    """Records were left for the next look."""
    errors: list[tuple[ActiveRun, str]] = field(default_factory=list)
    """Why records of a run could not be read."""


def look(cycler: Cycler, runs: Sequence[ActiveRun], *, arriving: bool, hurry: threading.Event) -> Look:
    """Observe, then read; an order (``hurry``) cuts the reading short. Raises DriverError when observing fails."""
    statuses = cycler.observe()
    arrival = None
    if arriving:
        abilities = {channel: cycler.capabilities(channel) for channel in cycler.channels()}
        arrival = Arrival(cycler.identify(), abilities)
    seen = Look(statuses, arrival)
    rows = 0
    for run in runs:
        if run.view.segment.test_id is None or not _anything_new(run, statuses.get(run.channel)):
            continue
        if hurry.is_set() or rows >= _ROWS_PER_LOOK:
            seen.unread = True
            break
        try:
            rows += _read(cycler, run, seen, hurry)
        except DriverError as error:
            seen.errors.append((run, f"records cannot be read: {error}"))
            seen.unread = True
            if isinstance(error, Unreachable):
                break  # the others would wait out their time limits, one after the other
    return seen


def _anything_new(run: ActiveRun, status: ChannelStatus | None) -> bool:
    """Whether the instrument has more than is stored. It cannot tell once another test has the channel: then look."""
    segment = run.view.segment
    if status is None or status.test_id != segment.test_id:
        return True
    return (status.records or 0) > segment.stored


def _read(cycler: Cycler, run: ActiveRun, seen: Look, hurry: threading.Event) -> int:
    segment, cursor, rows = run.view.segment, run.cursor, 0
    handle = TestHandle(run.channel, segment.tag, segment.test_id)
    while True:
        try:
            batch = cycler.read(handle, cursor, _ROWS_PER_READ)
        except Refused:
            if not _displaced(run, seen):
                raise
            seen.drained.add(segment.id)  # another test is there, and the instrument no longer gives ours
            return rows
        if len(batch):
            seen.batches.append((run, batch))
        else:
            seen.drained.add(segment.id)
        rows, cursor = rows + len(batch), batch.cursor
        if not batch.more:
            return rows
        if hurry.is_set() or rows >= _ROWS_PER_LOOK:
            seen.unread = True
            return rows


def _displaced(run: ActiveRun, seen: Look) -> bool:
    status = seen.statuses.get(run.channel)
    return status is not None and status.test_id != run.view.segment.test_id
