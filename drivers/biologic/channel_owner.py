"""The test on one channel: whose it is, and whether it has started. Files and instrument are asked, never guessed."""

from __future__ import annotations

import logging
from pathlib import Path

from drivers.biologic.channel_run_state import STOPPED
from drivers.biologic.eclib import Eclib
from drivers.biologic.error_codes import EclibError
from drivers.biologic.recognition import fingerprint_now, read_experiment_name
from drivers.biologic.spool import spool_path, spools
from drivers.biologic.spooled_test import SpooledTest
from drivers.biologic.structs import CurrentValues
from drivers.errors import Garbled

__all__ = ["ChannelOwner"]

_LOG = logging.getLogger(__name__)
_FOREIGN = "foreign"
_LAG_s, _SINGLE_ROUNDING = 0.25, 1e-6
"""What looks may differ by in how long they take: a suspicion costs no more than a comparison of the lists."""


class ChannelOwner:
    """Knows the spool that belongs to what the channel carries."""

    def __init__(self, eclib: Eclib, channel: int, folder: Path) -> None:
        self.test: SpooledTest | None = None
        """Of ours: loaded, running or over."""
        self.tag: str | None = None
        self.test_id: str | None = None
        """What the channel carries by its own account; ours or not."""
        self._eclib = eclib
        self._channel = channel
        self._folder = folder
        self._disowned: str | None = None
        """Test whose name the channel still carries although another list has been on it since."""
        self._running = False
        self._elapsed_s, self._looked_s = 0.0, 0.0
        self.damage: str | None = None
        """Why the spool of the test that the channel carries cannot be used: then nobody takes or watches its rows."""

    def look(self, values: CurrentValues, now_s: float) -> None:
        """Recognise what is there. Raises EclibError where the instrument cannot be asked, OSError of the disk."""
        self.tag, self.test_id = self._named()
        running = values.State != STOPPED
        adopted = self._follow()
        began = running and (not self._running or self._lags(values.ElapsedTime, now_s))
        self._running, self._elapsed_s, self._looked_s = running, values.ElapsedTime, now_s
        test = self.test
        if test is None:
            self._be_foreign(running=running)
            return
        over = test.ended is not None or test.started is False
        if not running and test.complete:  # another list may lie on the channel: nothing has run since that we know of
            return
        if (running and over) or ((adopted or began) and not self._has_our_list(test)):
            self._disowned = test.header.test_id
            self.forget()
            self._be_foreign(running=running)
        elif test.asked_unix_s is not None and test.started is None and (running or test.has_filled(values.MemFilled)):
            test.settle_start(started=True, now_s=now_s)

    @property
    def started(self) -> SpooledTest | None:
        """Our test, where it is known to have started."""
        return self.test if self.test is not None and self.test.started else None

    def shown_test_id(self) -> str | None:
        """Return the id to show: a list that is loaded but was never started is no test."""
        if self.test is not None and not self.test.started:
            return self.test.header.test_id_before
        return self.test_id

    def begin(self, test: SpooledTest) -> None:
        """Take over a test that was just loaded."""
        self.forget()
        self.test, self.tag, self.test_id = test, test.header.tag, test.header.test_id
        self._running, self._disowned = False, None

    def has_started(self, now_s: float) -> None:
        """Our own start is no surprise at the next look."""
        self._running, self._elapsed_s, self._looked_s = True, 0.0, now_s

    def forget(self) -> None:
        """Nothing of ours is on the channel; the spool stays on disk."""
        if self.test is not None:
            self.test.close()
            self.test = None

    def _named(self) -> tuple[str | None, str | None]:
        """Read tag and test id off the channel, or, where the library keeps no names, off the newest spool's list."""
        try:
            found = read_experiment_name(self._eclib.experiment(self._channel))
        except EclibError as error:
            if not error.is_refusal:
                raise
            return self._by_fingerprint()
        return found or (None, None)

    def _by_fingerprint(self) -> tuple[str | None, str | None]:
        # unconfirmed on hardware: the same techniques and parameters loaded by somebody else are taken for ours
        if self.test is not None:
            return self.test.header.tag, self.test.header.test_id
        for path in list(spools(self._folder, self._channel))[:1]:
            test = self._open(path)
            if test is not None and self._has_our_list(test):
                self.test = test
                return test.header.tag, test.header.test_id
        return None, None

    def _follow(self) -> bool:
        """Open the spool of the test that is named; True where another one than before."""
        if self.test is not None and self.test.header.test_id == self.test_id:
            return False
        self.forget()
        damage, self.damage = self.damage, None
        if self.test_id is None or self.test_id == self._disowned:
            return False
        path = spool_path(self._folder, self._channel, self.test_id)
        self.test = self._open(path) if path.exists() else None
        self._tell_damage(damage)
        if self.test is not None:
            self.tag = self.test.header.tag  # a long one is cut on the instrument
        return self.test is not None

    def _open(self, path: Path) -> SpooledTest | None:
        try:
            return SpooledTest.open(path)
        except Garbled as error:
            self.damage = f"{error}: its test can be neither read nor watched; stop it, then move the file away"
            return None

    def _tell_damage(self, told: str | None) -> None:
        """Log it once."""
        if self.damage is not None and self.damage != told:
            _LOG.error("%s", self.damage)

    def _lags(self, elapsed_s: float, now_s: float) -> bool:
        """Whether the channel runs for less long than it should by now: it was started anew in between."""
        expected_s = self._elapsed_s + max(0.0, now_s - self._looked_s)
        return elapsed_s < expected_s - _LAG_s - _SINGLE_ROUNDING * expected_s

    def _has_our_list(self, test: SpooledTest) -> bool:
        told = fingerprint_now(self._eclib, self._channel)
        return told is None or told == test.header.fingerprint

    def _be_foreign(self, *, running: bool) -> None:
        """Nothing of ours: what runs without a name of its own has an id that no test of ours has."""
        if self.test_id is None or self.test_id == self._disowned:
            self.tag, self.test_id = None, _FOREIGN if running else None
