"""Capacity and energy of each cycle from the instrument's own step counters; nothing is integrated or bridged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from drivers.contracts import Columns, StepKind

__all__ = ["CycleCounter", "CycleCounts", "LastStep", "add_cycles"]

_LAST_STEP = ("cycle", "step", "step_kind", "step_time_s", "step_capacity_Ah", "step_energy_Wh")
"""Columns of RECORD_COLUMNS that are LastStep's fields, in order."""
_DIRECTION: Mapping[int, str] = {int(kind): kind.direction for kind in StepKind}


@dataclass(slots=True)  # not frozen, which would take three times as long to make: two for each step executed
class CycleCounts:
    """One cycle of a segment so far; never changed. ``cycle`` and test times are the instrument's own."""

    cycle: int
    started_test_time_s: float
    ended_test_time_s: float
    charge_capacity_Ah: float = 0.0
    discharge_capacity_Ah: float = 0.0
    charge_energy_Wh: float = 0.0
    discharge_energy_Wh: float = 0.0
    label: str | None = None
    complete: bool = False
    gap: bool = False


@dataclass(frozen=True, slots=True)
class LastStep:
    """One occurrence of a step, as its last record tells: counters of the instrument, unsigned."""

    cycle: int
    step: int
    step_kind: int
    step_time_s: float
    capacity_Ah: float
    energy_Wh: float

    def continues_as(self, cycle: int, step: int, step_time_s: float) -> bool:
        """Whether a record that follows belongs to the same occurrence of the step."""
        return cycle == self.cycle and step == self.step and step_time_s >= self.step_time_s


@dataclass(slots=True)
class CycleCounter:
    """Counts the records of one segment, batch by batch; any split of the records gives the same cycles.

    A step that occurs several times in a cycle counts each time; the last record of each occurrence tells its capacity
    and energy. A jump of the sequence number marks the cycles on both sides as having a gap. A cycle number that goes
    back is booked under the highest one seen, with a gap, since no instrument is known to do that.
    """

    labels: Mapping[int, str | None]
    """Instrument step number to the technician's label; a cycle has that of its first labelled (dis)charge."""
    last_seq: int = 0
    _closed: CycleCounts | None = None  # the current cycle without the step that still goes on
    _open: LastStep | None = None
    _changed: dict[int, CycleCounts] = field(default_factory=dict)

    @classmethod
    def resumed(
        cls, labels: Mapping[int, str | None], last_seq: int, stored: CycleCounts | None, last: LastStep | None
    ) -> CycleCounter:
        """Go on after a restart from the last cycle stored and the last record that is not of a pause."""
        if stored is None or last is None:
            return cls(labels, last_seq)
        closed = _plus(replace(stored, complete=False), last, sign=-1)
        return cls(labels, last_seq, closed, replace(last, cycle=stored.cycle))

    def add(self, columns: Columns) -> None:
        """Count records that follow the earlier ones; columns as in RECORD_COLUMNS, of one length, not empty."""
        cycle = columns["cycle"]
        highest = np.maximum.accumulate(cycle)
        if self._closed is not None and self._closed.cycle > highest[0]:
            highest = np.maximum(highest, self._closed.cycle)
        gaps = self._gaps(columns["seq"], highest) | set(highest[highest != cycle].tolist())
        self.last_seq = int(columns["seq"][-1])
        counted = np.flatnonzero(columns["step_kind"] != StepKind.PAUSE)  # a pause repeats the paused step's counters
        if len(counted) == len(cycle):
            self._count(columns, highest, gaps)
        elif len(counted):
            self._count({name: column[counted] for name, column in columns.items()}, highest[counted], gaps)

    def changed(self) -> list[CycleCounts]:
        """Cycles that differ from what this told the last time."""
        if self._closed is not None and self._open is not None:
            self._changed[self._closed.cycle] = _plus(self._closed, self._open)
        rows = list(self._changed.values())
        self._changed.clear()
        return rows

    def _gaps(self, seq: npt.NDArray[np.generic], cycle: npt.NDArray[np.generic]) -> set[int]:
        if seq[0] == self.last_seq + 1 and seq[-1] - seq[0] == len(seq) - 1:
            return set()  # by far the most batches
        jumps = np.flatnonzero(np.diff(seq) > 1)
        cycles: set[int] = {*cycle[jumps].tolist(), *cycle[jumps + 1].tolist()}
        if int(seq[0]) != self.last_seq + 1:
            cycles.add(int(cycle[0]))
            if self._closed is not None:
                self._closed = replace(self._closed, gap=True)
        return cycles

    def _count(self, columns: Columns, cycle: npt.NDArray[np.generic], gaps: set[int]) -> None:
        for _, seen, entered_s, begun_s, ended_s in _occurrences({**columns, "cycle": cycle}, _no_bounds(columns)):
            self._see(seen, entered_s, begun_s, ended_s, gap=seen.cycle in gaps)

    def _see(self, seen: LastStep, entered_s: float, begun_s: float, ended_s: float, *, gap: bool) -> None:
        if not (self._open and self._open.continues_as(seen.cycle, seen.step, entered_s)):
            self._close_step()
        self._enter(seen, begun_s, ended_s, gap=gap)

    def _follows(self, seq: int, cycle: int) -> bool:
        return seq == self.last_seq + 1 and (self._closed is None or cycle >= self._closed.cycle)

    def _close_step(self) -> None:
        if self._closed is not None and self._open is not None:
            self._closed = _plus(self._closed, self._open)
        self._open = None

    def _enter(self, seen: LastStep, begun_s: float, ended_s: float, *, gap: bool) -> None:
        current = self._closed
        if current is None or current.cycle != seen.cycle:
            if current is not None:
                self._changed[current.cycle] = _until(
                    current, current.ended_test_time_s, current.label, gap=current.gap, complete=True
                )
            current = CycleCounts(seen.cycle, begun_s, ended_s)
        label = current.label
        if label is None and _DIRECTION.get(seen.step_kind, "none") != "none":
            label = self.labels.get(seen.step)
        self._closed = _until(current, ended_s, label, gap=current.gap or gap, complete=current.complete)
        self._open = seen


def add_cycles(counters: Sequence[CycleCounter], columns: Columns, owner: npt.NDArray[np.intp]) -> None:
    """Add records of several segments, the same as one by one; in one pass where nothing is out of the ordinary.

    ``owner`` tells whose each record is: every counter in turn, at least one record each.
    """
    bounds = owner[1:] != owner[:-1]
    first = np.concatenate(([0], np.flatnonzero(bounds) + 1))
    seq, cycle = columns["seq"], columns["cycle"]
    last = np.append(first[1:], len(seq)) - 1
    plain = (
        bool((bounds | ((np.diff(seq) == 1) & (np.diff(cycle) >= 0))).all())
        and not (columns["step_kind"] == StepKind.PAUSE).any()
        and all(map(CycleCounter._follows, counters, seq[first].tolist(), cycle[first].tolist()))  # noqa: SLF001
    )
    if not plain:
        for counter, begin, end in zip(counters, first.tolist(), last.tolist(), strict=True):
            counter.add({name: column[begin : end + 1] for name, column in columns.items()})
        return
    for place, seen, entered_s, begun_s, ended_s in _occurrences(columns, bounds, owner):
        counters[place]._see(seen, entered_s, begun_s, ended_s, gap=False)  # noqa: SLF001
    for counter, last_seq in zip(counters, seq[last].tolist(), strict=True):
        counter.last_seq = last_seq


def _no_bounds(columns: Columns) -> npt.NDArray[np.bool_]:
    return np.zeros(len(columns["seq"]) - 1, dtype=bool)


def _occurrences(
    columns: Columns, bounds: npt.NDArray[np.bool_], owner: npt.NDArray[np.intp] | None = None
) -> Iterator[tuple[int, LastStep, float, float, float]]:
    """Owner, last record, step time of the first record, and first and last test time of each occurrence of a step."""
    cycle, step, step_time = columns["cycle"], columns["step"], columns["step_time_s"]
    new = bounds | (cycle[1:] != cycle[:-1]) | (step[1:] != step[:-1]) | (np.diff(step_time) < 0)
    first = np.concatenate(([0], np.flatnonzero(new) + 1))
    last = np.append(first[1:], len(step)) - 1
    owners = [0] * len(first) if owner is None else owner[first].tolist()
    steps = map(LastStep, *(columns[name][last].tolist() for name in _LAST_STEP))
    test_time = columns["test_time_s"]
    times = (step_time[first].tolist(), test_time[first].tolist(), test_time[last].tolist())
    return zip(owners, steps, *times, strict=True)


def _until(counts: CycleCounts, ended_s: float, label: str | None, *, gap: bool, complete: bool = False) -> CycleCounts:
    """Return the cycle with another end. Not ``replace()``: it takes four times as long, for each step executed."""
    return CycleCounts(
        counts.cycle,
        counts.started_test_time_s,
        ended_s,
        counts.charge_capacity_Ah,
        counts.discharge_capacity_Ah,
        counts.charge_energy_Wh,
        counts.discharge_energy_Wh,
        label,
        complete,
        gap,
    )


def _plus(counts: CycleCounts, step: LastStep, sign: int = 1) -> CycleCounts:
    direction = _DIRECTION.get(step.step_kind, "none")
    capacity_Ah, energy_Wh = sign * step.capacity_Ah, sign * step.energy_Wh
    if direction == "none":
        return counts
    charge_Ah, discharge_Ah = (capacity_Ah, 0.0) if direction == "charge" else (0.0, capacity_Ah)
    charge_Wh, discharge_Wh = (energy_Wh, 0.0) if direction == "charge" else (0.0, energy_Wh)
    return CycleCounts(  # as above
        counts.cycle,
        counts.started_test_time_s,
        counts.ended_test_time_s,
        counts.charge_capacity_Ah + charge_Ah,
        counts.discharge_capacity_Ah + discharge_Ah,
        counts.charge_energy_Wh + charge_Wh,
        counts.discharge_energy_Wh + discharge_Wh,
        counts.label,
        counts.complete,
        counts.gap,
    )
