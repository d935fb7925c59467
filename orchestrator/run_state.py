"""States of a run and the only ways between them; anything else cannot be written."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

__all__ = ["LEGAL", "TERMINAL", "RunState"]


class RunState(StrEnum):
    """What is known of a run; what is *wanted* stands apart, in ``runs.desired``."""

    QUEUED = "queued"
    WAITING = "waiting"
    """For a chamber, an operator, a start time or its turn between two segments."""
    STARTING = "starting"
    RUNNING = "running"
    PAUSING = "pausing"
    PAUSED = "paused"
    STOPPING = "stopping"
    COMPLETED = "completed"
    STOPPED = "stopped"
    FAILED = "failed"
    LOST = "lost"
    """The instrument is silent: nobody knows. Never shown as running."""


_S = RunState
TERMINAL = frozenset({_S.COMPLETED, _S.STOPPED, _S.FAILED})

LEGAL: Mapping[RunState, frozenset[RunState]] = {
    _S.QUEUED: frozenset({_S.WAITING, _S.STARTING, _S.STOPPED, _S.FAILED}),
    # Back to queued: an operator has released it.
    _S.WAITING: frozenset({_S.QUEUED, _S.STARTING, _S.STOPPING, _S.COMPLETED, _S.STOPPED, _S.FAILED}),
    # A start of which not a byte has left goes back to the queue.
    _S.STARTING: frozenset({_S.QUEUED, _S.RUNNING, _S.PAUSED, _S.WAITING, _S.STOPPING, _S.STOPPED, _S.FAILED, _S.LOST}),
    _S.RUNNING: frozenset(
        {_S.PAUSING, _S.PAUSED, _S.WAITING, _S.STARTING, _S.STOPPING, _S.COMPLETED, _S.STOPPED, _S.FAILED, _S.LOST}
    ),
    # The test may end by itself before the pause comes; the pause may be taken back.
    _S.PAUSING: frozenset(
        {_S.PAUSED, _S.RUNNING, _S.WAITING, _S.STARTING, _S.STOPPING, _S.COMPLETED, _S.STOPPED, _S.FAILED, _S.LOST}
    ),
    _S.PAUSED: frozenset(
        {_S.RUNNING, _S.WAITING, _S.STARTING, _S.STOPPING, _S.COMPLETED, _S.STOPPED, _S.FAILED, _S.LOST}
    ),
    _S.STOPPING: frozenset({_S.STOPPED, _S.COMPLETED, _S.FAILED, _S.LOST}),
    # When the instrument answers again, the run is whatever it is found to be.
    _S.LOST: frozenset(
        {
            _S.RUNNING,
            _S.PAUSING,
            _S.PAUSED,
            _S.WAITING,
            _S.STARTING,
            _S.STOPPING,
            _S.COMPLETED,
            _S.STOPPED,
            _S.FAILED,
        }
    ),
    _S.COMPLETED: frozenset(),
    _S.STOPPED: frozenset(),
    _S.FAILED: frozenset(),
}
"""From each state to those that may follow it. A state may always be written again with another reason."""
