"""One run as a report needs it: what the service tells of it, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from orchestrator.analysis.result import AnalysisResult, Table, Value
from orchestrator.web.models.analysis import AnalysisAnswer
from orchestrator.web.models.cell import CellAnswer
from orchestrator.web.models.log import AlarmAnswer, EventAnswer
from orchestrator.web.models.records import CycleAnswer
from orchestrator.web.models.run import RunDetail

__all__ = ["Analysed", "Array", "MeasuredRun", "Profile", "VoltageCourse"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """Voltage over charge of one cycle, each direction from zero."""

    cycle: int
    charge_mAh: Array
    charge_V: Array
    discharge_mAh: Array
    discharge_V: Array


@dataclass(frozen=True, slots=True, eq=False)
class VoltageCourse:
    """A whole run decimated: lowest and highest voltage over stretches of test time."""

    time_h: Array
    lowest_V: Array
    highest_V: Array


@dataclass(frozen=True, slots=True)
class Analysed:
    """One analysis as the service has it, and its result where it is done."""

    answer: AnalysisAnswer
    result: AnalysisResult | None


@dataclass(frozen=True, slots=True)
class MeasuredRun:
    """A run, its cell, and the newest result of each of its analyses."""

    run: RunDetail
    cell: CellAnswer
    analyses: tuple[Analysed, ...]
    """The newest of each name and options, in the order in which they were asked for."""
    cycles: tuple[CycleAnswer, ...]
    profiles: tuple[Profile, ...] = ()
    course: VoltageCourse | None = None
    events: tuple[EventAnswer, ...] = ()
    alarms: tuple[AlarmAnswer, ...] = ()
    results: Mapping[str, AnalysisResult] = field(init=False, repr=False)
    """Of the newest that are done, by name."""

    def __post_init__(self) -> None:
        done = {one.answer.name: one.result for one in self.analyses if one.result is not None}
        object.__setattr__(self, "results", done)

    @property
    def id(self) -> int:
        """Number of the run."""
        return self.run.id

    @property
    def name(self) -> str:
        """What a legend calls it."""
        return f"{self.run.cell} (run {self.run.id})"

    def table(self, analysis: str, name: str) -> Table | None:
        """A table of a result; None where there is none, or it has no row."""
        result = self.results.get(analysis)
        found = next((table for table in result.tables if table.name == name), None) if result else None
        return found if found is not None and found.rows else None

    def value(self, analysis: str, name: str) -> Value | None:
        """A value of a result that could be said; else None."""
        result = self.results.get(analysis)
        found = next((value for value in result.values if value.name == name), None) if result else None
        return None if found is None or found.value is None else found
