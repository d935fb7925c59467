"""Loops on board: in what order steps run, and how cycles are counted."""

from pathlib import Path

import pytest

from simulators.neware.channel import Channel
from simulators.neware.program_position import ProgramPosition
from simulators.neware.step_file import parse_step_file
from simulators.neware.step_program import Condition, Step, StepProgram
from tests.simulators.neware.conftest import MakeProgram

T0, LATER = 1_767_571_200.0, 1_800_000_000.0
NATIVE = Path(__file__).parents[3] / ".." / "shared" / "data" / "neware" / "steps" / "nw4-120-1-6-53__Step.xml"


def blink(number: int) -> Step:
    return Step(number, "rest", duration_s=1)


def loop(number: int, start: int, count: int) -> Step:
    return Step(number, "cycle", start_step=start, cycle_count=count)


def visited(channel: Channel) -> list[tuple[int, int]]:
    """(step, cycle from 0) of every step executed."""
    return [(layer.stepid, layer.cycleid - 1) for layer in channel.tests[-1].steps(LATER)]


def test_one_loop_is_one_cycle_a_pass(channel: Channel, program: MakeProgram) -> None:
    channel.start(program(blink(1), blink(2), loop(3, 1, 3)), "c1", T0, 1)
    channel.advance(LATER)
    assert visited(channel) == [(1, 0), (2, 0), (1, 1), (2, 1), (1, 2), (2, 2)]


def test_what_follows_a_loop_is_a_cycle_of_its_own(channel: Channel, program: MakeProgram) -> None:
    channel.start(program(blink(1), loop(2, 1, 2), blink(3), loop(4, 3, 2)), "c1", T0, 1)
    channel.advance(LATER)
    assert visited(channel) == [(1, 0), (1, 1), (3, 2), (3, 3)]


def test_three_loops_in_each_other(channel: Channel, program: MakeProgram) -> None:
    """Loops that end together count one cycle: 2 x 2 x 2 passes of the innermost are eight cycles."""
    channel.start(program(blink(1), loop(2, 1, 2), loop(3, 1, 2), loop(4, 1, 2)), "c1", T0, 1)
    channel.advance(LATER)
    assert visited(channel) == [(1, cycle) for cycle in range(8)]


def test_a_loop_that_begins_at_step_one_runs_the_loop_inside_anew(channel: Channel, program: MakeProgram) -> None:
    """The shape of a native file: an inner loop, one more step, and all of it again from step 1."""
    channel.start(program(blink(1), loop(2, 1, 3), blink(3), loop(4, 1, 2)), "c1", T0, 1)
    channel.advance(LATER)
    assert [step for step, _ in visited(channel)] == [1, 1, 1, 3, 1, 1, 1, 3]
    assert [cycle for _, cycle in visited(channel)] == list(range(8))


@pytest.mark.shared
@pytest.mark.skipif(not NATIVE.is_file(), reason="the native step files lie beside the checkout")
def test_the_native_file_with_a_loop_around_a_loop() -> None:
    native = parse_step_file(NATIVE.read_bytes())
    position, order, records = ProgramPosition(native), [], 0
    while position.step.kind != "end":
        if position.step.kind == "cycle":
            position.execute_cycle_step(records)
        else:
            order.append(position.number)
            records += 1
            position.number += 1
    assert order == ([1, 2, 3] * 15 + [5, 6, 7]) * 10
    assert position.cycleid == 160


def test_a_condition_that_jumps_out_leaves_the_loop_fresh(channel: Channel, program: MakeProgram) -> None:
    """Step 2 jumps to 4 in its first pass; the outer loop comes back and the inner one begins from nothing."""
    leave = Step(2, "rest", duration_s=9, conditions=(Condition("time", ">=", 2.0, 4),))
    channel.start(program(blink(1), leave, loop(3, 1, 2), blink(4), loop(5, 1, 2)), "c1", T0, 1)
    channel.advance(LATER)
    assert [step for step, _ in visited(channel)] == [1, 2, 4, 1, 2, 4]
    assert channel.tests[-1].steps(LATER)[1].steptime_ms == 2000


@pytest.mark.parametrize(
    ("jump", "status"), [("finish", "finish"), ("stop", "stop"), ("protect", "protect"), ("next", "finish")]
)
def test_conditions_end_the_test(channel: Channel, program: MakeProgram, jump: str, status: str) -> None:
    condition = Condition("voltage", "<=", 0.5, jump)  # type: ignore[arg-type]
    step = Step(1, "cc_discharge", current_A=1e-3, stop_voltage_V=0.01, conditions=(condition,))
    channel.start(program(step), "c1", T0, 1)
    channel.advance(LATER)
    assert channel.workstatus == status
    assert channel.tests[-1].steps(LATER)[0].endvolt == pytest.approx(0.5, abs=2e-3)


def test_a_program_may_start_at_a_later_step(channel: Channel) -> None:
    program = StepProgram((blink(1), blink(2), Step(3, "end")), start_step=2)
    channel.start(program, "c1", T0, 1)
    channel.advance(LATER)
    assert [step for step, _ in visited(channel)] == [2]
