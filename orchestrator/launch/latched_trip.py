"""Nothing is started, or goes on, where a trip of an interlock is latched."""

from __future__ import annotations

from sqlalchemy import Connection, select

from orchestrator.config import Lab
from orchestrator.interlocks.held import held
from orchestrator.launch.refusal import LaunchHeldUp
from orchestrator.launch.target import Target
from orchestrator.store.tables import runs
from orchestrator.store.trips import TripRow, latched_trips

__all__ = ["latched_at", "latched_for_run", "refuse_tripped"]


def refuse_tripped(connection: Connection, lab: Lab, target: Target, cell_id: str) -> None:
    """Raises LaunchHeldUp where a trip holds at the bench, at its chamber or of the cell, naming its first cause."""
    trip = latched_at(connection, lab, target.instrument.name, target.channel, cell_id)
    if trip is not None:
        remedy = f"look, then acknowledge it: cellbench ack trip {trip.id} --reason …"
        raise LaunchHeldUp(f"{target}: {trip} has not been acknowledged; {remedy}")


def latched_for_run(connection: Connection, lab: Lab, run_id: int) -> TripRow | None:
    """The first trip that holds where this run is, or of its cell; None also where there is no such run."""
    query = select(*runs.c["instrument", "channel", "cell_id"]).where(runs.c.id == run_id)
    run = connection.execute(query).one_or_none()
    return None if run is None else latched_at(connection, lab, run.instrument, run.channel, run.cell_id)


def latched_at(connection: Connection, lab: Lab, instrument: str, channel: str, cell_id: str) -> TripRow | None:
    """The first trip that holds there, or of this cell wherever it is."""
    bench = lab.bench_of(instrument, channel)
    chamber = bench.chamber if bench else None
    trips = latched_trips(connection)
    return next((trip for trip in trips if held(trip).scope.covers(instrument, channel, chamber, cell_id)), None)
