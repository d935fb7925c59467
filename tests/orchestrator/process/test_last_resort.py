"""What stands still for good ends its process, in time and whatever else hangs; what is well is never ended."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestrator.exit_codes import STOOD_STILL
from orchestrator.process.last_resort import LastResort
from orchestrator.process.last_words import LastWords

_ROOT = Path(__file__).parents[3]
_PATIENCE_S = 300.0
_AFTER_S = 2.0
_LOOKS = 60
_TURNS_S = 20  # turns of the process in a second


@contextmanager
def process(note: Path, way: str = "") -> Iterator[subprocess.Popen[str]]:
    """See :mod:`tests.orchestrator.process.standing_process`; it has turned."""
    command = [sys.executable, "-m", "tests.orchestrator.process.standing_process", str(note), str(_AFTER_S)]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [*command, *([way] if way else [])], stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd=_ROOT
    ) as started:
        try:
            turns(started, 1)
            yield started
        finally:
            started.kill()


def turns(running: subprocess.Popen[str], count: int) -> None:
    assert running.stdout is not None
    for _ in range(count):
        assert running.stdout.readline() == "turned\n"


def hang(running: subprocess.Popen[str]) -> None:
    assert running.stdin is not None
    running.stdin.close()


def test_a_loop_that_is_blocked_ends_its_process_with_all_stacks(tmp_path: Path) -> None:
    with process(tmp_path / "ended", "blocks") as standing:
        hang(standing)
        assert standing.wait(_PATIENCE_S) == STOOD_STILL
        assert standing.stderr is not None
        log = standing.stderr.read()
    assert "ended itself: the event loop stood still for 2 s; all its threads:\n" in log
    assert "in _a_call_that_blocks" in log
    assert "thread last-words" in log
    at, line = LastWords(tmp_path / "ended").found() or ("", "")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d [\d:]{8} UTC", at)
    assert line == "the event loop stood still for 2 s"


def test_neither_a_full_pipe_nor_a_folder_that_is_gone_nor_a_held_log_keeps_it(tmp_path: Path) -> None:
    with process(tmp_path / "gone" / "ended", "mute") as standing:
        hang(standing)
        assert standing.wait(_PATIENCE_S) == STOOD_STILL


def test_a_process_that_was_stopped_for_longer_goes_on_when_it_wakes(tmp_path: Path) -> None:
    with process(tmp_path / "ended") as paused:
        os.kill(paused.pid, signal.SIGSTOP)
        assert os.WIFSTOPPED(os.waitpid(paused.pid, os.WUNTRACED)[1])
        time.sleep(2 * _AFTER_S)
        os.kill(paused.pid, signal.SIGCONT)
        turns(paused, int(2 * _AFTER_S * _TURNS_S))  # for longer than it may stand still
        hang(paused)
        assert paused.stdout is not None
        assert set(paused.stdout) <= {"turned\n"}
        assert paused.wait(_PATIENCE_S) == 0
    assert LastWords(tmp_path / "ended").found() is None


@pytest.fixture
def resort(tmp_path: Path) -> LastResort:
    return LastResort(LastWords(tmp_path / "ended"), after_s=180.0)


def looks(resort: LastResort, marks: dict[str, Hashable], count: int) -> list[tuple[str, float] | None]:
    resort.watch(lambda: dict(marks), "{} {}".format)
    return [resort.look() for _ in range(count)]


def test_one_and_the_same_thing_must_not_get_on_for_the_whole_time(resort: LastResort) -> None:
    assert looks(resort, {"bts-1": 7, "vsp-1": 7}, _LOOKS) == [None] * _LOOKS
    assert looks(resort, {"bts-1": 8, "vsp-1": 7}, 1) == [("vsp-1", 180.0)]


def test_what_others_wait_for_is_blamed_though_they_have_stood_for_longer(resort: LastResort) -> None:
    """An event loop that stands still in the middle of a turn of an instrument's."""
    looks(resort, {"event_loop": 1, "bts-1": 7}, _LOOKS // 2)
    assert looks(resort, {"event_loop": 2, "bts-1": 7}, _LOOKS // 2) == [None] * (_LOOKS // 2)
    assert looks(resort, {"event_loop": 2, "bts-1": 7}, 1) == [("event_loop", 90.0)]


def test_a_slow_one_that_gets_on_once_in_that_time_is_left_in_peace(resort: LastResort) -> None:
    for exchange in range(20):
        assert looks(resort, {"bts-1": exchange}, _LOOKS) == [None] * _LOOKS


def test_one_that_sleeps_as_it_may_does_not_stand_still(resort: LastResort) -> None:
    looks(resort, {"bts-1": 7}, _LOOKS)
    looks(resort, {}, 1)
    assert looks(resort, {"bts-1": 7}, _LOOKS) == [None] * _LOOKS
    assert looks(resort, {"bts-1": 7}, 1) == [("bts-1", 180.0)]


def test_a_file_that_cannot_be_read_or_taken_away_is_said_and_ends_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "ended").mkdir()
    words = LastWords(tmp_path / "ended")
    assert words.found() is None
    words.forget()
    read, taken_away = caplog.messages
    assert read.startswith("whether the process before this one ended itself cannot be read: ")
    assert taken_away.startswith("the next process will tell again how one ended itself: ")


def test_nothing_left_is_nothing_found_and_what_was_told_is_forgotten(tmp_path: Path) -> None:
    words = LastWords(tmp_path / "ended")
    assert words.found() is None
    words.say("the event loop stood still for 180 s")
    assert words.found() is not None
    words.forget()
    assert words.found() is None
