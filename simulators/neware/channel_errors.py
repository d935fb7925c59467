"""Why a channel says no."""

from __future__ import annotations

__all__ = ["ChannelBusy", "ChannelError", "NotExecutable", "NotRunning"]


class ChannelError(Exception):
    """A command that the channel refuses; nothing has changed."""


class ChannelBusy(ChannelError):  # noqa: N818 - reads as what the channel says
    """A test is running or paused here."""


class NotRunning(ChannelError):  # noqa: N818 - reads as what the channel says
    """There is nothing to stop, pause or resume."""


class NotExecutable(ChannelError):  # noqa: N818 - reads as what the channel says
    """This channel cannot execute that program; the message says which step and why."""
