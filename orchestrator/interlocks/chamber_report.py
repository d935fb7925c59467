"""From the status of a chamber to what rules are judged by."""

from __future__ import annotations

from drivers.contracts import ChamberStatus
from orchestrator.interlocks.seen import ChamberSeen
from orchestrator.store.chambers import ChamberRow

__all__ = ["chamber_report"]

_CONFIRM_S = 30.0
"""A set point that was written less than this ago need not show yet."""


def chamber_report(
    name: str, status: ChamberStatus, row: ChamberRow | None, at_s: float, now_unix_s: float
) -> ChamberSeen:
    """One look, with what the database knows of our own set point and of the chamber's limits."""
    wanted_degC = limits_degC = None
    taken_unix_s = None if row is None else row.wanted_unix_s
    # one from a time to come was taken before the clock was set back
    if row is not None and taken_unix_s is not None and not 0 <= now_unix_s - taken_unix_s < _CONFIRM_S:
        wanted_degC = row.wanted_degC
    if row is not None and row.low_degC is not None and row.high_degC is not None:
        limits_degC = (row.low_degC, row.high_degC)
    return ChamberSeen(
        name=name,
        at_s=at_s,
        state=status.state,
        native_state=status.native_state,
        process_degC=status.process_degC,
        set_point_degC=status.set_point_degC,
        ramping_set_point_degC=status.ramping_set_point_degC,
        alarms=status.alarms,
        wanted_degC=wanted_degC,
        limits_degC=limits_degC,
    )
