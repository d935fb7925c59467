"""What is read out of a test's ledger: record columns, step layers, log rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.neware.snapshot import StepType

__all__ = ["LedgerRows", "LogRow", "StepLayer"]


@dataclass(frozen=True, slots=True)
class LedgerRows:
    """Records as columns of equal length, in the wire's names and units before formatting."""

    seqid: NDArray[np.int64]
    """From 1, without gaps."""
    stepid: NDArray[np.int64]
    """Step number in the file."""
    cycleid: NDArray[np.int64]
    """From 0, as ``download`` counts."""
    steptype: NDArray[np.str_]
    testtime_ms: NDArray[np.int64]
    """Since the start of the step."""
    unix_time_s: NDArray[np.float64]
    volt_V: NDArray[np.float64]
    curr_A: NDArray[np.float64]
    cap_Ah: NDArray[np.float64]
    """Of the step, unsigned."""
    eng_Wh: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.seqid)


@dataclass(frozen=True, slots=True)
class StepLayer:
    """One executed step, as ``downloadStepLayer`` tells it.

    The last one of a running test is cut at the last record.
    """

    startseqid: int
    endseqid: int
    stepindex: int
    """From 1, over the whole test."""
    stepid: int
    cycleid: int
    """From 1, unlike the records' own."""
    steptype: StepType
    steptime_ms: int
    endatime: float
    """Unix seconds of the last record."""
    startvolt: float
    endvolt: float
    startcurr: float
    endcurr: float
    cap: float
    eng: float


@dataclass(frozen=True, slots=True)
class LogRow:
    """One line of a test's log. ``seqid`` is the record that it stands beside."""

    seqid: int
    log_code: int
    unix_time_s: float
