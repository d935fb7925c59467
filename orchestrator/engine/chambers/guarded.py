"""A chamber is never switched off while a cell inside is driven: whoever has it in hand, this stands before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import sqlalchemy as sa

from drivers.contracts import Chamber, ChamberStatus, ChannelState, Identity
from drivers.errors import Unsafe
from orchestrator.config import Lab
from orchestrator.run_state import TERMINAL, RunState
from orchestrator.store.tables import latest, runs

__all__ = ["GuardedChamber", "driven_inside"]

_AT_REST = (ChannelState.IDLE, ChannelState.FINISHED, ChannelState.STOPPED, ChannelState.TRIPPED)
_POLLS_MISSED = 2
_DRIVES = [s.value for s in RunState if s not in TERMINAL and s not in (RunState.QUEUED, RunState.WAITING)]


def driven_inside(connection: sa.Connection, lab: Lab, chamber: str, now_unix_s: float) -> tuple[str, ...]:
    """Benches in a chamber on which something drives a cell, or might: what was not seen lately counts as driven."""
    at = {(row.instrument, row.channel): row for row in connection.execute(sa.select(latest))}
    ours = sa.select(runs.c.instrument, runs.c.channel).where(runs.c.chamber == chamber, runs.c.state.in_(_DRIVES))
    busy = {(row.instrument, row.channel) for row in connection.execute(ours)}
    found = []
    for bench in lab.benches_in(chamber):
        place, row = lab.instruments[bench.instrument], at.get((bench.instrument, bench.channel))
        valid_s = max(place.lost_after_s, _POLLS_MISSED * place.poll_s)
        fresh = row is not None and abs(now_unix_s - row.observed_unix_s) <= valid_s
        at_rest = fresh and row is not None and row.state in _AT_REST
        if not at_rest or (bench.instrument, bench.channel) in busy:
            found.append(bench.name)
    return tuple(found)


class GuardedChamber:
    """The chamber itself, but for ``stop``, which asks first. Blocking; for the chamber's own thread."""

    def __init__(self, name: str, chamber: Chamber, driven: Callable[[], Sequence[str]]) -> None:
        self._name = name
        self._chamber = chamber
        self._driven = driven

    def identify(self) -> Identity:
        """As the chamber."""
        return self._chamber.identify()

    def limits_degC(self) -> tuple[float, float]:
        """As the chamber."""
        return self._chamber.limits_degC()

    def observe(self) -> ChamberStatus:
        """As the chamber."""
        return self._chamber.observe()

    def set_temperature(self, target_degC: float, ramp_K_per_min: float | None = None) -> None:
        """As the chamber."""
        self._chamber.set_temperature(target_degC, ramp_K_per_min)

    def stop(self) -> None:
        """Switch off. Raises Unsafe, and sends nothing, while a cell inside is driven or might be."""
        driven = self._driven()
        if driven:
            where = ", ".join(driven)
            raise Unsafe(f"{self._name} is not switched off: a cell inside is driven, or might be (bench {where})")
        self._chamber.stop()

    def close(self) -> None:
        """As the chamber."""
        self._chamber.close()
