"""What runs on a channel's processor, and in which state."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["Firmware", "RunState"]


class Firmware(IntEnum):
    """As in ChannelInfos.FirmwareCode."""

    NONE = 0
    ECLAB = 1
    KERNEL = 5


class RunState(IntEnum):
    """As in CurrentValues.State and ChannelInfos.State."""

    STOP = 0
    RUN = 1
    PAUSE = 2
    SYNC = 3
