"""Benches that somebody has: cells of campaigns, and whatever else runs there."""

from __future__ import annotations

from sqlalchemy import Connection, select

from drivers.contracts import ChannelState
from orchestrator.config import Lab
from orchestrator.run_state import TERMINAL
from orchestrator.store.campaign_seats import taken_seats
from orchestrator.store.tables import latest, runs

__all__ = ["occupied_benches"]

_OVER = [state.value for state in TERMINAL]
_DRIVEN = (ChannelState.RUNNING, ChannelState.PAUSED)


def occupied_benches(connection: Connection, lab: Lab) -> dict[str, str]:
    """The cell on each bench that is not free; empty where nobody knows which."""
    place = {(bench.instrument, bench.channel): name for name, bench in lab.benches.items()}
    cells: dict[str, str] = {}
    for row in connection.execute(select(*latest.c["instrument", "channel", "state", "tag"])):
        bench = place.get((row.instrument, row.channel))
        if bench is not None and row.state in _DRIVEN:
            cells[bench] = (row.tag or "").partition("#")[0]
    for row in connection.execute(
        select(*runs.c["instrument", "channel", "cell_id"]).where(runs.c.state.not_in(_OVER))
    ):
        bench = place.get((row.instrument, row.channel))
        if bench is not None:
            cells[bench] = row.cell_id
    return cells | {seat.bench: seat.cell_id for seat in taken_seats(connection)}
