"""One start of a channel: the linked techniques executed on the cell, up to any instant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from simulators.biologic.clips import Clips, Course
from simulators.biologic.error_code import EclibError, ErrorCode
from simulators.biologic.piece import Bench, Columns, Outcome, Ticks
from simulators.biologic.segment import SegmentKey
from simulators.biologic.sequence import LinkedTechnique, Position
from simulators.biologic.technique_run import TechniqueRun
from simulators.biologic.techniques import EXECUTIONS
from simulators.cell import WarmthChange

__all__ = ["ListRun", "RunSettings"]

Enter = Callable[[SegmentKey, Ticks, Columns], int]
"""Puts rows into the memory; returns how many of them it may still go on after."""


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What a run needs to know of its channel."""

    greatest_range: int
    voltage_noise_V: float
    current_noise_A: float
    seed: tuple[int, ...]
    begin_unix_s: float
    """What seconds are counted from: the cell's temperature is known by lab time."""


class ListRun:
    """Advances to any instant, in seconds since the start; what has happened does not depend on when one looked."""

    def __init__(self, techniques: list[LinkedTechnique], clips: Clips, settings: RunSettings, enter: Enter) -> None:
        self._techniques = techniques
        self._clips = clips
        self._settings = settings
        self._enter = enter
        self._noise = np.random.default_rng(list(settings.seed))
        self._position = Position(techniques)
        self._felt_unix_s = settings.begin_unix_s
        self._shown = clips.rest().response(np.zeros(1))
        self.technique: TechniqueRun | None = None
        self.ended_s: float | None = None
        self._feel_warmth(0.0)
        self._begin_next(0.0)

    def advance(self, now_s: float) -> None:
        """Execute everything that is due."""
        while self.technique is not None:
            run = self.technique
            change = self._change_of_warmth(min(now_s, run.end_s))
            until_s = now_s if change is None else change.unix_s - self._settings.begin_unix_s
            if not self._tell(run, run.tick_at(until_s)):
                return
            if change is not None:
                self._go_on_warmer(run, run.tick_at(until_s), change)
            elif run.end_s > now_s:
                return
            else:
                self._finish_piece(run, int(run.piece.end), cut=False)

    def stop(self, now_s: float) -> None:
        """End here, at open circuit."""
        self.advance(now_s)
        if self.technique is not None:
            self._leave_piece(self.technique, self.technique.tick_at(now_s))
            self._end(now_s)

    def parameters_changed(self, now_s: float, index: int) -> None:
        """Let the running piece notice at once, where it is of that technique; ``advance`` must have been called.

        # unconfirmed on hardware: that steps and rests notice at once, sweeps and spectra at their next part
        """
        run = self.technique
        if run is not None and run.index == index and run.piece.takes_updates:
            self._finish_piece(run, run.tick_at(now_s), cut=True)

    def change_under_way(self, now_s: float, change: Callable[[], None]) -> None:
        """Let the cell or its leads change now, and what is constant begin anew with them.

        Raises EclibError CHANNEL_RUNNING while a sweep or a spectrum runs: these are computed whole.
        """
        self.advance(now_s)
        run = self.technique
        if run is None:
            change()
            return
        if not run.piece.takes_updates:
            raise EclibError(ErrorCode.CHANNEL_RUNNING, "a sweep or a spectrum runs")
        tick = run.tick_at(now_s)
        self._leave_piece(run, tick)
        change()
        run.go_on_warmer(tick)

    def change_measurement(self, now_s: float, change: Callable[[], None]) -> None:
        """Let the channel measure otherwise from now on; sweeps and spectra judge their limits by it at their next."""
        self.advance(now_s)
        run = self.technique
        if run is not None and run.piece.takes_updates:
            self.change_under_way(now_s, change)
        else:
            change()

    def trigger(self, now_s: float) -> bool:
        """Let a technique go on that waits for a trigger; False where none does."""
        self.advance(now_s)
        run = self.technique
        if run is None or not run.piece.waits_for_trigger:
            return False
        self._finish_piece(run, run.tick_at(now_s), cut=False)
        return True

    def course(self, now_s: float) -> tuple[Course, float]:
        """Return what the cell goes through now, and since how many seconds."""
        if self.technique is None:
            return self._clips.rest(), max(0.0, now_s - (self.ended_s or 0.0))
        tick = self.technique.tick_at(now_s)
        return self.technique.piece.course, self.technique.elapsed_s(tick)

    # ---- inside

    def _change_of_warmth(self, until_s: float) -> WarmthChange | None:
        """Next temperature that a cell in a chamber is to feel before then."""
        cell = self._clips.cell
        if cell is None or cell.warmth is None:
            return None
        until_unix_s = self._settings.begin_unix_s + until_s
        return cell.warmth.next_change(cell.temperature_degC, self._felt_unix_s, until_unix_s)

    def _go_on_warmer(self, run: TechniqueRun, tick: int, change: WarmthChange) -> None:
        """Let the cell feel it: constant steps and rests from now on, spectra point by point, sweeps at the next."""
        self._felt_unix_s = change.unix_s
        takes_it = run.piece.takes_updates and run.piece.begin < tick < run.piece.end
        if takes_it:
            self._leave_piece(run, tick)
        self._clips.warm(change.temperature_degC)
        if takes_it:
            run.go_on_warmer(tick)

    def _feel_warmth(self, at_s: float) -> None:
        cell, at_unix_s = self._clips.cell, self._settings.begin_unix_s + at_s
        if cell is not None and cell.warmth is not None:
            self._felt_unix_s = max(self._felt_unix_s, at_unix_s)
            self._clips.warm(cell.warmth.at_degC(at_unix_s))

    def _tell(self, run: TechniqueRun, tick: int) -> bool:
        """Tell the rows due by then; False where the memory let the run end."""
        for ticks, columns in run.rows_until(tick):
            going = self._enter(run.key, ticks, columns)
            if going < len(ticks):
                last = int(ticks[going])
                self._leave_piece(run, last)
                self._end(run.start_s + last * run.bench.tick_s)
                return False
        return True

    def _leave_piece(self, run: TechniqueRun, tick: int) -> None:
        self._shown = self._clips.leave(run.piece.course, run.elapsed_s(tick))

    def _finish_piece(self, run: TechniqueRun, tick: int, *, cut: bool) -> None:
        at_s = run.start_s + tick * run.bench.tick_s
        self._leave_piece(run, tick)
        self._feel_warmth(at_s)
        self._follow(run.finish_piece(tick, cut=cut), at_s)

    def _follow(self, outcome: Outcome | None, at_s: float) -> None:
        if outcome is Outcome.NEXT:
            self._begin_next(at_s)
        elif outcome is Outcome.STOP:
            self._end(at_s)

    def _begin_next(self, at_s: float) -> None:
        outcome: Outcome | None = Outcome.NEXT
        while outcome is Outcome.NEXT:
            index = self._position.next()
            if index is None:
                self._end(at_s)
                return
            entry = self._techniques[index]
            bench = self._bench(entry)
            run = TechniqueRun(index, entry.technique, self._position.times_entered(index), at_s, bench)
            outcome = run.begin(EXECUTIONS[entry.technique].begin)
            self.technique = run

    def _bench(self, entry: LinkedTechnique) -> Bench:
        return Bench(
            parameters=entry.parameters,
            tick_s=float(np.float32(entry.time_base_s)),  # CurrentValues tells it as float32: so long is a tick
            clips=self._clips,
            initial_V=float(self._shown.voltage_V[0]),
            initial_A=float(self._shown.current_A[0]),
            greatest_range=self._settings.greatest_range,
            voltage_noise_V=self._settings.voltage_noise_V,
            current_noise_A=self._settings.current_noise_A,
            normal=partial(_deviates, self._noise),
        )

    def _end(self, at_s: float) -> None:
        self.technique = None
        self.ended_s = at_s


def _deviates(noise: np.random.Generator, count: int) -> NDArray[np.float64]:
    return noise.standard_normal((count, 2))
