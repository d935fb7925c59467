"""What a trip, its end and its acknowledgement write: each function is one change of the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from orchestrator.config import Lab
from orchestrator.interlocks.evaluate import Over, Trip
from orchestrator.interlocks.scope import Scope, scope_of
from orchestrator.run_state import TERMINAL, RunState
from orchestrator.store.alarms import clear_alarms, raise_alarm
from orchestrator.store.events import append_event
from orchestrator.store.tables import alarms, channels, intents, runs
from orchestrator.store.trips import TripRow, acknowledge_trip, end_trips, get_trip, insert_trip

__all__ = ["acknowledge", "ended", "tripped"]

_ACTIVE = [state.value for state in RunState if state not in TERMINAL]
_ENDED_BY_IT_S = 10.0


def tripped(connection: sa.Connection, lab: Lab, trip: Trip, now: float) -> None:
    """Store a trip with its alarm and event, and what is wanted of every run where it holds."""
    scope, rule = scope_of(trip), trip.rule
    here = list(_runs_in(connection, lab, scope))
    own = next((run for run in here if trip.place and run.channel == trip.place.channel and _has_begun(run)), None)
    if own is None and trip.place is not None:
        own = _just_ended(connection, trip.place.instrument, trip.place.channel, now)
    trip_id = insert_trip(
        connection,
        rule=str(rule),
        origin=rule.origin,
        subject=trip.subject,
        message=trip.message,
        severity=rule.alarm,
        action=str(rule.do),
        latches=rule.latches,
        now=now,
        instrument=scope.instrument,
        channel=scope.channel,
        chamber=scope.chamber,
        cell_id=own.cell_id if own is not None and rule.latches else None,
        run_id=own.id if own is not None else None,
    )
    message = f"{trip.subject}: {trip.message} ({rule.name}); {_done(rule.do.verb, str(rule.do))}"
    raise_alarm(connection, source=f"trip {trip_id}", severity=rule.alarm, message=message, now=now)
    append_event(connection, now=now, actor="interlock", kind="trip", message=f"trip {trip_id}: {message}")
    if rule.latches:
        for run in here:
            _order(connection, run, "stop" if rule.do.verb == "stop" else "pause", trip_id, now)


def ended(connection: sa.Connection, over: Over, now: float) -> None:
    """The cause of a trip that did nothing is gone, and its alarm with it."""
    rule, subject = over.key
    for trip_id in end_trips(connection, rule=rule, subject=subject, now=now):
        clear_alarms(connection, source=f"trip {trip_id}", now=now)


def acknowledge(connection: sa.Connection, trip_id: int, *, by: str, reason: str, now: float) -> TripRow:
    """Note who has looked and what was found; nothing that the trip held back goes on by itself.

    The first acknowledgement stands. Raises StoreError where there is no such trip.
    """
    before = get_trip(connection, trip_id)
    if not acknowledge_trip(connection, trip_id, by=by, reason=reason, now=now):
        return before
    connection.execute(
        alarms.update()
        .where(alarms.c.source == f"trip {trip_id}", alarms.c.acknowledged_by.is_(None))
        .values(acknowledged_by=by, acknowledged_unix_s=now, acknowledged_reason=reason)
    )
    append_event(connection, now=now, actor=by, kind="trip", message=f"trip {trip_id} acknowledged: {reason}")
    if before.latches:
        clear_alarms(connection, source=f"trip {trip_id}", now=now)
    return get_trip(connection, trip_id)


def _runs_in(connection: sa.Connection, lab: Lab, scope: Scope) -> Iterator[Any]:
    """Runs that are not over, where a trip holds."""
    ordered = sa.select(intents.c.id).where(intents.c.run_id == runs.c.id).exists()
    columns = runs.c["id", "cell_id", "instrument", "channel", "state", "desired", "item"]
    query = sa.select(*columns, ordered.label("ordered")).where(runs.c.state.in_(_ACTIVE)).order_by(runs.c.id)
    for run in connection.execute(query).all():
        bench = lab.bench_of(run.instrument, run.channel)
        if scope.covers(run.instrument, run.channel, bench.chamber if bench else None, run.cell_id):
            yield run


def _just_ended(connection: sa.Connection, instrument: str, channel: str, now: float) -> Any:
    """The run that the trip's own stop has ended already: on a quick channel it is over before the trip is stored."""
    query = sa.select(*runs.c["id", "cell_id"]).where(
        runs.c.instrument == instrument, runs.c.channel == channel, runs.c.finished_unix_s >= now - _ENDED_BY_IT_S
    )
    return connection.execute(query.order_by(runs.c.finished_unix_s.desc()).limit(1)).one_or_none()


def _has_begun(run: Any) -> bool:
    """Whether anything has been done for it: one that waits for its turn, or for a person, is left where it is."""
    if run.state == RunState.QUEUED:
        return False
    return bool(run.state != RunState.WAITING or run.item > 0 or run.ordered)


def _order(connection: sa.Connection, run: Any, wanted: str, trip_id: int, now: float) -> None:
    """What is in the queue is held back, also when the trip has been acknowledged: an operator lets it go on."""
    if run.desired == "stop":
        return
    change = runs.update().where(runs.c.id == run.id)
    if not _has_begun(run):
        told = f"held back by trip {trip_id}; acknowledge it, then `cellbench resume {run.id}`"
        connection.execute(change.values(desired="pause", reason=told))
        append_event(connection, now=now, actor="interlock", kind="order", message=told, run_id=run.id)
        return
    desired = wanted if wanted == "stop" or _pauses(connection, run) else "stop"
    connection.execute(change.values(desired=desired))
    append_event(
        connection, now=now, actor="interlock", kind="order", message=f"{desired}: trip {trip_id}", run_id=run.id
    )


def _pauses(connection: sa.Connection, run: Any) -> bool:
    """Whether its channel pauses a test at once: where it does not, a pause is a stop."""
    here = (channels.c.instrument == run.instrument, channels.c.channel == run.channel)
    told = connection.scalar(sa.select(channels.c.capabilities).where(*here))
    return isinstance(told, dict) and told.get("pause") == "now"


def _done(verb: str, action: str) -> str:
    return "nothing is done" if verb == "nothing" else f"{action}; nothing starts there before it is acknowledged"
