"""What a report asks for, straight from the database: the same answers as over HTTP."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
import numpy.typing as npt

from orchestrator.store.alarms import list_alarms
from orchestrator.store.windows import record_window
from orchestrator.web.models.analysis import AnalysisAnswer
from orchestrator.web.models.cell import CellAnswer
from orchestrator.web.models.log import AlarmAnswer, EventAnswer
from orchestrator.web.models.records import CycleAnswer, RecordsAnswer
from orchestrator.web.models.run import RunDetail
from orchestrator.web.plain_columns import plain
from orchestrator.web.routes.analyses import get_analyses
from orchestrator.web.routes.cells import get_one_cell
from orchestrator.web.routes.log import get_events
from orchestrator.web.routes.records import get_cycles
from orchestrator.web.routes.runs import get_run
from orchestrator.web.service import Service

__all__ = ["StoredRuns"]

_ALARMS_MAX = 200


class StoredRuns:
    """A :class:`orchestrator.report.source.ReportSource`; every method is asked by several threads."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def run(self, run_id: int) -> RunDetail:
        """Raises NotFound."""
        with self._service.reading() as connection:
            return get_run(run_id, self._service, connection)

    def cell(self, cell_id: str) -> CellAnswer:
        """Raises NotFound."""
        with self._service.reading() as connection:
            return get_one_cell(cell_id, connection)

    def analyses(self, run_id: int) -> list[AnalysisAnswer]:
        """Newest first."""
        with self._service.reading() as connection:
            return get_analyses(run_id, connection)

    def cycles(self, run_id: int) -> list[CycleAnswer]:
        """All of them."""
        with self._service.reading() as connection:
            return get_cycles(run_id, connection)

    def events(self, run_id: int | None = None, after: int = 0, limit: int = 50) -> list[EventAnswer]:
        """The newest, in order."""
        with self._service.reading() as connection:
            return get_events(connection, run_id=run_id, after=after, newest=True, limit=limit)

    def alarms(self, *, open_only: bool = True) -> list[AlarmAnswer]:
        """Newest first."""
        with self._service.reading() as connection:
            found = list_alarms(connection, open_only=open_only, limit=_ALARMS_MAX)
        return [AlarmAnswer(**asdict(one)) for one in found]

    def records(self, run_id: int, *, buckets: int) -> RecordsAnswer:
        """Minima and maxima of a whole run."""
        with self._service.reading() as connection:
            columns = record_window(connection, run_id, buckets=buckets)
        plainly = {name: plain(column) for name, column in columns.items()}
        return RecordsAnswer(run_id=run_id, decimated=True, rows=len(columns["records"]), columns=plainly)

    def record_columns(self, run_id: int, start_s: float, end_s: float) -> dict[str, npt.NDArray[np.float64]]:
        """Whole records of a window of test time."""
        with self._service.reading() as connection:
            columns = record_window(connection, run_id, start_s, end_s)
        return {name: np.asarray(column, dtype=float) for name, column in columns.items()}
