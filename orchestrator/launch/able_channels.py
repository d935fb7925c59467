"""Which channels of the lab can do what one channel cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from drivers.contracts import Cycler, Problem
from drivers.errors import DriverError
from orchestrator.config import InstrumentPlace, Lab
from orchestrator.launch.target import Target
from orchestrator.store.instruments import list_channels
from protocols.program import Program, Step, walk

__all__ = ["AbleChannels"]

_SHOWN = 6


@dataclass(frozen=True, slots=True)
class AbleChannels:
    """The channels of a lab: as their instruments have told, else what their drivers say of the benches."""

    lab: Lab
    cycler_for: Callable[[InstrumentPlace], Cycler]
    connection: Connection | None = None
    """Where stored capabilities are; None: the drivers alone are asked. No instrument ever is."""

    def explain(self, problem: Problem, program: Program) -> str:
        """The problem; where the channel lacks the technique altogether, with the channels that have it."""
        step = next((s for s in walk(program.steps) if (s.kind, s.origin) == (problem.technique, problem.origin)), None)
        if step is None:
            return str(problem)
        able = [str(target) for target in self._able(step, program)]
        if not able:
            return f"{problem}; no channel of this lab can"
        return f"{problem}; channels that can: {', '.join(able[:_SHOWN])}{', …' if len(able) > _SHOWN else ''}"

    def _able(self, step: Step, program: Program) -> Iterator[Target]:
        told = [] if self.connection is None else list_channels(self.connection)
        known = {row.instrument for row in told}
        for row in told:
            if row.instrument in self.lab.instruments and step.kind in row.capabilities.get("techniques", ()):
                yield self._target(row.instrument, row.channel)
        for bench in self.lab.benches.values():
            if bench.instrument not in known and self._accepts(bench.instrument, bench.channel, step, program):
                yield self._target(bench.instrument, bench.channel)

    def _accepts(self, instrument: str, channel: str, step: Step, program: Program) -> bool:
        """Whether a channel that has never been seen would take this step, as its driver says."""
        try:
            cycler = self.cycler_for(self.lab.instruments[instrument])
            return not cycler.check(replace(program, steps=(step,)), channel)
        except DriverError:  # its driver or its library is not installed here, or it knows no such channel
            return False

    def _target(self, instrument: str, channel: str) -> Target:
        bench = self.lab.bench_of(instrument, channel)
        return Target(self.lab.instruments[instrument], channel, bench.name if bench else None)
