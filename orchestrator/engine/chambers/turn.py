"""Whether a run may begin a segment in its chamber, or others have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from orchestrator.engine.chambers.holds import find_holds
from orchestrator.engine.chambers.members import load_members
from orchestrator.engine.plan_cache import PlanCache
from orchestrator.store.chambers import find_chamber

__all__ = ["ChamberTurns"]


@dataclass
class ChamberTurns:
    """The holds of chambers, each looked up once; for one look at the database."""

    connection: sa.Connection
    plans: PlanCache
    _reasons: dict[str, Mapping[int, str]] = field(default_factory=dict)

    def blocked_by(self, chamber: str, run_id: int) -> str | None:
        """Why it may not: others have the chamber, or have sent it elsewhere since; None: it may."""
        if chamber not in self._reasons:
            self._reasons[chamber] = self._look_up(chamber)
        return self._reasons[chamber].get(run_id)

    def _look_up(self, chamber: str) -> Mapping[int, str]:
        members = load_members(self.connection, chamber, self.plans)
        row = find_chamber(self.connection, chamber)
        wanted_degC = None if row is None else row.wanted_degC
        astray = {
            member.run_id: f"{chamber} was sent to {wanted_degC:g} °C, this belongs to "
            f"{member.made[1].target_degC:g} °C: what has not begun goes back to that, a paused test is to be stopped"
            for member in members
            if member.made is not None and member.elsewhere(wanted_degC)
        }
        waits_for = find_holds(members).waits_for
        return astray | {run_id: f"waits for {whom}, which has {chamber}" for run_id, whom in waits_for.items()}
