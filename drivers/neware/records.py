"""From rows of one test to columns of the contract: counting steps, times, and what is missing or double."""

from __future__ import annotations

from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from drivers.contracts import RECORD_COLUMNS, Columns, StepKind
from drivers.errors import Garbled
from drivers.neware.cursor import Position
from drivers.neware.download_rows import RowColumns
from drivers.neware.step_kinds import STEP_KINDS
from drivers.neware.wall_time import local_seconds, unix_times_s
from drivers.neware.wire_numbers import FEW, as_numpy, floats, integers

__all__ = ["NO_RECORDS", "Sequenced", "join", "record_columns", "sequence"]

NO_RECORDS: Columns = {name: np.empty(0, dtype) for name, dtype in RECORD_COLUMNS.items()}
_CYCLE_OFFSET = 1
"""download counts cycles from 0, downloadStepLayer from 1 (Vanguard, client 2025.11.24): the latter is ours."""


@dataclass(frozen=True, slots=True)
class Sequenced:
    """Which rows to take: those that continue the test without a gap."""

    taken: npt.NDArray[np.intp] | slice
    seq: npt.NDArray[np.int64]
    duplicates: int = 0
    missing: int = 0
    """Rows missing before the first one taken."""
    behind_gap: int = 0
    """Rows not taken because others are missing before them."""


def sequence(rows: RowColumns, next_seq: int) -> Sequenced:
    """Sort out rows by their sequence numbers: each once, and none behind a gap inside the reply."""
    if not rows.count:
        return Sequenced(slice(None), np.empty(0, np.int64))
    seq = integers("seqid", rows.required("seqid"))
    if seq[0] == next_seq and bool((np.diff(seq) == 1).all()):
        return Sequenced(slice(None), seq)
    unique, first = np.unique(seq, return_index=True)
    new = unique >= next_seq
    unique, first = unique[new], first[new]
    run = int(np.argmax(np.diff(unique, append=unique[-1:] + 2) != 1)) + 1 if len(unique) else 0
    missing = int(unique[0]) - next_seq if run else 0
    return Sequenced(first[:run], unique[:run], len(seq) - int(new.sum()), missing, behind_gap=len(unique) - run)


def record_columns(
    rows: RowColumns, taken: Sequenced, position: Position, zone: ZoneInfo, temperature_aux: str
) -> tuple[Columns, Position]:
    """Return the columns of RECORD_COLUMNS and the position after them. Raises Garbled.

    ``testtime`` is milliseconds since the start of the step; volt, curr, cap, eng are V, A, Ah, Wh; cap and eng count
    within the step (proved by arithmetic on recordings of a real BTS 8.0).
    """
    place = taken.taken
    testtime_ms = floats("testtime", rows.required("testtime"))[place]
    if np.isnan(testtime_ms).any():
        raise Garbled("testtime holds what is no number")
    cycle = integers("cycleid", rows.required("cycleid"))[place] + _CYCLE_OFFSET
    step = integers("stepid", rows.required("stepid"))[place]
    done_ms = _completed_ms(cycle, step, testtime_ms, position)
    test_time_s = (done_ms + testtime_ms) / 1000.0
    told_s = local_seconds(rows.required("atime"))[place]
    unix_time_s, anchor_s = unix_times_s(told_s, test_time_s, zone, position.anchor_s)
    temperature = rows.columns.get(temperature_aux)
    columns: dict[str, npt.NDArray[np.generic]] = {
        "seq": taken.seq,
        "cycle": cycle,
        "step": step,
        "step_kind": _kinds(rows.required("steptype"))[place],
        "unix_time_s": unix_time_s,
        "test_time_s": test_time_s,
        "step_time_s": testtime_ms / 1000.0,
        "voltage_V": floats("volt", rows.required("volt"))[place],
        "current_A": floats("curr", rows.required("curr"))[place],
        "step_capacity_Ah": floats("cap", rows.required("cap"))[place],
        "step_energy_Wh": floats("eng", rows.required("eng"))[place],
        "temperature_degC": (
            np.full(len(step), np.nan) if temperature is None else floats(temperature_aux, temperature)[place]
        ),
    }
    after = replace(
        position,
        next_seq=int(taken.seq[-1]) + 1,
        done_ms=float(done_ms[-1]),
        cycle=int(cycle[-1]),
        step=int(step[-1]),
        testtime_ms=float(testtime_ms[-1]),
        anchor_s=anchor_s,
    )
    return {name: columns[name].astype(dtype, copy=False) for name, dtype in RECORD_COLUMNS.items()}, after


def join(parts: list[Columns]) -> Columns:
    """Return the columns of all parts, one behind the other."""
    if not parts:
        return NO_RECORDS
    return {name: np.concatenate([part[name] for part in parts]) for name in RECORD_COLUMNS} if parts[1:] else parts[0]


def _kinds(words: pa.StringArray) -> npt.NDArray[np.int8]:
    if len(words) <= FEW:
        return np.array([STEP_KINDS.get(word, StepKind.OTHER) for word in words.to_pylist()], dtype=np.int8)
    encoded = words.dictionary_encode()
    kinds = [STEP_KINDS.get(word, StepKind.OTHER) for word in encoded.dictionary.to_pylist()]
    return np.array(kinds, dtype=np.int8)[as_numpy(encoded.indices, np.int32)]


def _completed_ms(
    cycle: npt.NDArray[np.int64], step: npt.NDArray[np.int64], testtime_ms: npt.NDArray[np.float64], before: Position
) -> npt.NDArray[np.float64]:
    """Return, for each row, the time of the steps completed before it.

    A step ends where cycle or step number change, or where the time within the step goes back (a loop over one step);
    the last row of a step carries its duration.
    """
    cycles = np.concatenate([[before.cycle], cycle])
    steps = np.concatenate([[before.step], step])
    times = np.concatenate([[before.testtime_ms], testtime_ms])
    begins = (np.diff(cycles) != 0) | (np.diff(steps) != 0) | (np.diff(times) < 0)
    return before.done_ms + np.cumsum(np.where(begins, times[:-1], 0.0))
