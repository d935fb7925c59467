"""A profile that the chamber follows by itself: ramps and soaks, begun at its panel or over the wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Profile", "ProfileRun", "ProfileState", "ProfileStep"]

ProfileState = Literal["off", "not started", "running", "paused", "complete", "terminated"]


@dataclass(frozen=True, slots=True)
class ProfileStep:
    """Go to a temperature at a rate, stay there so long."""

    target_degC: float
    ramp_K_s: float
    soak_s: float


Profile = tuple[ProfileStep, ...]


@dataclass(slots=True)
class ProfileRun:
    """The state of the profile engine. A step's end is known as it begins: it waits for no process value."""

    state: ProfileState = "not started"
    number: int = 1
    step: int = 0
    """Counted from 1; 0 before the first."""
    due_unix_s: float = 0.0
    """When the present step ends; while paused, what is left of it."""
    steps: Profile = field(default=())

    def begin(self, number: int, steps: Profile, now_unix_s: float, set_point_degC: float) -> ProfileStep:
        """Start with the first step, which is returned."""
        self.state, self.number, self.steps, self.step = "running", number, steps, 0
        return self._enter(now_unix_s, set_point_degC)

    def next(self, set_point_degC: float) -> ProfileStep | None:
        """Go on at ``due_unix_s``; None where the profile is complete."""
        if self.step >= len(self.steps):
            self.state = "complete"
            return None
        return self._enter(self.due_unix_s, set_point_degC)

    def pause(self, now_unix_s: float) -> None:
        """Stand still."""
        if self.state == "running":
            self.state, self.due_unix_s = "paused", self.due_unix_s - now_unix_s

    def resume(self, now_unix_s: float) -> ProfileStep | None:
        """Go on where it was paused."""
        if self.state != "paused":
            return None
        self.state, self.due_unix_s = "running", self.due_unix_s + now_unix_s
        return self.steps[self.step - 1]

    def terminate(self) -> None:
        """End it; the set point stays where it is."""
        if self.state in ("running", "paused"):
            self.state = "terminated"

    def _enter(self, begin_unix_s: float, set_point_degC: float) -> ProfileStep:
        entered = self.steps[self.step]
        self.step += 1
        ramp_s = abs(entered.target_degC - set_point_degC) / entered.ramp_K_s
        self.due_unix_s = begin_unix_s + ramp_s + entered.soak_s
        return entered
