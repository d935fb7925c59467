"""What the looks at a chamber say of a temperature that is waited for; a new process reads those of the one before."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

import sqlalchemy as sa

from drivers.contracts import ChamberState, ChamberStatus
from orchestrator.engine.chambers.stability import Stability
from orchestrator.store.tables import chamber_records
from protocols.plan import SetTemperature

__all__ = ["Soak"]

_GAP_MAX_S = 60.0
"""A silence longer than this begins the window anew; while a run waits, a chamber is looked at every 20 s at least."""
_ROUNDING_K = 0.11
_Of = tuple[float, float, float]
_KEPT = 1000
"""Looks between two judgements, at most."""


@dataclass(frozen=True, slots=True)
class _Sample:
    at_s: float
    process_degC: float | None
    set_point_degC: float | None
    state: str


@dataclass
class Soak:
    """Stability of one chamber at one target, by the engine's steady clock: nobody's wall clock makes a soak longer."""

    chamber: str
    _of: _Of | None = None
    """Target, tolerance, and since when records count."""
    _unjudged: deque[_Sample] = field(default_factory=lambda: deque(maxlen=_KEPT))
    _stability: Stability = field(default_factory=lambda: Stability(0.0, 0.0, 0.0))

    def seen(self, at_s: float, status: ChamberStatus) -> None:
        """A look of this process."""
        self._unjudged.append(_Sample(at_s, status.process_degC, status.set_point_degC, status.state))

    def judge(
        self, connection: sa.Connection, step: SetTemperature, since_unix_s: float, now_unix_s: float, now_s: float
    ) -> Stability | None:
        """What was seen since ``since_unix_s`` says; None: nothing was yet.

        What a process before this one has seen stands in the records. A look at a chamber that was not running, or was
        set elsewhere, counts as one without a value.
        """
        of = (step.target_degC, step.within_K, since_unix_s)
        if self._of != of:
            self._of, self._stability = of, Stability(step.target_degC, step.within_K, _GAP_MAX_S)
            self._unjudged.clear()
            self._unjudged.extend(self._stored(connection, since_unix_s, now_unix_s, now_s))
        while self._unjudged:
            sample = self._unjudged.popleft()
            counts = sample.state == ChamberState.RUNNING and self._is_set(sample.set_point_degC)
            self._stability = self._stability.add(sample.at_s, sample.process_degC if counts else None)
        return None if self._stability.last_s is None else self._stability

    def _stored(
        self, connection: sa.Connection, since_unix_s: float, now_unix_s: float, now_s: float
    ) -> Iterator[_Sample]:
        columns = chamber_records.c["unix_time_s", "process_degC", "set_point_degC", "state"]
        at = chamber_records.c.unix_time_s
        query: sa.Select[tuple[float, float, float, str]] = sa.select(*columns).where(
            chamber_records.c.chamber == self.chamber, at > since_unix_s, at <= now_unix_s
        )
        for row in connection.execute(query.order_by(at)):
            yield _Sample(now_s - (now_unix_s - row.unix_time_s), row.process_degC, row.set_point_degC, row.state)

    def _is_set(self, set_point_degC: float | None) -> bool:
        return set_point_degC is None or abs(set_point_degC - self._stability.target_degC) <= _ROUNDING_K
