"""How long a program will take and how much it will record. From nominal capacity; not a promise.

The cell is a bucket of nominal capacity whose voltage is linear between the lowest and the highest voltage that the
program sets (a single one is the end of the way there). It is taken as full in whatever direction the first step
needs, and passes its whole nominal capacity at every rate, so that a fast or faded cell is done sooner. The current of
a held voltage decays with a time constant of 15 min. Without a nominal capacity the largest current is taken as 1C.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from protocols.plan import Estimate
from protocols.program import (
    ConstantCurrent,
    ConstantCurrentConstantVoltage,
    ConstantVoltage,
    Loop,
    Program,
    Record,
    Rest,
    Step,
    Until,
    walk,
)

__all__ = ["BYTES_PER_RECORD", "HOLD_TIME_CONSTANT_S", "estimate_program", "total"]

BYTES_PER_RECORD = 110
"""In the database, indices and levels included."""
HOLD_TIME_CONSTANT_S = 900.0
_PASSES = 3
"""Passes of a loop that are followed; the rest are taken as the last of them."""
_EDGE_RECORDS = 2
"""First and last record of a step."""


@dataclass(frozen=True, slots=True)
class _Spent:
    duration_s: float = 0.0
    records: float = 0.0
    cycles: int = 0

    def __add__(self, other: _Spent) -> _Spent:
        return _Spent(self.duration_s + other.duration_s, self.records + other.records, self.cycles + other.cycles)

    def times(self, count: int) -> _Spent:
        return _Spent(self.duration_s * count, self.records * count, self.cycles * count)


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
    spent = _Bucket(program, nominal_capacity_Ah).body(program.steps)
    moves_charge = any(not isinstance(step, Rest | Loop) for step in walk(program.steps))
    cycles = spent.cycles or int(moves_charge)
    records = math.ceil(spent.records)
    return Estimate(spent.duration_s, records, cycles, records * BYTES_PER_RECORD)


class _Bucket:
    """The cell on its way through a program: ``content_Ah`` rises while charging, 0 to nominal."""

    def __init__(self, program: Program, nominal_capacity_Ah: float | None) -> None:
        self._nominal_Ah = nominal_capacity_Ah or _largest_current_A(program)
        self._low_V, self._high_V = _window(program)
        limits = program.limits
        self._range_V = (self._high_V - self._low_V) or (limits.voltage_max_V - limits.voltage_min_V)
        self._record = program.record
        self._content_Ah: float | None = None

    def body(self, steps: tuple[Step, ...]) -> _Spent:
        """All steps once, in order."""
        spent = _Spent()
        for step in steps:
            spent += self._loop(step) if isinstance(step, Loop) else self._step(step)
        return spent

    def _loop(self, loop: Loop) -> _Spent:
        spent = _Spent()
        for done in range(1, loop.count + 1):
            before_Ah = self._content_Ah
            one = self.body(loop.body)
            one = one if one.cycles else _Spent(one.duration_s, one.records, 1)
            if done == _PASSES or self._unchanged_since(before_Ah):
                return spent + one.times(loop.count - done + 1)
            spent += one
        return spent

    def _unchanged_since(self, before_Ah: float | None) -> bool:
        if before_Ah is None or self._content_Ah is None:
            return before_Ah is self._content_Ah
        return math.isclose(before_Ah, self._content_Ah, abs_tol=1e-9 * self._nominal_Ah)

    def _step(self, step: Rest | ConstantCurrent | ConstantVoltage | ConstantCurrentConstantVoltage) -> _Spent:
        record = step.record or self._record
        if isinstance(step, Rest):
            return _recorded(record, step.until.duration_s or 0.0)
        charging = step.direction == "charge"
        if self._content_Ah is None:
            self._content_Ah = 0.0 if charging else self._nominal_Ah
        before_Ah = self._content_Ah
        match step:
            case ConstantCurrent(until=until):
                duration_s = self._constant_current(step.current_A, until, until.voltage_V)
                fall_A = 0.0
            case ConstantCurrentConstantVoltage(until=until):
                duration_s = self._constant_current(step.current_A, until, step.voltage_V)
                duration_s = min(duration_s + _hold_s(until, abs(step.current_A)), until.duration_s or math.inf)
                fall_A = abs(step.current_A)
            case ConstantVoltage(until=until):
                duration_s = _hold_s(until, step.current_max_A)
                self._content_Ah += self._room_Ah(step.voltage_V, charging) * (1 if charging else -1)
                fall_A = step.current_max_A
        swing_V = abs(self._content_Ah - before_Ah) / self._nominal_Ah * self._range_V
        return _recorded(record, duration_s, swing_V, fall_A)

    def _constant_current(self, current_A: float, until: Until, cut_off_V: float | None) -> float:
        """Move the content; return the duration in seconds."""
        charging = current_A > 0
        passed_Ah = min(
            math.inf if cut_off_V is None else self._room_Ah(cut_off_V, charging),
            math.inf if until.capacity_Ah is None else until.capacity_Ah,
            math.inf if until.duration_s is None else abs(current_A) * until.duration_s / 3600,
        )
        moved_Ah = (self._content_Ah or 0.0) + (passed_Ah if charging else -passed_Ah)
        self._content_Ah = min(max(moved_Ah, 0.0), self._nominal_Ah)
        return passed_Ah / abs(current_A) * 3600

    def _room_Ah(self, voltage_V: float, charging: bool) -> float:
        """Charge that passes until a voltage is reached; 0 where it lies behind."""
        if self._low_V == self._high_V:
            share = 1.0 if charging else 0.0
        else:
            share = min(max((voltage_V - self._low_V) / (self._high_V - self._low_V), 0.0), 1.0)
        distance_Ah = share * self._nominal_Ah - (self._content_Ah or 0.0)
        return max(distance_Ah if charging else -distance_Ah, 0.0)


def _hold_s(until: Until, start_A: float) -> float:
    """Duration of a held voltage: an exponential decay to the cut-off current, or the time given."""
    decay_s = math.inf
    if until.current_A:
        decay_s = HOLD_TIME_CONSTANT_S * math.log(max(start_A / until.current_A, 1.0))
    shortest_s = min(decay_s, math.inf if until.duration_s is None else until.duration_s)
    return shortest_s if math.isfinite(shortest_s) else 0.0


def _recorded(record: Record, duration_s: float, swing_V: float = 0.0, fall_A: float = 0.0) -> _Spent:
    records: float = _EDGE_RECORDS
    if record.interval_s:
        records += math.floor(duration_s / record.interval_s)
    if record.voltage_change_V:
        records += math.floor(swing_V / record.voltage_change_V)
    if record.current_change_A:
        records += math.floor(fall_A / record.current_change_A)
    return _Spent(duration_s, records)


def _largest_current_A(program: Program) -> float:
    currents_A = [
        step.current_max_A if isinstance(step, ConstantVoltage) else abs(step.current_A)
        for step in walk(program.steps)
        if not isinstance(step, Rest | Loop)
    ]
    return max(currents_A, default=program.limits.current_max_A)


def _window(program: Program) -> tuple[float, float]:
    """Lowest and highest voltage that the program sets; its limits where it sets none."""
    voltages_V: list[float] = []
    for step in walk(program.steps):
        if isinstance(step, ConstantVoltage | ConstantCurrentConstantVoltage):
            voltages_V.append(step.voltage_V)
        elif isinstance(step, ConstantCurrent) and step.until.voltage_V is not None:
            voltages_V.append(step.until.voltage_V)
    if not voltages_V:
        return program.limits.voltage_min_V, program.limits.voltage_max_V
    return min(voltages_V), max(voltages_V)
