"""The cycle counter, which EClib has not: as a NEWARE channel counts, so that analyses read both alike."""

from __future__ import annotations

from dataclasses import dataclass, replace

__all__ = ["CycleCount"]


@dataclass(frozen=True, slots=True)
class CycleCount:
    """Begins at 1. Each pass of a loop is one cycle, loops that end together count one; so is each cycle of a scan."""

    cycle: int = 1
    used: bool = False
    """Whether this cycle has rows."""
    swept: bool = False
    """Whether this cycle belongs to a scan: the next scan begins another."""
    scan_began: int = 1
    """First cycle of the present scan."""

    def after_pass(self) -> CycleCount:
        """A LOOP technique was executed."""
        return CycleCount(self.cycle + 1) if self.used else self

    def in_step(self) -> CycleCount:
        """Rows of a technique without cycles of its own begin."""
        return replace(self, used=True)

    def in_scan(self) -> CycleCount:
        """The first technique of a scan begins."""
        cycle = self.cycle + self.swept
        return CycleCount(cycle, used=True, swept=True, scan_began=cycle)

    def at(self, cycle: int) -> CycleCount:
        """Within a scan."""
        return replace(self, cycle=max(cycle, self.cycle), used=True)
