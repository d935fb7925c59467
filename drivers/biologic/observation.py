"""From what the process that owns EClib reports of a channel to what the contract calls a status."""

from __future__ import annotations

from drivers.biologic.channel_report import ChannelReport
from drivers.biologic.channel_run_state import PAUSED, STATES, STOPPED
from drivers.biologic.ending import end_is_lost
from drivers.biologic.outcome import outcome
from drivers.biologic.spool_reader import SpoolReader
from drivers.contracts import ChannelState, ChannelStatus
from drivers.errors import DriverError

__all__ = ["channel_status"]

_UNEXPLAINED = "by its own protection, which no row shows, or by somebody's hand: EClib does not tell"
_LOST_END = "the last records are lost, and with them how the test ended"
_ALARMING = 0.5
"""Part of the channel's memory: what happens when it is full is not documented."""


def channel_status(report: ChannelReport, reader: SpoolReader) -> ChannelStatus:
    """Return the status of one channel."""
    name = str(report.channel + 1)
    if report.trouble is not None:
        return ChannelStatus(name, ChannelState.UNKNOWN, report.trouble)
    if report.firmware == "eclab":
        owner = f"another program, probably EC-Lab, owns channel {name}"
        return ChannelStatus(name, ChannelState.UNKNOWN, owner, taken=True)
    if report.firmware != "kernel":
        return ChannelStatus(name, ChannelState.IDLE, "no kernel loaded: a start loads it")
    seen = reader.furthest(report.channel, report.test_id) if report.ours and report.test_id else None
    state, end_known = _state(report, reader)
    return ChannelStatus(
        channel=name,
        state=state or ChannelState.STOPPED,
        native_state=_native_state(report, unexplained=state is ChannelState.STOPPED, end_known=end_known),
        tag=report.tag,
        test_id=report.test_id,
        records=report.records if report.ours else None,
        records_complete=report.ours and report.complete and state is not None,
        voltage_V=report.voltage_V,
        current_A=report.current_A,
        cycle=seen.cycles.cycle if seen else None,
        step=seen.step if seen else None,
        limits_differ=report.limits_differ,
        stop_failed=report.unstopped,
        end_known=end_known,
    )


def _state(report: ChannelReport, reader: SpoolReader) -> tuple[ChannelState | None, bool]:
    """Return the state, and whether it is known how the test ended.

    None where the channel stands, and how its test ended is still being read.
    """
    if report.state is None or report.state not in STATES:
        return ChannelState.UNKNOWN, True
    if report.state == PAUSED:
        return ChannelState.PAUSED, True
    if report.state != STOPPED:
        return ChannelState.RUNNING, True
    if not report.ours or report.test_id is None:
        return ChannelState.IDLE, True
    if not report.complete or report.ended is None:
        return ChannelState.STOPPED, True
    return _end(report.ended[0], report.channel, report.test_id, reader)


def _end(why: str, channel: int, test_id: str, reader: SpoolReader) -> tuple[ChannelState | None, bool]:
    try:
        end = reader.end_state(channel, test_id)
    except DriverError:  # reading tells why; here it is enough that the channel stands
        return ChannelState.TRIPPED if why == "trip" else ChannelState.STOPPED, True
    return (None, True) if end is None else (outcome(why, *end), not end_is_lost(why, *end))


def _native_state(report: ChannelReport, *, unexplained: bool, end_known: bool) -> str:
    words = [STATES.get(-1 if report.state is None else report.state, f"state {report.state}")]
    if unexplained and report.ended is not None and report.ended[0] == "itself":
        words.append(_UNEXPLAINED if end_known else _LOST_END)
    if report.ended is not None and report.ended[1]:
        words.append(report.ended[1])
    if report.saturated:
        words.append("saturated")
    if report.peak_fill > _ALARMING:
        words.append(f"memory {100 * report.peak_fill:.0f} % full")
    return ", ".join(words)
