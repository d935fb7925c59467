"""What would be refused of a voltage scan."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from drivers.biologic.bounds import beyond_voltage, is_positive
from drivers.biologic.capabilities import ROWS_PER_SECOND_MAX
from drivers.biologic.loading import Loading
from drivers.biologic.recording import scan_change_V
from drivers.biologic.scan_techniques import VERTICES_MAX, fits_in_one
from drivers.contracts import Capabilities, Problem
from protocols.program import VoltagePoint, VoltageScan

__all__ = ["scan_problems"]

_HERE_V = 1e-6


def scan_problems(scan: VoltageScan, given: Loading, can: Capabilities) -> Iterator[Problem]:
    """Vertices, cycles, scan rate and what is recorded."""
    yield from _vertices(scan, given, can)
    yield from _cycles(scan)
    if is_positive(scan.scan_rate_V_per_s):
        yield from _recorded(scan, given)
    else:
        yield Problem(f"scan rate {scan.scan_rate_V_per_s:g} V/s; it must be above 0", scan.origin)


def _journey(scan: VoltageScan) -> tuple[VoltagePoint, ...]:
    """All that the first two cycles go to, and the end: every neighbourhood there is."""
    return (scan.start, *scan.turns * min(scan.cycles, 2), *(() if scan.end is None else (scan.end,)))


def _spans_V(scan: VoltageScan) -> list[float]:
    """Of half-scans whose ends refer to the same."""
    journey = _journey(scan)
    return [abs(end.voltage_V - begin.voltage_V) for begin, end in pairwise(journey) if begin.versus == end.versus]


def _vertices(scan: VoltageScan, given: Loading, can: Capabilities) -> Iterator[Problem]:
    window_V = given.limits.voltage_max_V - given.limits.voltage_min_V
    for point in dict.fromkeys((scan.start, *scan.turns, *(() if scan.end is None else (scan.end,)))):
        if point.versus == "absolute":
            yield from beyond_voltage("sweep to", point.voltage_V, scan.origin, can, given.limits)
        elif not abs(point.voltage_V) <= window_V:
            yield Problem(
                f"sweep to open circuit {point.voltage_V:+g} V leaves the limits' window of {window_V:g} V wherever "
                "open circuit lies; stay inside, or widen the limits",
                scan.origin,
            )
    if any(span_V < _HERE_V for span_V in _spans_V(scan)):
        yield Problem("a sweep to where it begins; leave the doubled voltage out", scan.origin)


def _cycles(scan: VoltageScan) -> Iterator[Problem]:
    if not scan.turns:
        yield Problem("a scan without turns; give it a voltage to go to", scan.origin)
    elif scan.cycles < 1:
        yield Problem(f"a scan of {scan.cycles} cycles", scan.origin)
    elif not fits_in_one(scan):
        yield from _too_many(scan)


def _too_many(scan: VoltageScan) -> Iterator[Problem]:
    """Cycles that do not fit into one technique go on in a second, whose open circuit is another."""
    room = (VERTICES_MAX - 1 - (scan.end is not None)) // len(scan.turns)
    if len(scan.turns) > VERTICES_MAX - 1:
        yield Problem(
            f"{len(scan.turns)} turns, a vscanlimit technique holds {VERTICES_MAX - 1}; write several sweeps",
            scan.origin,
        )
    elif any(point.versus == "open_circuit" for point in scan.turns):
        yield Problem(
            f"{scan.cycles} cycles relative to open circuit, a vscanlimit technique holds {room}; "
            "write absolute voltages, or fewer cycles",
            scan.origin,
        )


def _recorded(scan: VoltageScan, given: Loading) -> Iterator[Problem]:
    if scan.record is not None and scan.record.current_change_A is not None:
        yield Problem(
            "a sweep is not recorded by current_change on a VSP-300; give it record: {voltage_change: 1 mV}",
            scan.origin,
        )
    change_V = scan_change_V(scan, given.record)
    rate_V_per_s = scan.scan_rate_V_per_s
    if change_V is None:
        yield Problem("a sweep without records; give it record: {voltage_change: 1 mV}", scan.origin)
    elif is_positive(change_V) and rate_V_per_s / change_V > ROWS_PER_SECOND_MAX * (1 + 1e-9):
        yield Problem(
            f"{rate_V_per_s:g} V/s with a record every {change_V:g} V is {rate_V_per_s / change_V:g} records/s, a "
            f"channel is read at {ROWS_PER_SECOND_MAX:g}; record every {rate_V_per_s / ROWS_PER_SECOND_MAX:g} V or "
            "more, or sweep more slowly",
            scan.origin,
        )
    elif any(change_V > span_V for span_V in _spans_V(scan)):
        yield Problem(
            f"a sweep of {min(_spans_V(scan)):g} V with a record every {change_V:g} V has none; record more often",
            scan.origin,
        )
