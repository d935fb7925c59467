"""What the stop rules say of running segments, from the cycles in the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from orchestrator.engine.boundary import CycleCapacity, StopRule
from orchestrator.run_state import RunState
from orchestrator.store.tables import cycles

__all__ = ["Verdicts"]

Boundary = tuple[int, int]


@dataclass
class Verdicts:
    """Verdicts by segment, judged anew only when another cycle is complete; rebuilt after a restart."""

    judged: dict[int, tuple[int, Boundary | None]] = field(default_factory=dict)

    def boundary(self, connection: sa.Connection, row: sa.Row[Any], rule: StopRule | None) -> Boundary | None:
        """Where the segment of this run should end, or None while its rule is not met (or there is none)."""
        if rule is None or row.state != RunState.RUNNING.value:
            return None
        done, verdict = self.judged.get(row.segment_id, (-1, None))
        if done != row.cycles_done:
            verdict = _judge(connection, row, rule)
            self.judged[row.segment_id] = (row.cycles_done, verdict)
        return verdict


def _judge(connection: sa.Connection, row: sa.Row[Any], rule: StopRule) -> Boundary | None:
    mine = sa.select(cycles).where(cycles.c.run_id == row.id, cycles.c.complete, cycles.c.cycle > row.cycle_offset)
    latest = _capacities(connection, mine.order_by(cycles.c.cycle.desc()).limit(rule.rule.for_cycles), row)
    if not latest or latest[0].cycle <= rule.reference:
        return None
    reference = _capacities(connection, mine.where(cycles.c.cycle == rule.reference + row.cycle_offset), row)
    present = connection.scalar(sa.select(sa.func.max(cycles.c.cycle)).where(cycles.c.run_id == row.id))
    current = int(present or row.cycle_offset) - int(row.cycle_offset)
    return rule.boundary(reference[0] if reference else None, latest[::-1], current)


def _capacities(connection: sa.Connection, query: sa.Select[Any], row: sa.Row[Any]) -> list[CycleCapacity]:
    return [
        CycleCapacity(
            cycle["cycle"] - row.cycle_offset,
            min(cycle["charge_capacity_Ah"], cycle["discharge_capacity_Ah"]),
            cycle["gap"],
        )
        for cycle in connection.execute(query).mappings()
    ]
