"""One stretch of a technique under one drive, and what techniques share to make them."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from simulators.biologic.clips import Clips, Course
from simulators.biologic.parameter_set import ParameterSet
from simulators.biologic.ranges import current_full_scale_A
from simulators.biologic.record_ticks import LastRow, Quantity

__all__ = ["Bench", "Columns", "Ending", "Outcome", "Piece", "Technique", "Ticks", "time_columns"]

Ticks = NDArray[np.int64]
Columns = dict[str, NDArray[np.uint32] | NDArray[np.float32]]
"""Columns of rows in the order of the data buffer; integers are uint32, all else float32."""

_SINGLE_ROUNDING = 1.2e-7
"""Relative: what rounding to float32 may have added to a quotient of two parameters."""


class Outcome(Enum):
    """What follows on a technique."""

    NEXT = "next technique"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Ending:
    """When a piece ended, in ticks since the technique's start.

    ``cut`` where its parameters, or the cell's temperature, were changed under way.
    """

    tick: int
    cut: bool
    row: LastRow | None = None
    """Of a piece cut by a temperature: its last row, relative to its end, after which rows go on as if uncut."""


@dataclass(frozen=True, slots=True)
class Piece:
    """From ``begin`` to ``end``, in ticks since the technique's start; the end is infinite where only others end it."""

    begin: int
    end: float
    course: Course
    row_ticks: Iterator[Ticks]
    """Blocks of ticks since ``begin`` at which a row is due."""
    measure: Callable[[Ticks], Columns]
    """Rows at ticks since ``begin``."""
    process: int = 0
    waits_for_trigger: bool = False
    takes_updates: bool = False
    """Whether parameters or a temperature that change under way cut it; else they count from the next piece on."""
    watched: Quantity | None = None
    """What rows are written at a change of, where it takes updates."""
    before: LastRow | None = None
    """The last row before its begin, where it goes on after one that a temperature cut."""
    control: float = 0.0
    """What is controlled, in V or A."""


Technique = Generator[Piece, Ending, Outcome]


@dataclass(frozen=True, slots=True)
class Bench:
    """What one execution of a technique works with."""

    parameters: ParameterSet
    tick_s: float
    clips: Clips
    initial_V: float
    initial_A: float
    """As measured when the technique began; what ``vs_initial`` refers to."""
    greatest_range: int
    voltage_noise_V: float
    current_noise_A: float
    """Standard deviations of one row."""
    normal: Callable[[int], NDArray[np.float64]]
    """Standard normal deviates of so many rows, two columns."""

    @property
    def full_scale_A(self) -> float:
        """What the current range can drive."""
        return current_full_scale_A(self.parameters.count("I_Range"), self.greatest_range)

    def ticks(self, seconds: float) -> int:
        """Whole ticks, rounded up and at least one, as in a real log: 1 s of 24 us is 41667."""
        exact = seconds / self.tick_s
        whole = abs(exact - round(exact)) <= exact * _SINGLE_ROUNDING
        return max(1, round(exact) if whole else math.ceil(exact))

    def interval(self, label: str, index: int = 0) -> int | None:
        """Ticks between rows; None where the parameter is zero."""
        seconds = self.parameters.number(label, index)
        return self.ticks(seconds) if seconds > 0 else None

    def change(self, label: str, index: int = 0) -> float | None:
        """Change between rows; None where the parameter is zero."""
        return self.parameters.number(label, index) or None

    def seconds(self, ticks: Ticks) -> NDArray[np.float64]:
        """Seconds of ticks."""
        return np.asarray(ticks * self.tick_s, np.float64)

    def potential_and_current(self, course: Course, ticks: Ticks) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """What is measured at these ticks of a course."""
        shown = course.response(self.seconds(ticks))
        noise = self.normal(len(ticks)) * (self.voltage_noise_V, self.current_noise_A)
        return (shown.voltage_V + noise[:, 0]).astype(np.float32), (shown.current_A + noise[:, 1]).astype(np.float32)


def time_columns(ticks: Ticks) -> Columns:
    """Both halves of a tick count."""
    return {"t_high": (ticks >> 32).astype(np.uint32), "t_low": (ticks & 0xFFFFFFFF).astype(np.uint32)}
