"""Whether a run may begin a segment in its chamber, or others have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from orchestrator.engine.chambers.holds import find_holds
from orchestrator.engine.chambers.members import load_members
from orchestrator.engine.plan_cache import PlanCache

__all__ = ["ChamberTurns"]


@dataclass
class ChamberTurns:
    """The holds of chambers, each looked up once; for one look at the database."""

    connection: sa.Connection
    plans: PlanCache
    _waits_for: dict[str, Mapping[int, str]] = field(default_factory=dict)

    def blocked_by(self, chamber: str, run_id: int) -> str | None:
        """For whom the run waits; None: the chamber is its own, or it shares it."""
        if chamber not in self._waits_for:
            members = load_members(self.connection, chamber, self.plans)
            self._waits_for[chamber] = find_holds(members).waits_for
        whom = self._waits_for[chamber].get(run_id)
        return None if whom is None else f"waits for {whom}, which has {chamber}"
