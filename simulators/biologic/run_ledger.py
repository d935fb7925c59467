"""Everything that one start of a channel has measured, whatever became of it: the truth to compare with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulators.biologic.piece import Columns, Ticks
from simulators.biologic.segment import SegmentKey

__all__ = ["RunLedger"]

_FLOATS = ("ewe_V", "i_A", "frequency_Hz", "abs_ewe_V", "abs_i_A", "phase_zwe_rad", "time_s")
_INTEGERS = ("cycle", "mode", "step")
_WAITING, _READ, _LOST = 0, 1, 2


@dataclass(slots=True)
class RunLedger:
    """Rows in their order. ``fate`` of a row: 0 still in memory, 1 given to GetData, 2 lost to a full memory."""

    test_id: int
    name: str
    start_unix_s: float
    state: str = "running"
    rows: int = 0
    read_rows: int = 0
    _blocks: list[tuple[SegmentKey, Ticks, Columns, int]] = field(default_factory=list)

    def enter(self, key: SegmentKey, ticks: Ticks, columns: Columns, kept: int) -> None:
        """Add rows at ticks since their technique's start, the first so many of which the memory has taken."""
        self._blocks.append((key, ticks, columns, kept))
        self.rows += len(ticks)

    @property
    def technique_changes(self) -> int:
        """How often another technique, or the next turn of a loop, has begun to write rows."""
        keys = [(key.technique_index, key.loop) for key, _, _, _ in self._blocks]
        return sum(before != after for before, after in pairwise(keys))

    def columns(self) -> dict[str, NDArray[np.generic]]:
        """All rows under one set of columns; what a row has not is NaN, or zero where it is a count."""
        table: dict[str, NDArray[np.generic]] = {
            "technique_index": self._keyed(lambda key: key.technique_index, np.int32),
            "technique_id": self._keyed(lambda key: key.technique_id, np.int32),
            "process": self._keyed(lambda key: key.process, np.int32),
            "loop": self._keyed(lambda key: key.loop, np.int32),
            "start_s": self._keyed(lambda key: key.start_s, np.float64),
            "time_base_s": self._keyed(lambda key: key.time_base_s, np.float64),
            "ticks": _joined([ticks for _, ticks, _, _ in self._blocks], np.int64),
            "fate": self._fate(),
        }
        for name in _FLOATS:
            table[name] = self._measured(name, np.nan, np.float32)
        for name in _INTEGERS:
            table[name] = self._measured(name, 0, np.uint32)
        return table

    def _keyed(self, value: Callable[[SegmentKey], float], dtype: type[np.generic]) -> NDArray[np.generic]:
        return _joined([np.full(len(ticks), value(key)) for key, ticks, _, _ in self._blocks], dtype)

    def _measured(self, name: str, missing: float, dtype: type[np.generic]) -> NDArray[np.generic]:
        return _joined(
            [columns.get(name, np.full(len(ticks), missing)) for _, ticks, columns, _ in self._blocks], dtype
        )

    def _fate(self) -> NDArray[np.generic]:
        fate = _joined([np.where(np.arange(len(t)) < kept, _WAITING, _LOST) for _, t, _, kept in self._blocks], np.int8)
        fate[np.flatnonzero(fate == _WAITING)[: self.read_rows]] = _READ
        return fate


def _joined(parts: Sequence[NDArray[Any]], dtype: type[np.generic]) -> NDArray[Any]:
    return np.concatenate([*parts, np.empty(0, dtype)]).astype(dtype)
