"""One execution of one technique: its pieces one after the other, and the rows that are due."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from simulators.biologic.piece import Bench, Columns, Ending, Outcome, Piece, Technique, Ticks
from simulators.biologic.record_ticks import LastRow
from simulators.biologic.segment import SegmentKey

__all__ = ["TechniqueRun"]

_ALMOST = 1e-6
"""Of a tick: what a difference of instants may lack."""


class TechniqueRun:
    """Instants are seconds since the channel's start; ticks count from the technique's."""

    def __init__(self, index: int, technique_id: int, loop: int, start_s: float, bench: Bench) -> None:
        self.index = index
        self.start_s = start_s
        self.bench = bench
        self._id, self._loop = technique_id, loop
        self._piece: Piece
        self._generator: Technique
        self._pending: Ticks
        self._last_row: int | None = None
        """Tick since the piece's begin."""

    def begin(self, begin: Callable[[Bench], Technique]) -> Outcome | None:
        """Begin with the first piece; an outcome where there is none."""
        self._generator = begin(self.bench)
        return self._go_on(lambda: next(self._generator))

    @property
    def piece(self) -> Piece:
        """What is executed."""
        return self._piece

    @property
    def key(self) -> SegmentKey:
        """What DataInfos says of the rows."""
        return SegmentKey(self.index, self._id, self._piece.process, self._loop, self.start_s, self.bench.tick_s)

    @property
    def end_s(self) -> float:
        """When the piece ends by itself."""
        return self.start_s + self._piece.end * self.bench.tick_s

    def tick_at(self, at_s: float) -> int:
        """Whole ticks that have passed, no more than the piece has."""
        passed = (at_s - self.start_s) / self.bench.tick_s + _ALMOST
        return int(min(max(math.floor(passed), self._piece.begin), self._piece.end))

    def elapsed_s(self, tick: int) -> float:
        """Seconds since the piece's start."""
        return (tick - self._piece.begin) * self.bench.tick_s

    def rows_until(self, tick: int) -> Iterator[tuple[Ticks, Columns]]:
        """Rows not told yet that are due by a tick, with their ticks."""
        wanted = tick - self._piece.begin
        while True:
            if not len(self._pending):
                block = next(self._piece.row_ticks, None)
                if block is None:
                    return
                self._pending = block
            due = int(np.searchsorted(self._pending, wanted, side="right"))
            if due:
                self._last_row = int(self._pending[due - 1])
                yield self._piece.begin + self._pending[:due], self._piece.measure(self._pending[:due])
            self._pending = self._pending[due:]
            if len(self._pending):
                return

    def finish_piece(self, tick: int, *, cut: bool) -> Outcome | None:
        """Go on to the next piece; the cell's state has to be that of now. An outcome where it was the last."""
        return self._go_on(lambda: self._generator.send(Ending(tick, cut)))

    def go_on_warmer(self, tick: int) -> None:
        """Begin the piece anew from here, where it takes that; the cell's state has to be that of now."""
        if (row := self._row_before(tick - self._piece.begin)) is not None:
            self._go_on(lambda: self._generator.send(Ending(tick, True, row)))

    def _row_before(self, elapsed: int) -> LastRow | None:
        """Return the last row relative to a tick since the piece's begin; at the beginning counts as one."""
        piece = self._piece
        if piece.watched is None:
            return None
        if self._last_row is None and piece.before is not None:
            return LastRow(piece.before.tick - elapsed, piece.before.value)
        last = self._last_row or 0
        return LastRow(last - elapsed, float(piece.watched(np.array([float(last)]))[0]))

    def _go_on(self, step: Callable[[], Piece]) -> Outcome | None:
        try:
            self._piece = step()
        except StopIteration as over:
            outcome: Outcome = over.value
            return outcome
        self._pending = np.empty(0, np.int64)
        self._last_row = None
        return None
