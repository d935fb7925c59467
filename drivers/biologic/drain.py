"""Emptying a channel's memory into the spool."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from drivers.biologic.channel_run_state import STOPPED
from drivers.biologic.crash_points import EclibPoint
from drivers.biologic.eclib import Eclib, Reading
from drivers.biologic.error_codes import EclibError
from drivers.biologic.limit_watch import LimitWatch
from drivers.biologic.raw_segment import RawSegment
from drivers.biologic.row_layout import potential_column
from drivers.biologic.spool_frames import Data, Taking
from drivers.biologic.spooled_rows import measured, raw_segment, technique_of
from drivers.biologic.spooled_test import SpooledTest
from drivers.biologic.structs import CurrentValues, DataInfos
from drivers.crash_point import reached
from drivers.errors import Garbled

__all__ = ["Drain", "Drained"]

_LOG = logging.getLogger(__name__)

_CORRUPTED = -404


@dataclass(slots=True)
class Drained:
    """What came of it."""

    values: CurrentValues
    """As told with the last read."""
    taken_bytes: int = 0
    empty: bool = False
    """The memory is empty, and where the channel stands it has said so itself."""


@dataclass(frozen=True, slots=True)
class Drain:
    """Of one channel and one test."""

    eclib: Eclib
    channel: int
    test: SpooledTest
    watch: LimitWatch

    def settle(self, values: CurrentValues) -> None:
        """Find out what a read without an answer, which an earlier process or a failed call has left, took with it."""
        taking = self.test.unanswered
        if taking is not None:
            nothing_came = not taking.running and values.State == STOPPED
            self.test.may_have_lost(taking, values.MemFilled if nothing_came else None, "a read was interrupted")

    def run(self, values: CurrentValues, now_s: float, deadline: float) -> Drained:
        """Take rows until there are none, or until the ``deadline``; once at least. Raises EclibError, OSError.

        An empty answer is no end: they occur in mid-run. A channel that stands is asked until it gives one.
        """
        drained = Drained(values)
        if not values.MemFilled and values.State != STOPPED:
            drained.empty = True
            return drained
        taking = self._taking(values, now_s)
        self.test.taking(taking)
        while True:
            reading = self._read(taking)
            drained.values = CurrentValues.from_buffer_copy(reading.values)
            if not reading.rows:
                self._nothing_came(reading, now_s)
                drained.empty = not drained.values.MemFilled
                return drained
            drained.taken_bytes += len(reading.words)
            wanted = drained.values.MemFilled > 0 or drained.values.State == STOPPED
            again = wanted and time.monotonic() < deadline
            taking = self._taking(drained.values, now_s)
            data = self._judged(reading, now_s)
            self.test.took(data, taking if again else None)
            reached(EclibPoint.SPOOLED)
            if not again:
                drained.empty = not wanted
                return drained

    def _taking(self, values: CurrentValues, now_s: float) -> Taking:
        return Taking(now_s, values.MemFilled, values.State != STOPPED)

    def _read(self, taking: Taking) -> Reading:
        reached(EclibPoint.TAKING)
        try:
            reading = self.eclib.get_data(self.channel)
        except EclibError as error:
            if error.may_have_acted or error.code == _CORRUPTED:
                self.test.unanswered = taking
            else:
                self.test.took_nothing(taking.unix_time_s)
            raise
        if reading.rows:
            reached(EclibPoint.TAKEN)
        return reading

    def _nothing_came(self, reading: Reading, now_s: float) -> None:
        """Points that the instrument says it has lost are kept all the same: it says so once."""
        if DataInfos.from_buffer_copy(reading.infos).IRQskipped > 0:
            self.test.took(Data(now_s, self.test.header.board_type, reading.infos, reading.values, b""), None)
        else:
            self.test.took_nothing(now_s)

    def _judged(self, reading: Reading, now_s: float) -> Data:
        """Return what goes into the spool, limits watched. What makes no sense goes there all the same."""
        board_type = self.test.header.board_type
        segment = raw_segment(reading.infos, reading.values, reading.words, board_type)
        technique = technique_of(self.test.techniques, segment)
        records = 0
        if technique is not None and technique.steps:
            try:
                rows = measured(segment, technique)
            except Garbled as error:  # told where it is read
                _LOG.error("channel %s: %s", self.channel + 1, error)
            else:
                records = len(rows.time_s)
                if technique.limits is not None:
                    self.watch.of_rows(rows, reading.rows, technique.limits)
        word, value = self._converted(segment) if self.test.wants_check else (None, 0.0)
        return Data(now_s, board_type, reading.infos, reading.values, reading.words, records, word, value)

    def _converted(self, segment: RawSegment) -> tuple[int, float]:
        """Have the library convert one word of the first rows of a run: our own conversion has to agree with it."""
        place = potential_column(segment.process_index)
        return place, self.eclib.single(int(segment.words[0, place]), segment.board_type)
