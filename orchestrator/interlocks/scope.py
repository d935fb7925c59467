"""Where a trip holds: which cells are paused or stopped, and where nothing starts before it is acknowledged."""

from __future__ import annotations

from dataclasses import dataclass, replace

from orchestrator.interlocks.evaluate import Trip

__all__ = ["Scope", "scope_of"]


@dataclass(frozen=True, slots=True)
class Scope:
    """A channel, all channels of an instrument, all cells in a chamber, or several of these at once."""

    instrument: str | None = None
    channel: str | None = None
    """None beside an instrument: all of its channels."""
    chamber: str | None = None
    cell_id: str | None = None
    """The cell that was there then, wherever it is now."""

    def covers(self, instrument: str, channel: str, chamber: str | None = None, cell_id: str | None = None) -> bool:
        """Whether it holds for this channel, in this chamber, with this cell."""
        here = self.instrument == instrument and self.channel in (None, channel)
        inside = self.chamber is not None and self.chamber == chamber
        return here or inside or (self.cell_id is not None and self.cell_id == cell_id)


def scope_of(trip: Trip) -> Scope:
    """Where a trip holds that has just been found: its subject, and what its rule does besides."""
    match trip.rule.subject.kind:
        case "chamber":
            subject = Scope(chamber=trip.name)
        case "instrument":
            subject = Scope(instrument=trip.name)
        case "cell":
            place = trip.place
            subject = Scope() if place is None else Scope(place.instrument, place.channel)
    if trip.rule.do.chamber is None:
        return subject
    return replace(subject, chamber=trip.rule.do.chamber)
