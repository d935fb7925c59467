"""A trip as the engine obeys it: at once from memory, afterwards from the database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

from orchestrator.engine.view import RunView, TaskView
from orchestrator.interlocks.progress import Key
from orchestrator.interlocks.scope import Scope
from orchestrator.run_state import RunState
from orchestrator.store.trips import TripRow

__all__ = ["Held", "held", "overrule"]

View = TypeVar("View", RunView, TaskView)


@dataclass(frozen=True, slots=True)
class Held:
    """A latched trip: where it holds, and what it does to cells there."""

    key: Key
    scope: Scope
    stops: bool
    """False: it pauses."""
    reason: str


def held(trip: TripRow) -> Held:
    """A latched trip of the database."""
    scope = Scope(trip.instrument, trip.channel, trip.chamber, trip.cell_id)
    reason = f"{trip}; look, then `cellbench ack trip {trip.id} --reason …`"
    return Held((trip.rule, trip.subject), scope, not trip.action.startswith("pause"), reason)


def overrule(view: View, trip: Held | None, *, pauses: bool) -> View:
    """The run as it may be decided about while a trip holds at its place; where nothing pauses, a pause is a stop.

    A run that waits is left to what stands in the database: the trip, once stored, has stopped it or keeps it there.
    """
    if trip is None or view.state is RunState.WAITING:
        return view
    if trip.stops:
        view = replace(view, stopped_by=trip.reason)
    if view.desired == "stop":
        return view
    if view.state is RunState.QUEUED:
        return replace(view, blocked_by=trip.reason)
    return replace(view, desired="stop" if trip.stops or not pauses else "pause")
