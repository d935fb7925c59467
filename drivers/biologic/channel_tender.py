"""Everything done with one channel: looking, starting, stopping. In the process that owns EClib."""

from __future__ import annotations

import time
from pathlib import Path

from drivers.biologic.channel_facts import ChannelFacts
from drivers.biologic.channel_owner import ChannelOwner
from drivers.biologic.channel_report import ChannelReport
from drivers.biologic.channel_run_state import STATES, STOPPED
from drivers.biologic.crash_points import EclibPoint
from drivers.biologic.drain import Drain
from drivers.biologic.eclib import Eclib
from drivers.biologic.error_codes import (
    ECLAB_LOADED,
    FATAL_FOR_CONNECTION,
    FIRMWARE_MISSING,
    OPTION_ERRORS,
    EclibError,
)
from drivers.biologic.limit_watch import LimitWatch
from drivers.biologic.load_list import load_list
from drivers.biologic.read_back import ReadBack
from drivers.biologic.recognition import experiment_name
from drivers.biologic.spool import SpoolHeader, spool_path, spools
from drivers.biologic.spool_checkpoint import forget_checkpoint
from drivers.biologic.spooled_test import SpooledTest
from drivers.biologic.structs import CurrentValues
from drivers.biologic.technique_list import TechniqueList
from drivers.crash_point import reached
from drivers.errors import Refused, Unreachable

__all__ = ["ChannelTender"]

_KEPT_SPOOLS = 4
_DRAIN_BEFORE_START_s = 5.0
_LOOKS_AFTER_STOP = 20


class ChannelTender:
    """Raises EclibError for the instrument, OSError for the disk, Refused and Unreachable as the driver does."""

    def __init__(self, eclib: Eclib, channel: int, facts: ChannelFacts, folder: Path) -> None:
        self.channel = channel
        self.facts = facts
        self.owner = ChannelOwner(eclib, channel, folder)
        self._eclib = eclib
        self._folder = folder
        self._watch: LimitWatch | None = None
        self._read_back: ReadBack | None = None
        self._tripping: str | None = None
        self._unstopped: str | None = None
        self._stopping = False
        """Whether a stop was sent to a running channel, and nobody knows yet what became of it."""

    # ---- looking

    def look(self, now_s: float, deadline: float) -> ChannelReport:
        """See what the channel does; take what it has measured; stop it where it is beyond a limit."""
        report = ChannelReport(self.channel, memory_bytes=self.facts.memory_bytes)
        try:
            values = self._eclib.current_values(self.channel)
        except EclibError as error:
            if error.code == ECLAB_LOADED or error.code in FIRMWARE_MISSING:
                self.owner.forget()
                report.firmware = "eclab" if error.code == ECLAB_LOADED else "none"
                return report
            raise
        self.owner.look(values, now_s)
        report.trouble = self.owner.damage
        report.peak_fill = values.MemFilled / max(1, self.facts.memory_bytes)
        test = self.owner.started
        if test is not None and not test.complete:
            values = self._tend(test, values, now_s, deadline, report)
            report.limits_differ = self._differing(test, values, now_s)
        self._tell(report, values)
        report.remarks = tuple(self._remarks(values, now_s))
        return report

    def _tend(
        self, test: SpooledTest, values: CurrentValues, now_s: float, deadline: float, report: ChannelReport
    ) -> CurrentValues:
        """Drain, watch, and notice the end."""
        if self._watch is None or self._watch.techniques is not test.techniques:
            self._watch = LimitWatch(test.techniques)
        if values.State != STOPPED:  # before anything that a full disk could forbid
            self._keep_safe(test, values, self._watch.of_values(values), now_s)
        drain = Drain(self._eclib, self.channel, test, self._watch)
        drain.settle(values)
        try:
            drained = drain.run(values, now_s, deadline)
        except (EclibError, OSError):  # rows were judged, whatever became of them then
            self._keep_safe(test, values, self._watch.passed, now_s)
            raise
        self._keep_safe(test, drained.values, self._watch.passed, now_s)
        values, report.taken_bytes, report.left = drained.values, drained.taken_bytes, not drained.empty
        if values.State == STOPPED and drained.empty:  # told twice: once is no end, a list has several techniques
            test.end("itself", "", now_s)
            test.complete_now(now_s)
            reached(EclibPoint.COMPLETE)
        return values

    def _differing(self, test: SpooledTest, values: CurrentValues, now_s: float) -> str | None:
        """Whether a running test has other parameters than were sent, as far as they have been read back."""
        if values.State == STOPPED:
            return None
        if self._read_back is None or self._read_back.techniques is not test.techniques:
            self._read_back = ReadBack(test.techniques)
        return self._read_back.look(self._eclib, self.channel, now_s)

    def _keep_safe(self, test: SpooledTest, values: CurrentValues, beyond: str | None, now_s: float) -> None:
        """Stop a channel that is beyond a limit at once; again at every look until it stands."""
        self._tripping = self._tripping or beyond
        if self._tripping is None:
            return
        if values.State != STOPPED:
            try:
                self._stop_and_verify(self._tripping)
            except Refused as error:  # it is told with the look, whose rows are taken all the same
                self._unstopped = str(error)
                return
        test.end("trip", self._tripping, now_s)
        self._tripping = self._unstopped = None

    def _tell(self, report: ChannelReport, values: CurrentValues) -> None:
        report.state = values.State
        report.voltage_V, report.current_A = values.Ewe, values.I
        report.filled_bytes, report.saturated = values.MemFilled, bool(values.Saturation)
        report.test_id, report.tag = self.owner.shown_test_id(), self.owner.tag
        test = self.owner.started
        if test is not None:
            report.ours, report.records, report.complete = True, test.records, test.complete
            report.ended, report.unstopped = test.ended, self._unstopped
        elif self.owner.test is not None:  # loaded, and not known to have started
            report.tag = None

    def _remarks(self, values: CurrentValues, now_s: float) -> list[str]:
        """Take what the instrument tells besides; with our test it is kept beside the rows."""
        remarks = self._eclib.messages(self.channel)
        if values.OptErr:
            code, position = self._eclib.option_error(self.channel)
            if code:
                remarks.append(f"option error {code} at {position}: {OPTION_ERRORS.get(code, 'see the manual')}")
        test = self.owner.started
        if test is not None:
            for remark in remarks:
                test.note(remark, now_s)
        return remarks

    # ---- starting

    def prepare(self, tag: str, techniques: str, now_s: float) -> str:
        """Load a list on a channel that is free, and begin its spool. Returns the new test's id. Nothing runs yet."""
        before = self._require_free(now_s)
        loaded = load_list(self._eclib, self.channel, self.facts.board_type, TechniqueList.load(techniques.encode()))
        reached(EclibPoint.LOADED)
        test_id = self._new_test_id(now_s)
        header = SpoolHeader(tag, test_id, self.channel, self.facts.board_type, techniques, loaded, before)
        # before its name is on the instrument: a name without a spool would pass for a test of another node
        test = SpooledTest.create(spool_path(self._folder, self.channel, test_id), header)
        try:
            self._eclib.set_experiment(self.channel, experiment_name(tag, test_id))
        except EclibError as error:  # a library that keeps no names: the fingerprint has to do
            if not error.is_refusal:
                raise
        self.owner.begin(test)
        self._watch, self._read_back, self._tripping, self._unstopped, self._stopping = None, None, None, None, False
        for path in list(spools(self._folder, self.channel))[_KEPT_SPOOLS:]:
            path.unlink()
            forget_checkpoint(path)
        reached(EclibPoint.PREPARED)
        return test_id

    def start(self, test_id: str, now_s: float) -> None:
        """Start what was prepared, ONCE. Raises Refused, or Unreachable where it may have started all the same."""
        test = self.owner.test
        if test is None or test.header.test_id != test_id or test.asked_unix_s is not None:
            raise Unreachable(f"channel {self.channel + 1}: whoever has prepared test {test_id} is gone", sent=False)
        test.asked_to_start(now_s, self._eclib.current_values(self.channel).MemFilled)
        reached(EclibPoint.START_NOTED)
        try:
            self._eclib.start(self.channel)
        except EclibError as error:
            if error.may_have_acted:
                raise Unreachable(str(error), sent=True) from error
            test.settle_start(started=False, now_s=now_s)
            if not error.is_refusal:
                raise
            reasons = "; ".join(self._eclib.messages(self.channel))
            raise Refused(
                f"channel {self.channel + 1} refused to start: {error}: {reasons or 'no reason given'}"
            ) from error
        reached(EclibPoint.STARTED)
        test.settle_start(started=True, now_s=now_s)
        self.owner.has_started(now_s)

    def _require_free(self, now_s: float) -> str | None:
        """Look once more, and take what the last test has left. Returns the test id that is shown. Raises Refused."""
        report = self.look(now_s, time.monotonic() + _DRAIN_BEFORE_START_s)
        if report.firmware != "kernel":
            raise Refused(f"channel {self.channel + 1} has no kernel loaded")
        if report.state != STOPPED:
            what = report.tag or "a test of another program"
            raise Refused(
                f"channel {self.channel + 1} is busy ({STATES.get(report.state or -1)}: {what}); stop that first"
            )
        if report.ours and not report.complete:
            raise Unreachable(f"channel {self.channel + 1} still holds records of {report.tag}: they are read first")
        return report.test_id

    def _new_test_id(self, now_s: float) -> str:
        """Return an id that sorts by time, in milliseconds; none is ever used twice on a channel."""
        number = round(now_s * 1000)
        newest = next(spools(self._folder, self.channel), None)
        if newest is not None:
            number = max(number, int(newest.stem.partition("-")[2], 36) + 1)
        return _base_36(number)

    # ---- stopping

    def stop(self, now_s: float) -> None:
        """Open circuit, verified. Nothing happens where nothing runs. Raises Refused where it runs on."""
        try:
            self._stopping = self._stopping or self._runs()
            self._eclib.stop(self.channel)  # whatever it says of itself
            reached(EclibPoint.STOP_SENT)
            self._verify_stopped("a stop was asked for")
        except EclibError as error:
            if error.code in FIRMWARE_MISSING:  # without a kernel it drives nothing
                return
            raise
        test, running, self._stopping = self.owner.test, self._stopping, False
        if running and test is not None and test.started is not False:
            if test.asked_unix_s is not None and test.started is None:
                test.settle_start(started=True, now_s=now_s)
            test.end("stop", "", now_s)

    def _runs(self) -> bool:
        """Whether something runs, as far as the instrument tells: not being told must not hold a stop up."""
        try:
            return bool(self._eclib.current_values(self.channel).State != STOPPED)
        except EclibError as error:
            if error.is_refusal or error.code in FATAL_FOR_CONNECTION:
                raise
            return True

    def _stop_and_verify(self, why: str) -> None:
        self._eclib.stop(self.channel)
        self._verify_stopped(why)

    def _verify_stopped(self, why: str) -> None:
        for _ in range(_LOOKS_AFTER_STOP):
            state = self._eclib.current_values(self.channel).State
            if state == STOPPED:
                return
        raise Refused(f"channel {self.channel + 1} still tells {STATES.get(state, state)} after a stop: {why}")

    # ---- firmware

    def load_firmware(self, *, over_eclab: bool) -> None:
        """Load the kernel. Over EC-Lab's firmware only where that is wanted."""
        self._eclib.load_firmware(self.channel, force=over_eclab)
        self._eclib.messages(self.channel)


def _base_36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits.rjust(9, "0")
