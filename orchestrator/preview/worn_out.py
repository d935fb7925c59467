"""The stop rule of a loop, judged cycle by cycle as the engine does."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.preview.trace import StepTrace
from protocols.program import RetentionRule

__all__ = ["WornOut"]


class WornOut:
    """Counts how long the retention has been below what the rule asks for."""

    def __init__(self, rule: RetentionRule) -> None:
        self._rule = rule
        self._passes = 0
        self._below = 0
        self._reference_Ah: float | None = None
        self.reason = ""

    def judges(self, cycle: Sequence[StepTrace]) -> bool:
        """Take the steps of one more complete cycle; True when the loop is to be left."""
        self._passes += 1
        charge_Ah = sum(step.passed_Ah for step in cycle if step.passed_Ah > 0)
        discharge_Ah = -sum(step.passed_Ah for step in cycle if step.passed_Ah < 0)
        reversible_Ah = min(charge_Ah, discharge_Ah)
        if self._passes == self._rule.reference_cycle:
            self._reference_Ah = reversible_Ah
        if not self._reference_Ah or self._passes <= self._rule.reference_cycle:
            return False
        retention = reversible_Ah / self._reference_Ah
        self._below = self._below + 1 if retention < self._rule.below else 0
        self.reason = f"retention {1e2 * retention:.1f} % is below {1e2 * self._rule.below:g} %"
        return self._below >= self._rule.for_cycles
