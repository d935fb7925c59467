"""The memory of one test: every record in compact columns, and the steps they belong to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.neware.ledger_rows import LedgerRows, LogRow, StepLayer
from simulators.neware.snapshot import StepType
from simulators.neware.thermometer import Thermometer

__all__ = ["StepSpan", "TestLedger"]

_CLOCK_SLACK_S = 5e-4  # unix seconds as float64 carry 0.2 us; instants are whole milliseconds
_FIRST_CAPACITY = 4096


@dataclass(frozen=True, slots=True)
class StepSpan:
    """One execution of a step: its records are those from ``first_row`` up to the next span's."""

    first_row: int
    stepid: int
    cycleid: int
    steptype: StepType


class TestLedger:
    """Records of one test. A running step's records are entered ahead of time; readers say up to which instant."""

    __test__ = False  # not a test class, whatever pytest makes of its name

    def __init__(self, testid: int, barcode: str, start_unix_s: float, thermometer: Thermometer | None = None) -> None:
        self.thermometer = thermometer or Thermometer(None)
        self.testid = testid
        self.barcode = barcode
        self.start_unix_s = start_unix_s
        self._spans: list[StepSpan] = []
        self._log: list[LogRow] = []
        self._rows = 0
        self._testtime_ms = np.empty(_FIRST_CAPACITY, np.int64)
        self._unix_s, self._volt, self._curr, self._cap, self._eng = (np.empty(_FIRST_CAPACITY) for _ in range(5))

    # ---- writing: the channel's side

    @property
    def written(self) -> int:
        """Rows entered, those of the running step's future included."""
        return self._rows

    @property
    def spans(self) -> tuple[StepSpan, ...]:
        """Steps entered so far."""
        return tuple(self._spans)

    def open_step(self, stepid: int, cycleid: int, steptype: StepType) -> None:
        """Further records belong to this step."""
        self._spans.append(StepSpan(self._rows, stepid, cycleid, steptype))

    def append(
        self,
        *,
        testtime_ms: NDArray[np.int64],
        unix_time_s: NDArray[np.float64],
        volt_V: NDArray[np.float64],
        curr_A: NDArray[np.float64],
        cap_Ah: NDArray[np.float64],
        eng_Wh: NDArray[np.float64],
    ) -> None:
        """Enter records of the open step; arrays of equal length, in time order."""
        first, end = self._rows, self._rows + len(testtime_ms)
        if end > len(self._testtime_ms):
            self._grow(end)
        self._testtime_ms[first:end] = testtime_ms
        self._unix_s[first:end] = unix_time_s
        self._volt[first:end] = volt_V
        self._curr[first:end] = curr_A
        self._cap[first:end] = cap_Ah
        self._eng[first:end] = eng_Wh
        self._rows = end

    def truncate(self, until_unix_s: float) -> None:
        """Forget records after this instant: the step was cut there. The step itself stays."""
        self._rows = self.count(until_unix_s)

    def write_log(self, log_code: int, unix_time_s: float, *, ahead: int = 0) -> None:
        """Enter a log row beside the last record, or beside the one that comes ``ahead`` records later."""
        self._log.append(LogRow(max(1, self._rows + ahead), log_code, unix_time_s))

    def _grow(self, needed: int) -> None:
        capacity = max(needed, len(self._testtime_ms) * 2)  # pages that are never touched take no memory
        testtime_ms = np.empty(capacity, np.int64)
        testtime_ms[: self._rows] = self._testtime_ms[: self._rows]
        self._testtime_ms = testtime_ms
        columns = (self._unix_s, self._volt, self._curr, self._cap, self._eng)
        self._unix_s, self._volt, self._curr, self._cap, self._eng = (self._grown(c, capacity) for c in columns)

    def _grown(self, column: NDArray[np.float64], capacity: int) -> NDArray[np.float64]:
        grown = np.empty(capacity)
        grown[: self._rows] = column[: self._rows]
        return grown

    # ---- reading: the wire's side

    def count(self, until_unix_s: float) -> int:
        """Count the records up to and including this instant."""
        return int(np.searchsorted(self._unix_s[: self._rows], until_unix_s + _CLOCK_SLACK_S, side="right"))

    def rows(self, first_seqid: int, count: int, until_unix_s: float) -> LedgerRows:
        """Up to ``count`` records from ``first_seqid`` (1-based; less counts as 1), none after the instant."""
        start = max(first_seqid, 1) - 1
        stop = max(start, min(start + max(count, 0), self.count(until_unix_s)))
        index = np.arange(start, stop)
        span = np.searchsorted(self._first_rows(), index, side="right") - 1
        cut = slice(start, stop)
        return LedgerRows(
            seqid=index + 1,
            stepid=np.array([s.stepid for s in self._spans], np.int64)[span],
            cycleid=np.array([s.cycleid for s in self._spans], np.int64)[span],
            steptype=np.array([s.steptype for s in self._spans], np.str_)[span],
            testtime_ms=self._testtime_ms[cut].copy(),
            unix_time_s=self._unix_s[cut].copy(),
            volt_V=self._volt[cut].copy(),
            curr_A=self._curr[cut].copy(),
            cap_Ah=self._cap[cut].copy(),
            eng_Wh=self._eng[cut].copy(),
        )

    def steps(self, until_unix_s: float) -> list[StepLayer]:
        """Every step with a record up to this instant, in order of execution."""
        known = self.count(until_unix_s)
        ends = [*(s.first_row for s in self._spans[1:]), self._rows]
        return [
            self._layer(index, span, min(end, known) - 1)
            for index, (span, end) in enumerate(zip(self._spans, ends, strict=False), start=1)
            if span.first_row < min(end, known)
        ]

    def log(self, until_unix_s: float) -> list[LogRow]:
        """Log rows up to and including this instant."""
        return [row for row in self._log if row.unix_time_s <= until_unix_s + _CLOCK_SLACK_S]

    def step_at(self, until_unix_s: float) -> StepSpan | None:
        """Return the step that the last record up to this instant belongs to."""
        known = self.count(until_unix_s)
        if not known:
            return None
        return self._spans[int(np.searchsorted(self._first_rows(), known - 1, side="right")) - 1]

    def steps_begun(self, until_unix_s: float) -> int:
        """Count the steps with a record up to this instant."""
        known = self.count(until_unix_s)
        return int(np.searchsorted(self._first_rows(), known, side="left"))

    def _first_rows(self) -> NDArray[np.int64]:
        return np.array([span.first_row for span in self._spans], np.int64)

    def _layer(self, stepindex: int, span: StepSpan, last: int) -> StepLayer:
        first = span.first_row
        return StepLayer(
            startseqid=first + 1,
            endseqid=last + 1,
            stepindex=stepindex,
            stepid=span.stepid,
            cycleid=span.cycleid + 1,
            steptype=span.steptype,
            steptime_ms=int(self._testtime_ms[last]),
            endatime=float(self._unix_s[last]),
            startvolt=float(self._volt[first]),
            endvolt=float(self._volt[last]),
            startcurr=float(self._curr[first]),
            endcurr=float(self._curr[last]),
            cap=float(self._cap[last]),
            eng=float(self._eng[last]),
        )
