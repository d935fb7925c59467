"""A channel with a virtual SiO@C half cell between its clips."""

from collections.abc import Callable

import pytest

from simulators.cell import VirtualCell, load_material
from simulators.neware.channel import Channel, ChannelHardware
from simulators.neware.step_program import Protection, RecordRule, Step, StepProgram

ONE_A_g = 2.75e-3

MakeProgram = Callable[..., StepProgram]


@pytest.fixture
def channel() -> Channel:
    cell = VirtualCell(load_material("sio_c_l"), 2.75e-3, 1.131, seed=11)
    return Channel("27-21-1-1", cell, ChannelHardware(voltage_noise_V=0.0, current_noise_A=0.0))


@pytest.fixture
def program() -> MakeProgram:
    def make(*steps: Step, record: RecordRule | None = None, protection: Protection | None = None) -> StepProgram:
        numbered = (*steps, Step(len(steps) + 1, "end"))
        return StepProgram(numbered, record or RecordRule(interval_s=10.0), protection or Protection())

    return make
