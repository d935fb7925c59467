"""Stops of interlocks that instruments have taken: followed by looking, whether or not a run or a database is there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from orchestrator.engine.conclusions import CONFIRM_S
from orchestrator.interlocks.held import Held
from orchestrator.interlocks.progress import Key
from orchestrator.interlocks.seen import CellSeen

__all__ = ["StopsFollowed"]

_Channel = tuple[str, str]


class StopsFollowed:
    """What each channel was told to stop for, until it is seen to stand."""

    def __init__(self) -> None:
        self._taken: dict[_Channel, tuple[Held, float]] = {}

    def taken(self, channel: _Channel, trip: Held, at_s: float) -> None:
        """The instrument has acknowledged it; nobody knows yet whether it did it."""
        self._taken[channel] = trip, at_s

    def follow(self, cell: CellSeen, now_s: float) -> tuple[CellSeen, Held | None]:
        """Take in a look: the cell, marked where it should stand by now; and the trip to give the stop again for."""
        place = (cell.place.instrument, cell.place.channel)
        if place not in self._taken:
            return cell, None
        trip, at_s = self._taken[place]
        if cell.state.drives_cell is False or not cell.ours:
            if cell.state.drives_cell is not None:  # an unknown state confirms nothing
                del self._taken[place]
            return cell, None
        marked = replace(cell, run=replace(cell.run, stopping=True))
        return marked, trip if now_s - at_s >= CONFIRM_S else None

    def forget(self, trips: Collection[Key]) -> None:
        """These are acknowledged: what runs there next is nothing that they were about."""
        self._taken = {channel: stop for channel, stop in self._taken.items() if stop[0].key not in trips}
