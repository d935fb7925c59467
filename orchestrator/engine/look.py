"""One look at an instrument: all channels, and what is new of our tests. Runs in the instrument's own thread."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from drivers.contracts import Batch, Capabilities, ChannelId, ChannelStatus, Cycler, Identity, PacesLooks, TestHandle
from drivers.errors import DriverError, Refused, Unreachable
from drivers.exchanged import exchanged
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
    left: set[int] = field(default_factory=set)
    """Segments of which something was left for the next look, or could not be read."""
    remarks: list[tuple[ActiveRun, str]] = field(default_factory=list)
    """What the driver noticed in the data."""
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
    _read_all(cycler, [run for run in runs if _anything_new(cycler, run, statuses.get(run.channel))], seen, hurry)
    return seen


def _read_all(cycler: Cycler, runs: Sequence[ActiveRun], seen: Look, hurry: threading.Event) -> None:
    rows = 0
    seen.left = {run.view.segment.id for run in runs}
    for run in runs:
        if hurry.is_set() or rows >= _ROWS_PER_LOOK:
            seen.unread = True
            return
        try:
            rows += _read(cycler, run, seen, hurry)
        except DriverError as error:
            seen.errors.append((run, f"records cannot be read: {error}"))
            seen.unread = True
            if isinstance(error, Unreachable):
                return  # the others would wait out their time limits, one after the other


def _anything_new(cycler: Cycler, run: ActiveRun, status: ChannelStatus | None) -> bool:
    """Whether the instrument has more than is stored. It cannot tell once another test has the channel: then look.

    Nor does a count of records tell of spectra, or of a gap in what a driver has spooled: there, reading tells.
    """
    segment = run.view.segment
    if segment.test_id is None:
        return False
    if isinstance(cycler, PacesLooks) or status is None or status.test_id != segment.test_id:
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
            seen.left.discard(segment.id)
            return rows
        exchanged()  # with the driver's own spool, if not with the instrument
        seen.remarks += [(run, problem) for problem in batch.problems]
        if _brings_anything(batch, cursor):
            seen.batches.append((run, batch))
        else:
            seen.drained.add(segment.id)
        rows, cursor = rows + _rows(batch), batch.cursor
        if not batch.more:
            seen.left.discard(segment.id)
            return rows
        if hurry.is_set() or rows >= _ROWS_PER_LOOK:
            seen.unread = True
            return rows


def _brings_anything(batch: Batch, cursor: str) -> bool:
    """Whether there is something to store: records, points of spectra, or only a cursor that has moved on."""
    return _rows(batch) > 0 or batch.cursor != cursor


def _rows(batch: Batch) -> int:
    return len(batch) + len(batch.spectra.get("seq", ()))


def _displaced(run: ActiveRun, seen: Look) -> bool:
    status = seen.statuses.get(run.channel)
    return status is not None and status.test_id != run.view.segment.test_id
