"""Facts of stored plans by run; a plan never changes, so this is no truth of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from orchestrator.engine.plan_facts import PlanFacts, read_facts
from orchestrator.engine.verdicts import Verdicts
from orchestrator.store.tables import runs, segments

__all__ = ["PlanCache"]


@dataclass
class PlanCache:
    """Facts by run, and the verdicts of their stop rules."""

    facts: dict[int, PlanFacts] = field(default_factory=dict)
    unreadable: dict[int, str] = field(default_factory=dict)
    """Why a run's stored plan cannot be read, until somebody takes it."""
    verdicts: Verdicts = field(default_factory=Verdicts)

    def of(self, connection: sa.Connection, run_id: int) -> PlanFacts:
        """Read once, then from memory."""
        if run_id not in self.facts:
            plan = connection.execute(sa.select(runs.c.plan).where(runs.c.id == run_id)).scalar_one()
            maps = connection.execute(
                sa.select(segments.c.number, segments.c.step_map).where(segments.c.run_id == run_id)
            )
            self.facts[run_id] = read_facts(plan, {row.number: row.step_map for row in maps})
        return self.facts[run_id]

    def readable(self, connection: sa.Connection, row: sa.Row[Any]) -> bool:
        """Whether the run's plan can be read; if not, that run is left out and its reason noted."""
        try:
            self.of(connection, row.id)
        except ValueError as error:  # pydantic's ValidationError is one, too
            told = " ".join(str(error).split())
            where = f"look at channel {row.channel}: a test of it may still run there"
            self.unreadable[row.id] = f"the stored plan cannot be read ({told}); {where}"
            return False
        return True

    def take_unreadable(self) -> list[tuple[int, str]]:
        """Runs whose plan cannot be read, each told once."""
        found, self.unreadable = list(self.unreadable.items()), {}
        return found

    def keep_only(self, run_ids: Iterable[int]) -> None:
        """Forget runs that are over."""
        wanted = set(run_ids)
        self.facts = {run_id: facts for run_id, facts in self.facts.items() if run_id in wanted}
