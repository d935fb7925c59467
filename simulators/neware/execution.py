"""The test that a channel has in hand, and what the channel's states have been."""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field

import numpy as np

from simulators.neware.ledger import TestLedger
from simulators.neware.program_position import ProgramPosition
from simulators.neware.snapshot import WorkStatus
from simulators.neware.step_end import Passed
from simulators.neware.step_run import References, StepRun

__all__ = ["Execution", "WorkHistory"]

_SLACK_s = 5e-4


@dataclass
class Execution:
    """The test that runs or is paused."""

    ledger: TestLedger
    position: ProgramPosition
    noise: np.random.Generator
    run: StepRun | None = None
    """None while paused."""
    earlier: StepRun | None = None
    """The same step, as it was computed before the cell became warmer: who asks about the past is shown that."""
    cut: tuple[Passed, References] | None = None
    """Where in its step a paused test stands; None when it stands between two steps."""
    paused_s: float = 0.0
    paused_at: float | None = None
    reserved: tuple[int, int] | None = None
    """Cycle, counted from 1, and step before which it will pause."""

    def active_s(self, now_unix_s: float) -> float:
        """Test time without pauses."""
        until = now_unix_s if self.paused_at is None else min(now_unix_s, self.paused_at)
        return max(0.0, until - self.ledger.start_unix_s - self.paused_s)


@dataclass
class WorkHistory:
    """Work states with the instants from which they held: a lagging BTS tells the old one."""

    instants: list[float] = field(default_factory=list)
    states: list[WorkStatus] = field(default_factory=list)

    @property
    def present(self) -> WorkStatus:
        """As of the last change; ``finish`` before the first test."""
        return self.states[-1] if self.states else "finish"

    def enter(self, state: WorkStatus, at_unix_s: float) -> None:
        """Change to a state; instants never decrease."""
        self.instants.append(at_unix_s)
        self.states.append(state)

    def at(self, unix_s: float) -> WorkStatus:
        """State at an instant."""
        index = bisect.bisect_right(self.instants, unix_s + _SLACK_s)
        return self.states[index - 1] if index else "finish"
