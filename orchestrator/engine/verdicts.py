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

_OF_RUN = sa.select(
    *cycles.c["cycle", "complete", "gap", "charge_capacity_Ah", "discharge_capacity_Ah"],
).where(cycles.c.run_id == sa.bindparam("run"))
_NEWEST = _OF_RUN.order_by(cycles.c.cycle.desc()).limit(sa.bindparam("count"))
_ONE = _OF_RUN.where(cycles.c.cycle == sa.bindparam("cycle"), cycles.c.complete)


@dataclass
class Verdicts:
    """Verdicts by segment, judged anew only when another cycle is complete; rebuilt after a restart."""

    judged: dict[int, tuple[int, Boundary | None]] = field(default_factory=dict)
    references: dict[int, CycleCapacity] = field(default_factory=dict)
    """Reference cycles by segment: a complete cycle does not change any more."""

    def boundary(self, connection: sa.Connection, row: sa.Row[Any], rule: StopRule | None) -> Boundary | None:
        """Where the segment of this run should end, or None while its rule is not met (or there is none)."""
        if rule is None or row.state != RunState.RUNNING.value:
            return None
        done, verdict = self.judged.get(row.segment_id, (-1, None))
        if done != row.cycles_done:
            verdict = self._judge(connection, row, rule)
            self.judged[row.segment_id] = (row.cycles_done, verdict)
        return verdict

    def _judge(self, connection: sa.Connection, row: sa.Row[Any], rule: StopRule) -> Boundary | None:
        count = rule.rule.for_cycles + 1  # only the newest can be incomplete
        newest = connection.execute(_NEWEST, {"run": row.id, "count": count}).all()
        latest = [_capacity(cycle, row) for cycle in newest if cycle.complete and cycle.cycle > row.cycle_offset]
        if not latest or latest[0].cycle <= rule.reference:
            return None
        current = int(newest[0].cycle) - int(row.cycle_offset)
        return rule.boundary(self._reference(connection, row, rule), latest[::-1], current)

    def _reference(self, connection: sa.Connection, row: sa.Row[Any], rule: StopRule) -> CycleCapacity | None:
        if row.segment_id not in self.references:
            which = {"run": row.id, "cycle": rule.reference + row.cycle_offset}
            found = connection.execute(_ONE, which).one_or_none()
            if found is None:
                return None
            self.references[row.segment_id] = _capacity(found, row)
        return self.references[row.segment_id]


def _capacity(cycle: sa.Row[Any], row: sa.Row[Any]) -> CycleCapacity:
    capacity_Ah = min(cycle.charge_capacity_Ah, cycle.discharge_capacity_Ah)
    return CycleCapacity(cycle.cycle - row.cycle_offset, capacity_Ah, cycle.gap)
