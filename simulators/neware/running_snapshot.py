"""What is shown of a channel while a test runs or is paused."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simulators.neware.execution import Execution
from simulators.neware.ledger import TestLedger
from simulators.neware.snapshot import Snapshot, WorkStatus
from simulators.neware.step_run import StepRecords

__all__ = ["running_snapshot"]

_LOG_RUNNING = 102000  # read off one real recording; the table of log codes is not public
_SLACK_s = 5e-4


def running_snapshot(
    ledger: TestLedger,
    execution: Execution | None,
    status: WorkStatus,
    now_unix_s: float,
    idle_V: Callable[[], float],
) -> Snapshot:
    """Show a test at an instant, which may lie in the past; ``execution`` is None for a test that has ended since.

    ``idle_V`` is the voltage at rest, for a test that is paused.
    """
    count, span = ledger.count(now_unix_s), ledger.step_at(now_unix_s)
    shown = _shown(ledger, execution, count, now_unix_s)
    paused = execution is not None and execution.paused_at is not None and now_unix_s >= execution.paused_at
    return Snapshot(
        workstatus=status,
        testid=ledger.testid,
        barcode=ledger.barcode,
        cycleid=span.cycleid if span else 0,
        stepid=span.stepid if span else None,
        steptype=span.steptype if span else "--",
        current_A=0.0 if status == "pause" else float(shown.current_A[0]),
        voltage_V=idle_V() if paused else float(shown.voltage_V[0]),
        capacity_Ah=float(shown.capacity_Ah[0]),
        energy_Wh=float(shown.energy_Wh[0]),
        total_s=execution.active_s(now_unix_s) if execution else max(0.0, now_unix_s - ledger.start_unix_s),
        relative_s=float(shown.testtime_ms[0]) / 1000,
        records=count,
        log_code=_LOG_RUNNING,
        reserve_pause=execution is not None and execution.reserved is not None,
    )


def _shown(ledger: TestLedger, execution: Execution | None, count: int, now_unix_s: float) -> StepRecords:
    """Return the running step's values, else those of the last record."""
    for run in (execution.run, execution.earlier) if execution else ():
        if run and now_unix_s + _SLACK_s >= run.begin_unix_s:
            return run.values(np.array([run.passed.time_ms + run.elapsed_ms(now_unix_s)], np.int64))
    if count:
        last = ledger.rows(count, 1, now_unix_s)
        return StepRecords(last.testtime_ms, last.volt_V, last.curr_A, last.cap_Ah, last.eng_Wh)
    return StepRecords(np.zeros(1, np.int64), *np.zeros((4, 1)))
