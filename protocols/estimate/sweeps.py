"""The way of a voltage scan: every sweep from where the one before ended."""

from __future__ import annotations

from itertools import pairwise

from protocols.estimate.spent import Spent, recorded
from protocols.program import Record, VoltagePoint, VoltageScan

__all__ = ["last_voltage_V", "spent_on_scan", "starts_downwards"]


def spent_on_scan(scan: VoltageScan, open_circuit_V: float, record: Record) -> Spent:
    """Return time and records; each cycle of a voltammogram is a cycle, a single sweep is none."""
    turns_V = [_voltage_V(turn, open_circuit_V) for turn in scan.turns]
    first = _sweeps([_voltage_V(scan.start, open_circuit_V), *turns_V], scan, record)
    further = _sweeps([turns_V[-1], *turns_V], scan, record).times(scan.cycles - 1)
    last = Spent()
    if scan.end is not None:
        last = _sweeps([turns_V[-1], _voltage_V(scan.end, open_circuit_V)], scan, record)
    return first + further + last + Spent(cycles=scan.cycles if len(scan.turns) > 1 else 0)


def last_voltage_V(scan: VoltageScan, open_circuit_V: float) -> float:
    """Return where the scan leaves the cell."""
    return _voltage_V(scan.end or scan.turns[-1], open_circuit_V)


def starts_downwards(scan: VoltageScan, middle_V: float) -> bool:
    """Whether the first sweep goes down; one from open circuit is taken as coming from the farther end."""
    first = scan.turns[0]
    if first.versus == scan.start.versus:
        return first.voltage_V < scan.start.voltage_V
    return first.voltage_V < (middle_V if first.versus == "absolute" else 0.0)


def _voltage_V(point: VoltagePoint, open_circuit_V: float) -> float:
    return point.voltage_V + (open_circuit_V if point.versus == "open_circuit" else 0.0)


def _sweeps(path_V: list[float], scan: VoltageScan, record: Record) -> Spent:
    spent = Spent()
    for from_V, to_V in pairwise(path_V):
        span_V = abs(to_V - from_V)
        if span_V:
            spent += recorded(record, span_V / scan.scan_rate_V_per_s, span_V)
    return spent
