"""What a step may be expected to show: a whole nominal capacity, unless the step itself says less."""

from __future__ import annotations

import math

import pytest

from protocols.estimate import HOLD_TIME_CONSTANT_S, ExpectedStep, expected_step
from protocols.program import (
    ConstantCurrent,
    ConstantCurrentConstantVoltage,
    ConstantVoltage,
    Impedance,
    Limits,
    Loop,
    Origin,
    Program,
    Record,
    Rest,
    Step,
    Until,
    VoltagePoint,
    VoltageScan,
)

HERE = Origin(1, "steps[0]")
Q_Ah = 3e-3
HOUR_S = 3600.0
TAIL_S = HOLD_TIME_CONSTANT_S * math.log(10)
SCAN = VoltageScan(VoltagePoint(0.0, "open_circuit"), (VoltagePoint(0.0),), 0.001, HERE)
SPECTRUM = Impedance("potentiostatic", 1e5, 1.0, 1, HERE, amplitude_peak_V=0.01, bias=VoltagePoint(0.0, "open_circuit"))


@pytest.mark.parametrize(
    ("step", "duration_s", "capacity_Ah", "current_A"),
    [
        (Rest(Until(600.0), HERE), 600.0, None, None),
        (ConstantCurrent(-Q_Ah, Until(voltage_V=0.01), HERE), HOUR_S, Q_Ah, -Q_Ah),
        (ConstantCurrent(Q_Ah, Until(60.0, 1.5), HERE), 60.0, Q_Ah / 60, Q_Ah),
        (ConstantCurrent(2 * Q_Ah, Until(capacity_Ah=Q_Ah / 4), HERE), HOUR_S / 8, Q_Ah / 4, 2 * Q_Ah),
        (
            ConstantCurrentConstantVoltage(Q_Ah, 1.5, Until(current_A=Q_Ah / 10), HERE),
            HOUR_S + TAIL_S, Q_Ah, Q_Ah,
        ),
        (
            ConstantVoltage(0.01, "discharge", Q_Ah, Until(current_A=Q_Ah / 10), HERE),
            HOUR_S + TAIL_S, Q_Ah, None,
        ),
        (SCAN, 2000.0, Q_Ah, None),
        (Loop(3, (), HERE), None, None, None),
    ],
)  # fmt: skip
def test_it_is_the_whole_nominal_capacity_or_what_the_step_says(
    step: Step, duration_s: float | None, capacity_Ah: float | None, current_A: float | None
) -> None:
    got = expected_step(step, Program((step,), Limits(-0.05, 2.0, 0.02), Record(10.0)), Q_Ah)
    assert got == ExpectedStep(
        pytest.approx(duration_s) if duration_s else None,
        pytest.approx(capacity_Ah) if capacity_Ah else None,
        current_A,
    )


def test_without_a_nominal_capacity_nothing_is_made_up() -> None:
    step = ConstantCurrent(-Q_Ah, Until(voltage_V=0.01), HERE)
    assert expected_step(step, Program((step,), Limits(-0.05, 2.0, 0.02), Record(10.0)), None) == ExpectedStep(
        current_A=-Q_Ah
    )


def test_a_spectrum_takes_its_own_time_and_its_current_flows_either_way() -> None:
    got = expected_step(SPECTRUM, Program((SPECTRUM,), Limits(-0.05, 2.0, 0.02), Record(10.0)), Q_Ah)
    assert got.duration_s is not None
    assert 1.0 < got.duration_s < 10.0
    assert (got.capacity_Ah, got.current_A) == (None, None)
