"""From an instrument's step counters, which restart with every step, to totals that never do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from drivers.contracts import StepKind

__all__ = ["COUNTERS", "StepTotals"]

Floats = npt.NDArray[np.float64]

COUNTERS: Mapping[str, tuple[str, str]] = {
    "charging_capacity_Ah": ("step_capacity_Ah", "charge"),
    "discharging_capacity_Ah": ("step_capacity_Ah", "discharge"),
    "charging_energy_Wh": ("step_energy_Wh", "charge"),
    "discharging_energy_Wh": ("step_energy_Wh", "discharge"),
}
"""Name of a total: the record column that it sums and the direction of the steps that count."""

_KINDS = {
    direction: np.array([kind for kind in StepKind if kind.direction == direction], dtype=np.int8)
    for direction in ("charge", "discharge")
}


@dataclass(slots=True)
class _Counter:
    """State of one total between two chunks."""

    base: float = 0.0
    """Sum over the completed steps."""
    reading: float = 0.0
    """Last reading of the step that goes on; a sweep's may fall where the current turns."""
    total: float = 0.0
    step: float = 0.0


@dataclass(slots=True)
class StepTotals:
    """Extends a run's records, chunk by chunk, by the executed step's number and by totals over completed steps.

    A step begins where the segment, the cycle or the step number changes or the step time falls back. Records of a
    pause repeat what stood before it: the paused step goes on after it.
    """

    steps: int = 0
    unattributed_Ah: float = 0.0
    """Largest step counter seen in a step that is neither charge nor discharge: it belongs to no total."""
    _last: tuple[int, int, int, float] | None = None
    _counters: dict[str, _Counter] = field(default_factory=lambda: {name: _Counter() for name in COUNTERS})

    def extend(self, segment: int, columns: Mapping[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[Any]]:
        """Return ``step_count``, the totals of COUNTERS, and each step's own as ``step_…``, one entry per record."""
        active = columns["step_kind"] != StepKind.PAUSE
        driven = {name: column[active] for name, column in columns.items()}
        position = np.cumsum(active)  # 0: a pause before the first active record of this chunk
        starts = self._starts(segment, driven)
        count = np.concatenate(([self.steps], self.steps + np.cumsum(starts)))
        self.steps = int(count[-1])
        self._note_unattributed(driven)
        extended: dict[str, npt.NDArray[Any]] = {"step_count": count[position]}
        for name, (source, direction) in COUNTERS.items():
            own = np.where(np.isin(driven["step_kind"], _KINDS[direction]), driven[source], 0.0)
            total, step = _accumulate(self._counters[name], own, starts)
            extended[name], extended[f"step_{name}"] = total[position], step[position]
        return extended

    def _starts(self, segment: int, columns: Mapping[str, npt.NDArray[Any]]) -> npt.NDArray[np.bool_]:
        cycle, step, time_s = columns["cycle"], columns["step"], columns["step_time_s"]
        starts = np.ones(len(step), dtype=bool)
        if len(step):
            changes = (cycle[1:] != cycle[:-1]) | (step[1:] != step[:-1])
            starts[1:] = changes | (time_s[1:] < time_s[:-1])
            if self._last is not None:
                same = self._last[:3] == (segment, int(cycle[0]), int(step[0]))
                starts[0] = not (same and time_s[0] >= self._last[3])
            self._last = (segment, int(cycle[-1]), int(step[-1]), float(time_s[-1]))
        return starts

    def _note_unattributed(self, columns: Mapping[str, npt.NDArray[Any]]) -> None:
        other = columns["step_capacity_Ah"][columns["step_kind"] == StepKind.OTHER]
        self.unattributed_Ah = max(self.unattributed_Ah, float(other.max(initial=0.0)))


def _accumulate(counter: _Counter, own: Floats, starts: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return total and step value, each led by the last of the chunk before; moves the counter on."""
    before = (counter.total, counter.step)
    if not len(own):
        return np.array(before[:1]), np.array(before[1:])
    begun = starts.copy()
    begun[0] = True
    ends = np.append(np.flatnonzero(begun)[1:], len(own)) - 1
    if starts[0]:
        counter.base += counter.reading
    bases = np.cumsum(np.concatenate(([counter.base], own[ends[:-1]])))
    total = np.maximum.accumulate(np.concatenate((before[:1], bases[np.cumsum(begun) - 1] + own)))
    step = np.concatenate((before[1:], own))
    counter.base, counter.reading = float(bases[-1]), float(own[-1])
    counter.total, counter.step = float(total[-1]), float(step[-1])
    return total, step
