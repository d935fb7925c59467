"""Which half-scan of a voltage scan each row belongs to: rows tell their cycle, not their direction.

Each row says when the potential will turn: what is left to the vertex, at the scan rate. A row later than the one
before it said belongs to the next half-scan. So neither a scan rate that is a little off nor lost rows lead astray, and
noise matters only to rows that lie within the noise of a vertex.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from drivers.biologic.scan_course import ScanCourse
from drivers.biologic.technique_list import StepRows
from drivers.contracts import StepKind

__all__ = ["HalfScan", "Stretch", "first_half_scan", "follow"]

_Values = npt.NDArray[np.float64]
_TOLERATED_ROWS = 0.5
"""Of the time between rows: how much later than expected a row may be before the vertex is taken to be behind it."""
_BACK_ROWS, _BACK_V = 3.0, 3e-3
"""A potential that has gone back by more than so many rows, and so much, has turned, wherever the vertex was."""


@dataclass(frozen=True, slots=True)
class HalfScan:
    """The present half-scan after its last row. Times are test times."""

    number: int
    """From 0, over all passes of the technique."""
    began_s: float
    turns_s: float
    """When the vertex will be reached, as expected."""
    initial_V: float
    """Potential when the technique began; 0 where nothing refers to it."""
    reached_V: float | None = None
    """Furthest potential, taken positive in the direction of the sweep; None before the first row."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Neighbouring rows of one half-scan, or of any other step."""

    rows: slice
    step: StepRows
    kind: StepKind
    began_s: float
    """The step."""
    begins: bool
    """Whether the step begins with these rows."""
    cycles_before: int = 0
    """Of its scan."""


def first_half_scan(
    course: ScanCourse, start_s: float, first_s: float, first_V: float, before_V: float | None
) -> HalfScan:
    """Return the state before the first row of a technique."""
    initial_V = course.initial_V(first_s - start_s, first_V, before_V)
    return _entered(course, 0, start_s, initial_V)


def follow(
    course: ScanCourse, now: HalfScan, time_s: _Values, voltage_V: _Values, passes: npt.NDArray[np.uint32]
) -> tuple[list[Stretch], HalfScan]:
    """Divide rows, at least one, into half-scans; ``passes`` is the instrument's own cycle column."""
    stretches: list[Stretch] = []
    begin, count = 0, len(time_s)
    while begin < count:
        rest = slice(begin, count)
        ahead = _Ahead(course, now, time_s[rest], voltage_V[rest], passes[rest])
        own = ahead.own_rows()
        if own:
            stretches.append(_stretch(course, now, slice(begin, begin + own)))
        begin += own
        now = ahead.after(own) if begin == count else ahead.next(own)
    return stretches, now


def _entered(course: ScanCourse, number: int, began_s: float, initial_V: float) -> HalfScan:
    begin_V, end_V = course.ends_V(number, initial_V)
    return HalfScan(number, began_s, began_s + abs(end_V - begin_V) / course.rate_V_per_s, initial_V)


def _stretch(course: ScanCourse, now: HalfScan, rows: slice) -> Stretch:
    begin_V, end_V = course.ends_V(now.number, now.initial_V)
    turn, of_pass = now.number // len(course.steps), course.steps[now.number % len(course.steps)]
    kind = StepKind.SWEEP_UP if end_V > begin_V else StepKind.SWEEP_DOWN
    return Stretch(rows, of_pass, kind, now.began_s, now.reached_V is None, of_pass.cycle + turn)


class _Ahead:
    """Rows from the present half-scan on."""

    def __init__(
        self, course: ScanCourse, now: HalfScan, time_s: _Values, voltage_V: _Values, passes: npt.NDArray[np.uint32]
    ) -> None:
        begin_V, end_V = course.ends_V(now.number, now.initial_V)
        way = 1.0 if end_V > begin_V else -1.0
        self._course, self._now, self._time_s, self._passes = course, now, time_s, passes
        self._voltage_V = voltage_V
        self._gone_V = way * voltage_V
        self._turns_s = np.concatenate(([now.turns_s], time_s + (way * end_V - self._gone_V) / course.rate_V_per_s))
        """Before the first row and after each."""

    def own_rows(self) -> int:
        """How many rows belong to the present half-scan."""
        beyond = self._of_later_pass()
        following = (self._now.number + 1) // len(self._course.steps)
        if following < self._course.passes:
            beyond |= (self._late() | self._gone_back()) & (self._passes >= following)
        return int(beyond.argmax()) if beyond.any() else len(beyond)

    def after(self, own: int) -> HalfScan:
        """Return the state after the last row, which is of the present half-scan."""
        reached_V = float(self._gone_V[:own].max())
        if self._now.reached_V is not None:
            reached_V = max(reached_V, self._now.reached_V)
        return replace(self._now, turns_s=float(self._turns_s[own]), reached_V=reached_V)

    def next(self, own: int) -> HalfScan:
        """Return the half-scan that the first row which is not of the present one may belong to."""
        number, at_s = self._now.number + 1, float(self._time_s[own])
        of_pass = int(self._passes[own]) * len(self._course.steps)
        if of_pass > number:  # half-scans are missing: what is known is where this pass began
            begin_V, _ = self._course.ends_V(of_pass, self._now.initial_V)
            gone_s = abs(float(self._voltage_V[own]) - begin_V) / self._course.rate_V_per_s
            return _entered(self._course, of_pass, max(at_s - gone_s, self._now.began_s), self._now.initial_V)
        turned_s = min(float(self._turns_s[own]), at_s)
        return _entered(self._course, number, max(turned_s, self._now.began_s), self._now.initial_V)

    def _late(self) -> npt.NDArray[np.bool_]:
        tolerated_s = _TOLERATED_ROWS * self._course.row_V / self._course.rate_V_per_s
        return np.asarray(self._time_s > self._turns_s[:-1] + tolerated_s)

    def _gone_back(self) -> npt.NDArray[np.bool_]:
        reached_V = np.maximum.accumulate(self._gone_V)
        if self._now.reached_V is not None:
            reached_V = np.maximum(reached_V, self._now.reached_V)
        return np.asarray(reached_V - self._gone_V > max(_BACK_ROWS * self._course.row_V, _BACK_V))

    def _of_later_pass(self) -> npt.NDArray[np.bool_]:
        return np.asarray(self._passes > self._now.number // len(self._course.steps))
