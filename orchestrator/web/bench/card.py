"""What is shown of one channel."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple

__all__ = ["Card", "Group"]


class Group(StrEnum):
    """By what channels are counted and filtered."""

    RUNNING = "running"
    PAUSED = "paused"
    WAITING = "waiting"
    FREE = "free"
    FOREIGN = "foreign"
    """Somebody else's test is there, or one of ours that we no longer follow."""
    TRIPPED = "tripped"
    UNKNOWN = "unknown"
    """Nobody can tell."""


class Card(NamedTuple):
    """One channel, ready to be shown: numbers are texts with units, words are English.

    Nothing in it changes by the mere passing of time: an age is reckoned where it is shown. A tuple, since one is made
    for each channel that has changed, once a second: a frozen dataclass takes several times as long.
    """

    instrument: str
    channel: str
    name: str
    """The bench's, else ``instrument/channel``."""
    chamber: str | None
    state: str
    """State of the run that has the channel, or ``free``, ``foreign``, ``tripped``, ``unknown``."""
    group: Group
    attention: bool
    """Whether a person should look."""
    note: str = ""
    """A sentence of :mod:`orchestrator.web.bench.notes`, or nothing."""
    detail: str = ""
    """What comes with it, in somebody else's words."""
    observed_unix_s: float | None = None
    run_id: int | None = None
    """The run that has the channel; of a free one the last that was there."""
    queued: int = 0
    """Runs that come after it."""
    cell: str = ""
    protocol: str = ""
    cycle: int | None = None
    cycles_total: int = 0
    cycles_about: bool = False
    label: str = ""
    step: str = ""
    voltage: str = ""
    current: str = ""
    temperature: str = ""
    fraction: float | None = None
    finish_unix_s: float | None = None

    @property
    def key(self) -> str:
        """``bts-1/27-21-1-1``."""
        return f"{self.instrument}/{self.channel}"

    def as_row(self) -> dict[str, Any]:
        """For a page that follows it."""
        return self._asdict()
