"""Record conditions in the board's words: zero turns one off.

# unconfirmed on hardware: that zero turns a condition off
"""

from __future__ import annotations

from drivers.biologic.technique_list import Parameter
from protocols.program import Record, VoltageScan

__all__ = ["by_time_and_current", "by_time_and_voltage", "scan_change_V"]


def by_time_and_voltage(record: Record) -> list[Parameter]:
    """Of a rest and of constant current, whose current does not change."""
    return [_interval(record), Parameter("Record_every_dE", float(record.voltage_change_V or 0.0))]


def by_time_and_current(record: Record) -> list[Parameter]:
    """Of a held voltage."""
    return [_interval(record), Parameter("Record_every_dI", float(record.current_change_A or 0.0))]


def scan_change_V(scan: VoltageScan, record: Record) -> float | None:
    """Return the voltage between records of a sweep, which knows no other condition; None where neither is given."""
    by_time_V = None if record.interval_s is None else record.interval_s * scan.scan_rate_V_per_s
    return min((it for it in (record.voltage_change_V, by_time_V) if it is not None), default=None)


def _interval(record: Record) -> Parameter:
    return Parameter("Record_every_dT", float(record.interval_s or 0.0))
