"""Emptying a channel's memory into the spool."""

from __future__ import annotations

import time
from dataclasses import dataclass

from drivers.biologic.channel_run_state import STOPPED
from drivers.biologic.eclib import Eclib, Reading
from drivers.biologic.error_codes import EclibError
from drivers.biologic.limit_watch import LimitWatch
from drivers.biologic.row_layout import MEASURED
from drivers.biologic.spool_frames import Data, Taking
from drivers.biologic.spooled_test import SpooledTest
from drivers.biologic.structs import CurrentValues, DataInfos

__all__ = ["Drain", "Drained"]

_CORRUPTED = -404


@dataclass(slots=True)
class Drained:
    """What came of it."""

    values: CurrentValues
    """As told with the last read."""
    taken_bytes: int = 0
    empty: bool = False
    """The memory is empty, and where the channel stands it has said so itself."""
    beyond: str | None = None
    """Which limit the rows have passed."""


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
        """Take rows until there are none, or until the monotonic ``deadline``; once at least. Raises EclibError, OSError.

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
                self.test.took_nothing(now_s)
                drained.empty = not drained.values.MemFilled
                return drained
            drained.taken_bytes += len(reading.words)
            wanted = drained.values.MemFilled > 0 or drained.values.State == STOPPED
            again = wanted and time.monotonic() < deadline
            taking = self._taking(drained.values, now_s)
            self.test.took(self._data(reading, now_s), taking if again else None)
            drained.beyond = drained.beyond or self._judge(reading)
            if not again:
                drained.empty = not wanted
                return drained

    def _taking(self, values: CurrentValues, now_s: float) -> Taking:
        return Taking(now_s, values.MemFilled, values.State != STOPPED)

    def _read(self, taking: Taking) -> Reading:
        try:
            return self.eclib.get_data(self.channel)
        except EclibError as error:
            if error.may_have_acted or error.code == _CORRUPTED:
                self.test.unanswered = taking
            else:
                self.test.took_nothing(taking.unix_time_s)
            raise

    def _data(self, reading: Reading, now_s: float) -> Data:
        """Have the library convert one word of the first rows of a run: our own conversion has to agree with it."""
        board_type, word = self.test.header.board_type, None
        if self.test.wants_check:
            word = self._word_to_check(reading)
        value = 0.0
        if word is not None:
            value = self.eclib.single(int.from_bytes(reading.words[4 * word : 4 * word + 4], "little"), board_type)
        return Data(now_s, board_type, reading.infos, reading.values, reading.words, word, value)

    def _word_to_check(self, reading: Reading) -> int | None:
        infos = DataInfos.from_buffer_copy(reading.infos)
        listed = self.test.techniques.techniques
        if not 0 <= infos.TechniqueIndex < len(listed):
            return None
        places = MEASURED.get((listed[infos.TechniqueIndex].stem, infos.ProcessIndex))
        return None if places is None else places[0]

    def _judge(self, reading: Reading) -> str | None:
        infos = DataInfos.from_buffer_copy(reading.infos)
        return self.watch.of_rows(infos, reading.words, self.test.header.board_type)
