"""What a chamber's records say of a temperature that is waited for: read once each, and anew by a new process."""

from __future__ import annotations

from dataclasses import dataclass, field

import sqlalchemy as sa

from drivers.contracts import ChamberState
from orchestrator.engine.chambers.stability import Stability
from orchestrator.store.tables import chamber_records
from protocols.plan import SetTemperature

__all__ = ["Soak"]

_GAP_MAX_S = 60.0
"""A silence longer than this begins the window anew; while a run waits, a chamber is looked at every 20 s at least."""
_ROUNDING_K = 0.11
_Of = tuple[float, float, float]


@dataclass
class Soak:
    """Stability of one chamber at one target."""

    chamber: str
    _of: _Of | None = None
    """Target, tolerance, and since when records count."""
    _read_to_unix_s: float = 0.0
    _stability: Stability = field(default_factory=lambda: Stability(0.0, 0.0, 0.0))

    def judge(self, connection: sa.Connection, step: SetTemperature, since_unix_s: float) -> Stability | None:
        """What the records behind ``since_unix_s`` say; None: there is none yet.

        A record of a chamber that was not running, or was set elsewhere, counts as one without a value.
        """
        of = (step.target_degC, step.within_K, since_unix_s)
        if self._of != of:
            self._of, self._read_to_unix_s = of, since_unix_s
            self._stability = Stability(step.target_degC, step.within_K, _GAP_MAX_S)
        for row in connection.execute(self._new()):
            counts = row.state == ChamberState.RUNNING and self._is_set(row.set_point_degC)
            self._stability = self._stability.add(row.unix_time_s, row.process_degC if counts else None)
            self._read_to_unix_s = row.unix_time_s
        return None if self._stability.last_unix_s is None else self._stability

    def _new(self) -> sa.Select[tuple[float, float, float, str]]:
        columns = chamber_records.c["unix_time_s", "process_degC", "set_point_degC", "state"]
        behind = chamber_records.c.unix_time_s > self._read_to_unix_s
        query: sa.Select[tuple[float, float, float, str]] = sa.select(*columns).where(
            chamber_records.c.chamber == self.chamber, behind
        )
        return query.order_by(chamber_records.c.unix_time_s)

    def _is_set(self, set_point_degC: float | None) -> bool:
        return set_point_degC is None or abs(set_point_degC - self._stability.target_degC) <= _ROUNDING_K
