"""Ours → virtual NEWARE → the same program: the simulator's reader, written by others, rebuilds what we wrote."""

from __future__ import annotations

import pytest
from hypothesis import given

from drivers.neware.step_file import step_file
from protocols.program import (
    ConstantCurrent,
    ConstantCurrentConstantVoltage,
    ConstantVoltage,
    Limits,
    Loop,
    Program,
    Record,
    Rest,
    Step,
    Until,
)
from simulators.neware.step_file import parse_step_file
from simulators.neware.step_program import Protection, RecordRule, StepProgram
from simulators.neware.step_program import Step as WireStep
from tests.drivers.neware.programs import at, formation, programs

HERE = at(1)


def rebuilt(read: StepProgram) -> Program:
    """The program that the instrument has understood."""
    assert [step.number for step in read.steps] == list(range(1, len(read.steps) + 1))
    assert read.steps[-1].kind == "end"
    done: list[tuple[int, Step]] = []  # (number of its first instrument step, step)
    for step in read.steps[:-1]:
        if step.kind == "cycle":
            inside = [pair for pair in done if pair[0] >= (step.start_step or 0)]
            done = done[: len(done) - len(inside)]
            done.append((step.start_step or 0, Loop(step.cycle_count or 0, tuple(s for _, s in inside), HERE)))
        else:
            done.append((step.number, _leaf(step)))
    return Program(tuple(step for _, step in done), _limits(read.protection), _record(read.record) or Record())


def _leaf(step: WireStep) -> Step:
    until = Until(step.duration_s, step.stop_voltage_V, step.stop_current_A, step.capacity_Ah)
    record = _record(step.record)
    limits = _limits(step.protection) if step.protection else None
    if step.kind == "rest":
        return Rest(until, HERE, record, limits)
    technique, direction = step.kind.split("_")
    current_A = (step.current_A or 0.0) * (1 if direction == "charge" else -1)
    voltage_V = step.voltage_V if step.voltage_V is not None else float("nan")
    if technique == "cc":
        return ConstantCurrent(current_A, until, HERE, record, limits)
    if technique == "cccv":
        return ConstantCurrentConstantVoltage(current_A, voltage_V, until, HERE, record, limits)
    assert technique == "cv"
    way = "charge" if direction == "charge" else "discharge"
    return ConstantVoltage(voltage_V, way, abs(current_A), until, HERE, record, limits)


def _record(rule: RecordRule | None) -> Record | None:
    return None if rule is None else Record(rule.interval_s, rule.voltage_change_V, rule.current_change_A)


def _limits(held: Protection) -> Limits:
    assert held.voltage_min_V is not None
    assert held.voltage_max_V is not None
    assert held.current_max_A is not None
    assert held.current_min_A == -held.current_max_A
    return Limits(
        held.voltage_min_V,
        held.voltage_max_V,
        held.current_max_A,
        held.capacity_max_Ah,
        held.temperature_min_degC,
        held.temperature_max_degC,
    )


def plain(value: object) -> object:
    """The program as nested tuples without origins and free text, floats to 13 digits: the reader divides in binary."""
    if isinstance(value, float):
        return float(f"{value:.12e}")
    if isinstance(value, tuple):
        return tuple(plain(item) for item in value)
    if hasattr(value, "__dataclass_fields__"):
        names = [name for name in value.__dataclass_fields__ if name not in ("origin", "metadata", "stop_when")]
        return (type(value).__name__, *((name, plain(getattr(value, name))) for name in names))
    return value


@given(programs)
def test_what_is_written_is_what_is_understood(program: Program) -> None:
    assert plain(rebuilt(parse_step_file(step_file(program)))) == plain(program)


def test_so_is_the_formation_with_its_head() -> None:
    read = parse_step_file(step_file(formation(), 0.5))
    assert plain(rebuilt(read)) == plain(formation())
    assert (read.creator, read.part_number, read.remark) == ("Zoë & <co>", "formation", "cell: L1")
    assert read.protection.delay_s == pytest.approx(0.5)
