"""From what the process that owns EClib reports of a channel to what the contract calls a status."""

from __future__ import annotations

from drivers.biologic.channel_report import ChannelReport
from drivers.biologic.channel_run_state import PAUSED, STATES, STOPPED
from drivers.biologic.outcome import outcome
from drivers.biologic.spool_reader import SpoolReader
from drivers.contracts import ChannelState, ChannelStatus
from drivers.errors import DriverError

__all__ = ["channel_status"]

_UNEXPLAINED = "by its own protection, which no row shows, or by somebody's hand: EClib does not tell"
_ALARMING = 0.5
"""Part of the channel's memory: what happens when it is full is not documented."""


def channel_status(report: ChannelReport, reader: SpoolReader) -> ChannelStatus:
    """Return the status of one channel."""
    name = str(report.channel + 1)
    if report.trouble is not None:
        return ChannelStatus(name, ChannelState.UNKNOWN, report.trouble)
    if report.firmware == "eclab":
        return ChannelStatus(name, ChannelState.UNKNOWN, "EC-Lab owns the channel")
    if report.firmware != "kernel":
        return ChannelStatus(name, ChannelState.IDLE, "no kernel loaded: a start loads it")
    seen = reader.furthest(report.channel, report.test_id) if report.ours and report.test_id else None
    state = _state(report, reader)
    return ChannelStatus(
        channel=name,
        state=state or ChannelState.STOPPED,
        native_state=_native_state(report, unexplained=state is ChannelState.STOPPED),
        tag=report.tag,
        test_id=report.test_id,
        records=report.records if report.ours else None,
        records_complete=report.ours and report.complete and state is not None,
        voltage_V=report.voltage_V,
        current_A=report.current_A,
        cycle=seen.cycles.cycle if seen else None,
    )


def _state(report: ChannelReport, reader: SpoolReader) -> ChannelState | None:
    """Return the state; None where the channel stands, and how its test ended is still being read."""
    if report.state is None or report.state not in STATES:
        return ChannelState.UNKNOWN
    if report.state == PAUSED:
        return ChannelState.PAUSED
    if report.state != STOPPED:
        return ChannelState.RUNNING
    if not report.ours or report.test_id is None:
        return ChannelState.IDLE
    if not report.complete or report.ended is None:
        return ChannelState.STOPPED
    try:
        end = reader.end_state(report.channel, report.test_id)
        return None if end is None else outcome(report.ended[0], *end)
    except DriverError:  # reading tells why; here it is enough that the channel stands
        return ChannelState.TRIPPED if report.ended[0] == "trip" else ChannelState.STOPPED


def _native_state(report: ChannelReport, *, unexplained: bool) -> str:
    words = [STATES.get(-1 if report.state is None else report.state, f"state {report.state}")]
    if unexplained and report.ended is not None and report.ended[0] == "itself":
        words.append(_UNEXPLAINED)
    if report.ended is not None and report.ended[1]:
        words.append(report.ended[1])
    if report.saturated:
        words.append("saturated")
    if report.peak_fill > _ALARMING:
        words.append(f"memory {100 * report.peak_fill:.0f} % full")
    return ", ".join(words)
