"""What the binding of one step needs to know."""

from __future__ import annotations

from dataclasses import dataclass

from protocols.compile.binding import CellBinding
from protocols.compile.protection import Protection
from protocols.compile.scope import Scope
from protocols.errors import Refusal
from protocols.program import Origin, Record, Step

__all__ = ["Job"]


@dataclass(frozen=True, slots=True)
class Job:
    """One step at its place: names, cell, limits, and the step that the channel executes before it."""

    scope: Scope
    binding: CellBinding
    protection: Protection
    window: tuple[float, float] | None
    """Voltage window of the cell."""
    record: Record
    """What holds where the step does not say otherwise."""
    origin: Origin
    before: Step | None
    warnings: list[Refusal]
