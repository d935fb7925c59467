"""Why a run of a cell could not be launched somewhere at this moment, although it may be later."""

from __future__ import annotations

from sqlalchemy import Connection, select

from orchestrator.config import Lab
from orchestrator.launch.full_disk import refuse_full_disk
from orchestrator.launch.latched_trip import refuse_tripped
from orchestrator.launch.occupancy import refuse_busy_cell, refuse_silent_instrument, run_ahead
from orchestrator.launch.refusal import LaunchHeldUp
from orchestrator.launch.target import find_target
from orchestrator.store.tables import runs

__all__ = ["obstacle_to_launch"]


def obstacle_to_launch(connection: Connection, lab: Lab, place: str, cell_id: str) -> str | None:
    """One line; None where it would begin at once. Raises LaunchRefused where there is no such place."""
    target = find_target(lab, place)
    try:
        refuse_full_disk(connection, lab)
        refuse_tripped(connection, lab, target, cell_id)
        refuse_busy_cell(connection, cell_id, target)
        ahead = run_ahead(connection, cell_id, target)
        if ahead is None:
            refuse_silent_instrument(connection, target)
    except LaunchHeldUp as error:
        return str(error)
    if ahead is None:
        return None
    state = connection.scalar(select(runs.c.state).where(runs.c.id == ahead))
    return f"run {ahead} of the same cell ({state}) has {target} first"
