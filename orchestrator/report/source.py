"""Who tells a report of runs: the service over HTTP, or whoever stands beside its database."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from orchestrator.web.models.analysis import AnalysisAnswer
from orchestrator.web.models.cell import CellAnswer
from orchestrator.web.models.log import AlarmAnswer, EventAnswer
from orchestrator.web.models.records import CycleAnswer, RecordsAnswer
from orchestrator.web.models.run import RunDetail

__all__ = ["ReportSource"]


class ReportSource(Protocol):
    """What a report asks for, several at a time; :class:`orchestrator.client.Client` is one."""

    def run(self, run_id: int) -> RunDetail:
        """One run with its plan."""

    def cell(self, cell_id: str) -> CellAnswer:
        """One cell."""

    def analyses(self, run_id: int) -> list[AnalysisAnswer]:
        """Newest first."""

    def cycles(self, run_id: int) -> list[CycleAnswer]:
        """All of them."""

    def events(self, run_id: int | None = None, after: int = 0, limit: int = 50) -> list[EventAnswer]:
        """In order."""

    def alarms(self, *, open_only: bool = True) -> list[AlarmAnswer]:
        """Newest first."""

    def records(self, run_id: int, *, buckets: int) -> RecordsAnswer:
        """Minima and maxima of a whole run."""

    def record_columns(self, run_id: int, start_s: float, end_s: float) -> dict[str, npt.NDArray[np.float64]]:
        """Whole records of a window of test time."""
