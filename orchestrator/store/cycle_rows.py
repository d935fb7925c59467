"""Reading the cycles of a run."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from orchestrator.store.tables import cycles

__all__ = ["Cycle", "list_cycles"]


@dataclass(frozen=True, slots=True)
class Cycle:
    """One cycle of a run, by the instrument's own counters; ``gap``: records of it are known to be missing."""

    run_id: int
    cycle: int
    complete: bool
    label: str | None
    started_test_time_s: float
    ended_test_time_s: float
    charge_capacity_Ah: float
    discharge_capacity_Ah: float
    charge_energy_Wh: float
    discharge_energy_Wh: float
    gap: bool


def list_cycles(connection: Connection, run_id: int, *, after: int = 0, complete_only: bool = False) -> list[Cycle]:
    """Return the cycles of a run behind cycle ``after``, in order."""
    query = select(cycles).where(cycles.c.run_id == run_id, cycles.c.cycle > after).order_by(cycles.c.cycle)
    if complete_only:
        query = query.where(cycles.c.complete.is_(True))
    return [Cycle(*row) for row in connection.execute(query)]
