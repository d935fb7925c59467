"""Programs for step file tests, and hypothesis strategies that draw them."""

from __future__ import annotations

from hypothesis import strategies as st

from protocols.program import (
    ConstantCurrent,
    ConstantCurrentConstantVoltage,
    ConstantVoltage,
    Limits,
    Loop,
    Origin,
    Program,
    Record,
    Rest,
    Step,
    Until,
)

LIMITS = Limits(voltage_min_V=-0.05, voltage_max_V=2.0, current_max_A=0.01)
RECORD = Record(interval_s=10.0, voltage_change_V=0.005)


def at(line: int, path: str = "steps[0]", label: str | None = None) -> Origin:
    return Origin(line, path, label)


def formation() -> Program:
    """Every kind of step, two loops inside each other, own record and own limits."""
    discharge = ConstantCurrent(-0.00055, Until(voltage_V=0.01), at(9, "steps[1].steps[0].steps[0]", "ladder 0.2 A/g"))
    charge = ConstantCurrentConstantVoltage(
        0.00055, 1.5, Until(current_A=5.5e-05, duration_s=7200.0), at(10), record=Record(current_change_A=1e-06)
    )
    hold = ConstantVoltage(0.01, "discharge", 0.001, Until(current_A=1e-05), at(11), limits=LIMITS)
    inner = Loop(3, (discharge, charge), at(8))
    return Program(
        steps=(
            Rest(Until(duration_s=600.0), at(5)),
            Loop(2, (inner, hold), at(7)),
            ConstantCurrent(0.001, Until(capacity_Ah=0.0011, duration_s=0.25), at(14)),
        ),
        limits=Limits(-0.05, 2.0, 0.0165, capacity_max_Ah=0.0033, temperature_min_degC=15, temperature_max_degC=40.5),
        record=RECORD,
        metadata={
            "operator": "Zoë & <co>",
            "protocol": "formation",
            "cell": "L1",
            "created": "2026-11-22T16:53:01+00:00",
        },
    )


_VOLTAGES = st.floats(-5, 5).map(lambda value: round(value, 6))
_CURRENTS = st.floats(1e-7, 0.05)
_ORIGINS = st.builds(Origin, st.integers(1, 999), st.just("steps[0]"))
_DURATIONS = st.integers(1, 10**9).map(lambda ms: ms / 1000)
_CAPACITIES = st.floats(1e-9, 1.0)
_ENDS_CC = st.builds(Until, duration_s=_DURATIONS, voltage_V=st.none() | _VOLTAGES, capacity_Ah=st.none() | _CAPACITIES)
_ENDS_CV = st.builds(Until, duration_s=_DURATIONS, current_A=st.none() | _CURRENTS, capacity_Ah=st.none() | _CAPACITIES)
_RECORDS = st.none() | st.builds(Record, interval_s=st.none() | st.integers(1, 600).map(float))
_SIGNED = st.builds(lambda value, sign: value * sign, _CURRENTS, st.sampled_from([-1, 1]))
_LEAVES = st.one_of(
    st.builds(Rest, st.builds(Until, duration_s=_DURATIONS), _ORIGINS, _RECORDS),
    st.builds(ConstantCurrent, _SIGNED, _ENDS_CC, _ORIGINS, _RECORDS),
    st.builds(ConstantVoltage, _VOLTAGES, st.sampled_from(["charge", "discharge"]), _CURRENTS, _ENDS_CV, _ORIGINS),
    st.builds(ConstantCurrentConstantVoltage, _SIGNED, _VOLTAGES, _ENDS_CV, _ORIGINS),
)


def _bodies(steps: st.SearchStrategy[Step]) -> st.SearchStrategy[tuple[Step, ...]]:
    return st.lists(steps, min_size=1, max_size=3).map(tuple)


def _loops(body: st.SearchStrategy[Step]) -> st.SearchStrategy[Step]:
    return st.one_of(_LEAVES, st.builds(Loop, st.integers(1, 500), _bodies(body), _ORIGINS))


programs = st.builds(Program, _bodies(_loops(_loops(_loops(_LEAVES)))), st.just(LIMITS), st.just(RECORD))
"""Programs that a NEWARE channel executes: loops up to three deep."""
