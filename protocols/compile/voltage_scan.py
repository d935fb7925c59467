"""Sweeps and cyclic voltammetry, bound to a cell."""

from __future__ import annotations

from itertools import pairwise

from protocols.compile.job import Job
from protocols.compile.step_options import own_limits, own_record, protected
from protocols.compile.voltage_level import bind_level, distance_V
from protocols.errors import Place, Refusal, quoted
from protocols.program import Record, VoltagePoint, VoltageScan
from protocols.quantity import Quantity
from protocols.schema.voltage_level import VoltageLevel
from protocols.schema.voltage_scan import CyclicVoltammetrySection, SweepSection
from protocols.schema.written import Written

__all__ = ["CYCLES_MAX", "bind_cyclic_voltammetry", "bind_sweep"]

CYCLES_MAX = 10_000
_RECORDS_MIN = 10
"""In the longest sweep. Fewer draw no curve."""
_AT_OPEN_CIRCUIT = VoltagePoint(0.0, "open_circuit")


def bind_sweep(section: SweepSection, job: Job) -> VoltageScan:
    """Bind a single sweep. Raises Refusal."""
    job = protected(section.limits, job)
    start, to = _level(section.from_, job), bind_level(section.to, job)
    if distance_V(start, to) == 0:
        raise Refusal(section.to.node.place, "the sweep ends where it begins", "write another voltage")
    record = own_record(section.record, job)
    rate = _followed(section.scan_rate, [start, to], record or job.record, job)
    return VoltageScan(start, (to,), rate, job.origin, record=record, limits=own_limits(section.limits, job))


def bind_cyclic_voltammetry(section: CyclicVoltammetrySection, job: Job) -> VoltageScan:
    """Bind a cyclic voltammogram. Raises Refusal."""
    job = protected(section.limits, job)
    first, second = (bind_level(vertex, job) for vertex in section.vertices)
    start = _level(section.start, job)
    end = None if section.end is None else bind_level(section.end, job)
    if distance_V(first, second) == 0:
        raise Refusal(section.vertices[1].node.place, "both vertices are the same voltage", "write two voltages")
    if section.start is not None and distance_V(start, first) == 0:
        remedy = "write the other vertex first, or leave out start"
        raise Refusal(section.start.node.place, "equals the first vertex, so the first sweep has no length", remedy)
    if section.end is not None and end is not None and distance_V(end, second) == 0:
        message = "equals the second vertex, where the last cycle ends already"
        raise Refusal(section.end.node.place, message, "leave out end")
    record = own_record(section.record, job)
    rate = _followed(section.scan_rate, [start, first, second], record or job.record, job)
    cycles, limits = _cycles(section, job), own_limits(section.limits, job)
    return VoltageScan(start, (first, second), rate, job.origin, cycles, end, record, limits)


def _level(written: Written[VoltageLevel] | None, job: Job) -> VoltagePoint:
    return _AT_OPEN_CIRCUIT if written is None else bind_level(written, job)


def _cycles(section: CyclicVoltammetrySection, job: Job) -> int:
    if section.cycles is None:
        return 1
    cycles = job.scope.value(section.cycles)
    if cycles > CYCLES_MAX:
        message = f"{cycles} cycles are more than a voltammogram takes"
        raise Refusal(section.cycles.node.place, message, f"write up to {CYCLES_MAX}, or put it into a repeat")
    return cycles


def _followed(written: Written[Quantity], path: list[VoltagePoint], record: Record, job: Job) -> float:
    """Return the scan rate in V/s. Raises Refusal where the record conditions cannot follow it."""
    rate = job.scope.value(written)
    known_V = [distance_V(one, other) for one, other in pairwise(path)]
    longest_V = max((span_V for span_V in known_V if span_V is not None), default=None)
    if longest_V is not None:
        _check_records(rate, longest_V, record, written.node.place)
    return rate.value


def _check_records(rate: Quantity, span_V: float, record: Record, place: Place) -> None:
    duration_s = span_V / rate.value
    records = duration_s / record.interval_s if record.interval_s else 0.0
    records += span_V / record.voltage_change_V if record.voltage_change_V else 0.0
    if records >= _RECORDS_MIN:
        return
    passed = f"{quoted(rate.text)} passes {span_V:g} V in {duration_s:.3g} s"
    message = f"{passed}, which record follows with {records:.2g} records"
    remedy = (
        f"add record: {{every: {duration_s / 100:.2g} s}}, a voltage_change of {span_V * 5:.2g} mV, or sweep slower"
    )
    raise Refusal(place, message, remedy)
