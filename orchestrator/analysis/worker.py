"""Works off the queue of analyses in a child process, so that neither their memory nor their crashes are the node's."""

from __future__ import annotations

import logging
import multiprocessing
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Callable
from ctypes import c_double
from multiprocessing.process import BaseProcess

from drivers.crash_point import reached
from orchestrator.crash_points import Point
from orchestrator.store.analysis_leases import (
    LEASE_S,
    any_to_take,
    fail_held,
    held_ids,
    release_held,
    renew_leases,
)
from orchestrator.store.database import open_database
from orchestrator.store.errors import StoreUnavailable
from orchestrator.store.transactions import reading, writing

__all__ = ["AnalysisWorker"]

_log = logging.getLogger(__name__)
_SPAWN = multiprocessing.get_context("spawn")

_TRY_AGAIN = 75
"""Exit code of a child that lost its database (EX_TEMPFAIL of sysexits.h)."""

_RENEW_EVERY_S = LEASE_S / 5
_NICENESS = 10  # measuring goes before analysing


class AnalysisWorker:
    """One child process at a time; it ends when the queue has been empty for a while, so an idle node pays nothing.

    ``now`` gives unix seconds on the node's clock; ``give_up_after_s`` are wall seconds for one analysis, ``linger_s``
    those that a child waits for more: starting it costs more than most analyses do. Nothing is raised while the
    database is away: what is queued waits there. What the child has taken is leased for as long as
    ``submit_pending`` is called, so that no other node's worker takes it.
    """

    def __init__(
        self,
        database_url: str,
        now: Callable[[], float] = time.time,
        *,
        give_up_after_s: float = 600.0,
        linger_s: float = 0.0,
    ) -> None:
        self._database_url = database_url
        self._engine = open_database(database_url)
        self._now = now
        self._give_up_after_s = give_up_after_s
        self._linger_s = linger_s
        self._told = _SPAWN.RawValue(c_double, now())
        self._child: BaseProcess | None = None
        self._owner = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"  # a PID alone comes back
        self._watched: tuple[tuple[int, ...], float] = ((), 0.0)
        self._renewed = 0.0
        self._away = False

    def submit_pending(self) -> None:
        """Start a child where something is queued and none is at work; settle what a dead child left. Never blocks."""
        self._told.value = self._now()
        try:
            self._settle_child()
            if self._child is None and self._anything_to_take():
                self._start_child()
        except StoreUnavailable as error:
            if not self._away:
                _log.warning("analyses wait: %s", error)
            self._away = True
        else:
            self._away = False

    @property
    def busy(self) -> bool:
        """Whether a child is at work."""
        return self._child is not None and self._child.is_alive()

    def wait(self, timeout: float) -> bool:
        """Block until the child ends (for tests and for a one-shot command); False when it is still at work."""
        if self._child is not None:
            self._child.join(timeout)
        return not self.busy

    def close(self) -> None:
        """End the child; what it was at is queued again for the next node."""
        if self._child is not None:
            self._child.terminate()
            self._child.join()
            self._child = None
            try:
                with writing(self._engine) as conn:
                    release_held(conn, self._owner)
            except StoreUnavailable as error:
                _log.warning("an analysis stays marked as running until the next start: %s", error)
        self._engine.dispose()

    def _settle_child(self) -> None:
        child = self._child
        if child is None:
            return
        if child.is_alive():
            self._renew()
            self._end_if_stuck(child)
            return
        with writing(self._engine) as conn:
            if child.exitcode == _TRY_AGAIN:
                release_held(conn, self._owner)
            elif child.exitcode != 0:
                told = f"the analysis process ended with {_ending(child.exitcode)}"
                fail_held(conn, self._owner, told, self._now())
        child.close()
        self._child = None

    def _renew(self) -> None:
        if time.monotonic() - self._renewed < _RENEW_EVERY_S:
            return
        with writing(self._engine) as conn:
            renew_leases(conn, self._owner)
        self._renewed = time.monotonic()

    def _end_if_stuck(self, child: BaseProcess) -> None:
        with reading(self._engine) as conn:
            running = held_ids(conn, self._owner)
        watched, since = self._watched
        if not running or running != watched:
            self._watched = (running, time.monotonic())
            return
        if time.monotonic() - since < self._give_up_after_s:
            return
        child.kill()
        child.join()
        with writing(self._engine) as conn:
            told = f"the analysis took longer than {self._give_up_after_s:g} s and was ended"
            fail_held(conn, self._owner, told, self._now())
        self._child = None

    def _anything_to_take(self) -> bool:
        with reading(self._engine) as conn:
            return any_to_take(conn)

    def _start_child(self) -> None:
        arguments = (self._database_url, self._owner, self._told, self._linger_s)
        # The arguments travel by a pipe: a password in the URL stands in no list of processes.
        self._child = _SPAWN.Process(target=_work, args=arguments, name="cellbench-analysis", daemon=True)
        self._child.start()
        reached(Point.ANALYSIS_BEGUN)
        self._watched = ((), 0.0)
        self._renewed = time.monotonic()


def _work(database_url: str, owner: str, now: c_double, linger_s: float) -> None:
    """Drain the queue; ``now`` is the node's clock as the node has last told it, in memory that both see."""
    from orchestrator.analysis.running import drain  # noqa: PLC0415 - pandas is loaded in the child alone

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the node's to handle: it ends its child itself
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    try:
        drain(database_url, owner, lambda: now.value, go_on=_has_parent, linger_s=linger_s)
    except StoreUnavailable as error:
        _log.warning("analyses wait: %s", error)
        sys.exit(_TRY_AGAIN)


def _has_parent() -> bool:
    """Whether the node that renews the leases still lives: without it, nothing more is taken."""
    parent = multiprocessing.parent_process()
    return parent is not None and parent.is_alive()


def _ending(exitcode: int | None) -> str:
    return f"signal {-exitcode}" if exitcode is not None and exitcode < 0 else f"exit code {exitcode}"
