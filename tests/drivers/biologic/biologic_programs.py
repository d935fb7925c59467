"""Programs for the tests of the VSP-300's driver."""

from __future__ import annotations

from protocols.program import (
    ConstantCurrent,
    ConstantCurrentConstantVoltage,
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

LIMITS = Limits(voltage_min_V=-0.05, voltage_max_V=4.0, current_max_A=0.008)
RECORD = Record(interval_s=10.0, voltage_change_V=0.005)
OPEN_CIRCUIT = VoltagePoint(0.0, "open_circuit")


def at(line: int) -> Origin:
    return Origin(line, f"steps[{line}]")


def program(*steps: Step, limits: Limits = LIMITS, record: Record = RECORD) -> Program:
    return Program(steps, limits, record)


REST = Rest(Until(duration_s=60.0), at(1))
DISCHARGE = ConstantCurrent(-0.003, Until(voltage_V=0.05), at(3))
CHARGE = ConstantCurrentConstantVoltage(0.003, 1.0, Until(current_A=0.001), at(4))
CYCLING = Loop(2, (DISCHARGE, CHARGE), at(2))
CV = VoltageScan(
    OPEN_CIRCUIT, (VoltagePoint(0.2), VoltagePoint(1.0)), 0.001, at(5), cycles=3, end=VoltagePoint(0.5),
    record=Record(voltage_change_V=0.01), limits=Limits(-0.05, 4.0, 0.05),
)  # fmt: skip
PEIS = Impedance("potentiostatic", 1e4, 1.0, 6, at(6), amplitude_peak_V=0.01, bias=OPEN_CIRCUIT, settle_s=20.0)
GEIS = Impedance("galvanostatic", 1e3, 1.0, 6, at(7), amplitude_peak_A=1e-4)
PULSE = ConstantCurrent(-0.003, Until(voltage_V=0.3, duration_s=300.0), at(9), leaves_loop=True)
TITRATION = Loop(99, (PULSE, Rest(Until(duration_s=100.0), at(10))), at(8))
