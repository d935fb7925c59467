"""``pulse`` and ``gitt``, bound to a cell: constant currents and rests; of a titration a loop around them."""

from __future__ import annotations

import math
from dataclasses import replace

from protocols.compile.job import Job
from protocols.compile.step_options import own_limits, own_record, protected
from protocols.compile.steps import bind_rest
from protocols.compile.until import check_cut_off
from protocols.errors import Place, Refusal, quoted
from protocols.program import ConstantCurrent, Direction, Loop, Rest, Until
from protocols.quantity import Quantity
from protocols.schema.pulse import GittSection, PulseSection
from protocols.schema.rest import RestSection
from protocols.schema.written import Written

__all__ = ["bind_gitt", "bind_pulse"]

_PULSES_MIN = 10
_PULSES_MAX = 100_000
_OVER_NOMINAL = 2
"""A first discharge passes more than the nominal capacity; twice of it no cell has shown."""


def bind_pulse(section: PulseSection, job: Job) -> tuple[ConstantCurrent | Rest, ...]:
    """Bind a pulse and the rest after it. Raises Refusal."""
    under = protected(section.limits, job)
    current_A = _current_A(section.current, under)
    until = Until(duration_s=under.scope.value(section.for_).value)
    record, limits = own_record(section.record, under), own_limits(section.limits, job)
    origin = replace(job.origin, path=f"{job.origin.path}.pulse")
    pulse = ConstantCurrent(current_A, until, origin, record, limits)
    return (pulse,) if section.rest is None else (pulse, _rest(section.rest, pulse, under))


def bind_gitt(section: GittSection, job: Job) -> Loop:
    """Bind a titration: a loop that a pulse leaves when it reaches the voltage. Raises Refusal."""
    under = protected(section.limits, job)
    direction, _ = section.current
    current_A = _current_A(section.current, under)
    check_cut_off(section.until.voltage, direction, under)
    scope = under.scope
    until = Until(duration_s=scope.value(section.pulse).value, voltage_V=scope.value(section.until.voltage).value)
    origin = replace(job.origin, path=f"{job.origin.path}.pulse")
    record, limits = own_record(section.record, under), own_limits(section.limits, job)
    pulse = ConstantCurrent(current_A, until, origin, record, limits, leaves_loop=True)
    count = _count(section, abs(current_A) * (until.duration_s or 0.0) / 3600, under)
    return Loop(count, (pulse, _rest(section.rest, pulse, under)), job.origin)


def _current_A(written: tuple[Direction, Written[Quantity]], job: Job) -> float:
    direction, current = written
    value, place = job.scope.value(current), current.node.place
    job.protection.check_current(value, job.binding, place)
    magnitude_A = job.binding.current_A(value, place)
    return magnitude_A if direction == "charge" else -magnitude_A


def _rest(section: RestSection, pulse: ConstantCurrent, job: Job) -> Rest:
    rest = bind_rest(section, replace(job, origin=replace(job.origin, path=f"{job.origin.path}.rest")))
    return replace(rest, record=rest.record or pulse.record, limits=rest.limits or pulse.limits)


def _count(section: GittSection, pulse_Ah: float, job: Job) -> int:
    """How many pulses at most. Raises Refusal where neither the file nor the cell tells."""
    if section.until.pulses is not None:
        return job.scope.value(section.until.pulses)
    nominal_Ah = job.binding.cell.nominal_capacity_Ah
    place = Place(section.place.line, f"{section.place.key}.until")
    if nominal_Ah is None:
        message = (
            f"without the nominal capacity of cell {job.binding.cell.id} it is not known how many pulses are enough"
        )
        raise Refusal(place, message, "add pulses: 200 beside voltage, the most that may be needed")
    needed = _OVER_NOMINAL * nominal_Ah / pulse_Ah
    if math.isnan(needed):  # any cell
        return _PULSES_MIN
    if needed > _PULSES_MAX:
        duration = quoted(job.scope.value(section.pulse).text)
        message = f"pulses of {duration} at this current are too small: {needed:.3g} may be needed"
        raise Refusal(place, message, "make them longer, or add pulses: 1000 beside voltage")
    return max(math.ceil(needed), _PULSES_MIN)
