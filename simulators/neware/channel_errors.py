"""Why a channel says no."""

from __future__ import annotations

__all__ = ["ChannelBusy", "ChannelError", "NotExecutable", "NotRunning"]


class ChannelError(Exception):
    """A command that the channel refuses; nothing has changed."""


class ChannelBusy(ChannelError):
    """A test is running or paused here."""


class NotRunning(ChannelError):
    """There is nothing to stop, pause or resume."""


class NotExecutable(ChannelError):
    """This channel cannot execute that program; the message says which step and why."""
