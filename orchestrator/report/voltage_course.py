"""The voltage of a whole run, decimated by the service."""

from __future__ import annotations

import numpy as np

from orchestrator.report.measured_run import VoltageCourse
from orchestrator.report.source import ReportSource

__all__ = ["read_course"]

_BUCKETS = 900


def read_course(client: ReportSource, run_id: int) -> VoltageCourse:
    """Ask for minima and maxima. Raises ClientError."""
    columns = client.records(run_id, buckets=_BUCKETS).columns
    named = ("first_test_time_s", "voltage_min_V", "voltage_max_V")
    time_s, lowest_V, highest_V = (np.asarray(columns[name], dtype=float) for name in named)
    return VoltageCourse(time_s / 3600, lowest_V, highest_V)
