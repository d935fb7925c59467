"""Voltage scans as vscanlimit techniques: continuous sweeps from vertex to vertex, the current limit on the board.

Its own ``N_Cycles`` begin at vertex 0 again, so that a scan is one technique with all its half-scans written out. Only
where they do not fit, the first cycle is one technique, the others a second that begins and ends at the last turn, and
the last sweep a third.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from drivers.biologic.limit_tests import Exit, limit_parameters, protection
from drivers.biologic.loading import Loading
from drivers.biologic.recording import scan_change_V
from drivers.biologic.technique_list import Parameter, StepRows, Technique
from drivers.biologic.time_base import time_base_s
from drivers.contracts import StepKind
from protocols.program import VoltagePoint, VoltageScan

__all__ = ["VERTICES_MAX", "fits_in_one", "goes_up", "voltage_scan"]

VERTICES_MAX = 20
"""Elements of ``Voltage_step``; a scan has one more vertex than half-scans."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What one technique sweeps."""

    vertices: tuple[VoltagePoint, ...]
    steps: tuple[StepRows, ...]
    cycles: int = 1


def fits_in_one(scan: VoltageScan) -> bool:
    """Whether all half-scans of all cycles fit into one technique."""
    return 1 + scan.cycles * len(scan.turns) + (scan.end is not None) <= VERTICES_MAX


def goes_up(begin: VoltagePoint, end: VoltagePoint) -> bool | None:
    """Whether a half-scan goes upwards; None where that depends on open circuit."""
    return end.voltage_V > begin.voltage_V if begin.versus == end.versus else None


def voltage_scan(scan: VoltageScan, given: Loading, numbers: tuple[int, ...]) -> list[Technique]:
    """Return one technique, or up to three where the cycles are many."""
    return [_technique(scan, part, given) for part in _parts(scan, numbers)]


def _parts(scan: VoltageScan, numbers: tuple[int, ...]) -> Iterator[_Part]:
    turning, last = numbers[: len(scan.turns)], scan.turns[-1]
    ends = () if scan.end is None else (scan.end,)
    journey = (scan.start, *scan.turns * scan.cycles, *ends)
    if fits_in_one(scan):
        steps = [(number, cycle) for cycle in range(scan.cycles) for number in turning]
        steps += [(number, scan.cycles - 1) for number in numbers[len(scan.turns) :]]
        yield _Part(journey, _rows(journey, steps))
        return
    first = (scan.start, *scan.turns)
    yield _Part(first, _rows(first, [(number, 0) for number in turning]))
    others = (last, *scan.turns)
    yield _Part(others, _rows(others, [(number, 1) for number in turning]), scan.cycles - 1)
    if ends:
        yield _Part((last, *ends), _rows((last, *ends), [(numbers[-1], scan.cycles - 1)]))


def _rows(vertices: tuple[VoltagePoint, ...], steps: list[tuple[int, int]]) -> tuple[StepRows, ...]:
    return tuple(
        StepRows(number, StepKind.SWEEP_DOWN if goes_up(begin, end) is False else StepKind.SWEEP_UP, cycle)
        for (number, cycle), begin, end in zip(steps, vertices[:-1], vertices[1:], strict=True)
    )


def _technique(scan: VoltageScan, part: _Part, given: Loading) -> Technique:
    tick_s = time_base_s("vscanlimit")
    parameters = []
    for index, point in enumerate(part.vertices):
        parameters.append(Parameter("Voltage_step", float(point.voltage_V), index))
        parameters.append(Parameter("vs_initial", point.versus == "open_circuit", index))
        parameters.append(Parameter("Scan_Rate", float(scan.scan_rate_V_per_s), index))
        if index:  # unconfirmed on hardware: tests have the index of the vertex that a scan goes to, as rates have
            parameters += limit_parameters(protection(given.limits, "voltage"), Exit.STOP, index)
    parameters += [
        Parameter("Scan_number", len(part.vertices) - 2),
        Parameter("N_Cycles", part.cycles - 1),
        Parameter("Record_every_dE", float(scan_change_V(scan, given.record) or 0.0)),
        Parameter("Begin_measuring_I", 0.5),
        Parameter("End_measuring_I", 1.0),
        *given.hardware(given.current_range(given.limits.current_max_A), tick_s),
    ]
    return Technique("vscanlimit", tuple(parameters), tick_s, part.steps, given.service_limits)
