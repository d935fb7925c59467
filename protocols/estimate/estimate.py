"""The front door: a program's estimate, and that of several."""

from __future__ import annotations

import math
from collections.abc import Sequence

from protocols.estimate.bucket import Bucket
from protocols.plan import Estimate
from protocols.program import Impedance, Loop, Program, Rest, walk

__all__ = ["BYTES_PER_RECORD", "estimate_program", "total"]

BYTES_PER_RECORD = 110
"""In the database, indices and levels included."""


def total(parts: Sequence[Estimate]) -> Estimate:
    """What several segments take, one after the other."""
    return Estimate(
        sum(part.duration_s for part in parts),
        sum(part.records for part in parts),
        sum(part.cycles for part in parts),
        sum(part.bytes for part in parts),
    )


def estimate_program(program: Program, nominal_capacity_Ah: float | None) -> Estimate:
    """Duration, records, cycles and bytes of a program. Loops run to their count: stop rules are not foreseen."""
    spent = Bucket(program, nominal_capacity_Ah).body(program.steps)
    moves_charge = any(not isinstance(step, Rest | Impedance | Loop) for step in walk(program.steps))
    cycles = spent.cycles or int(moves_charge)
    records = math.ceil(spent.records)
    return Estimate(spent.duration_s, records, cycles, records * BYTES_PER_RECORD)
