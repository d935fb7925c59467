"""Watching over child processes: one that dies is named and started again, after a pause that grows."""

from __future__ import annotations

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

import click

from orchestrator.exit_codes import CANNOT_START, STOOD_STILL

__all__ = ["Child", "supervise"]

_STARTED_AFTER_S = 5.0
"""A child that lived this long has started; before, its end means that it cannot start at all."""
_PAUSE_S = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
_CALM_AFTER_S = 300.0
"""After this long without a fall the pauses begin again with the shortest."""
_GRACE_S = 15.0
_LOOK_EVERY_S = 0.2


@dataclass
class Child:
    """One process and its history."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    started_s: float = field(default=0.0, init=False)
    has_started: bool = field(default=False, init=False)
    falls: int = field(default=0, init=False)
    restart_at_s: float = field(default=0.0, init=False)
    may_restart: bool = field(default=True, init=False)

    def start(self, now_s: float) -> None:
        """Start it; its output goes where ours goes."""
        self.process = subprocess.Popen(self.command)  # noqa: S603 - our own interpreter and module
        self.started_s = now_s

    def look(self, now_s: float) -> str | None:
        """Start it again when its pause is over; one line when it has just ended."""
        if self.process is None:
            if now_s >= self.restart_at_s:
                self.start(now_s)
            return None
        status = self.process.poll()
        lived_s = now_s - self.started_s
        if status is None:
            self.has_started = self.has_started or lived_s >= _STARTED_AFTER_S
            if lived_s >= _CALM_AFTER_S:
                self.falls = 0
            return None
        self.process = None
        pause_s = _PAUSE_S[min(self.falls, len(_PAUSE_S) - 1)]
        self.falls += 1
        self.restart_at_s = now_s + pause_s
        self.may_restart = self.has_started and status != CANNOT_START
        again = f"; starting it again in {pause_s:g} s" if self.may_restart else ""
        return f"{self.name} {_ending(status)}{again}"


def supervise(children: Sequence[Child], clock: Callable[[], float] = time.monotonic) -> int:
    """Run the children until SIGTERM or SIGINT (returns 0), or until one cannot even start (returns 1)."""
    ending = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ending.set()

    previous = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        for child in children:
            child.start(clock())
        while not ending.wait(_LOOK_EVERY_S):
            for child in children:
                fell = child.look(clock())
                if fell is not None:
                    click.echo(fell, err=True)
                if fell is not None and not child.may_restart:
                    return 1
        return 0
    finally:
        _end_all(children)
        for number, handler in previous.items():
            signal.signal(number, handler)


def _end_all(children: Sequence[Child]) -> None:
    alive = [child.process for child in children if child.process is not None]
    for process in alive:
        process.terminate()
    deadline_s = time.monotonic() + _GRACE_S
    for process in alive:
        try:
            process.wait(max(0.0, deadline_s - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _ending(status: int) -> str:
    if status == STOOD_STILL:
        return "stood still and ended itself"
    return f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with exit code {status}"
