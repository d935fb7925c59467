"""Where the process that owns EClib can be made to die; see :mod:`drivers.crash_point`."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["EclibPoint"]


class EclibPoint(StrEnum):
    """In the order in which a test comes by."""

    LOADED = "eclib-loaded"
    """The techniques are on the channel; no spool yet."""
    PREPARED = "eclib-prepared"
    """Techniques, spool and name are there; nothing runs."""
    START_NOTED = "eclib-start-noted"
    """The spool says that a start is asked for; it has not been sent."""
    STARTED = "eclib-started"
    """The channel runs; the spool does not know it yet."""
    TAKING = "eclib-taking"
    """The read marker is on the disk; nothing has been taken."""
    TAKEN = "eclib-taken"
    """Rows have left the instrument and are in no spool: the one buffer that can be lost."""
    SPOOLED = "eclib-spooled"
    """Rows are in the spool; nobody has been told of them."""
    STOP_SENT = "eclib-stop-sent"
    """The channel has been told to stop; nobody has looked whether it did."""
    COMPLETE = "eclib-complete"
    """The memory is empty and the channel stands; the spool says so, nobody else yet."""
