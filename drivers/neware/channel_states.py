"""State words of the BTS Client (v1.19, 2.1.4 and 2.1.7) and what they mean."""

from __future__ import annotations

from collections.abc import Mapping

from drivers.contracts import ChannelState

__all__ = ["STARTABLE", "channel_state"]

_STATES: Mapping[str, ChannelState] = {
    "working": ChannelState.RUNNING,
    "stop": ChannelState.STOPPED,
    "finish": ChannelState.FINISHED,
    "protect": ChannelState.TRIPPED,
    "pause": ChannelState.PAUSED,
}
# unconfirmed on hardware: synCtrl, waitStart, waitTimeOut and ligth (sic) stand in the vendor's second table without a
# word on whether a test holds the channel. They stay UNKNOWN: nothing is started there, nothing is shown as running.

STARTABLE = frozenset({ChannelState.STOPPED, ChannelState.FINISHED, ChannelState.TRIPPED})
"""Never PAUSED: a start would displace the paused test (aurora-neware)."""


def channel_state(word: str) -> ChannelState:
    """Return the state; UNKNOWN for every other word ("false" is said of a channel that does not exist)."""
    return _STATES.get(word, ChannelState.UNKNOWN)
