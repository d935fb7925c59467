"""What would be refused is found before anything starts, with the line, the value, the bound and the remedy."""

from __future__ import annotations

from dataclasses import replace

import pytest

from drivers.biologic.capabilities import capabilities
from drivers.biologic.channel_facts import ChannelFacts
from drivers.biologic.checks import problems
from drivers.errors import Garbled
from protocols.program import (
    ConstantCurrent,
    ConstantVoltage,
    Limits,
    Loop,
    Record,
    Rest,
    RetentionRule,
    Step,
    Until,
    VoltagePoint,
    VoltageScan,
)
from tests.drivers.biologic.biologic_programs import (
    CHARGE,
    CV,
    CYCLING,
    DISCHARGE,
    GEIS,
    LIMITS,
    PEIS,
    PULSE,
    RECORD,
    REST,
    TITRATION,
    at,
    program,
)

FACTS = ChannelFacts()
FAR = Until(duration_s=1.0)
SWEEP = VoltageScan(VoltagePoint(0.5), (VoltagePoint(0.1),), 1e-3, at(12), record=Record(voltage_change_V=1e-3))


def found(*steps: Step, limits: Limits = LIMITS, record: Record = RECORD, facts: ChannelFacts = FACTS) -> str:
    return "\n".join(map(str, problems(program(*steps, limits=limits, record=record), facts)))


def test_what_a_channel_can_do_has_no_problems() -> None:
    assert found(REST, CYCLING, CV, PEIS, GEIS, SWEEP, TITRATION) == ""


@pytest.mark.parametrize(
    ("step", "says"),
    [
        (ConstantCurrent(0.6, FAR, at(7)), "line 7: current 0.6 A is beyond the channel's 0.5 A (range 500 mA); use a"),
        (ConstantCurrent(-0.6, FAR, at(7)), "line 7: current 0.6 A is beyond"),
        (ConstantCurrent(float("nan"), FAR, at(7)), "line 7: current nan A is beyond"),
        (ConstantCurrent(0.0, FAR, at(7)), "line 7: a current of 0 A; write a rest"),
        (ConstantVoltage(1.0, "charge", 0.6, FAR, at(7)), "line 7: current 0.6 A is beyond"),
        (ConstantVoltage(10.5, "charge", 0.1, FAR, at(7)), "voltage 10.5 V is outside the channel's -10 … 10 V"),
        (ConstantVoltage(4.1, "charge", 0.1, FAR, at(7)), "voltage 4.1 V is outside limits.voltage -0.05 … 4 V; stay"),
        (ConstantCurrent(0.1, Until(voltage_V=float("nan")), at(7)), "until voltage nan V is outside"),
        (ConstantCurrent(0.1, Until(), at(7)), "line 7: constant_current never ends; give it an until"),
        (ConstantCurrent(0.1, Until(current_A=0.1), at(7)), "cannot end constant_current by current_A: use capacity_A"),
        (ConstantCurrent(0.1, Until(capacity_Ah=-1.0), at(7)), "until.capacity_Ah is -1.0; it must be above 0"),
        (replace(CHARGE, until=Until(current_A=1e-3, duration_s=9.0)), "line 4: a VSP-300 channel cannot end constant"),
        (replace(CHARGE, until=Until(duration_s=9.0)), "two techniques with a duration each; write it as two steps"),
        (ConstantVoltage(1.0, "charge", 0.1, Until(capacity_Ah=1.0), at(7)), "a board counts no charge; end it by cur"),
        (Rest(Until(duration_s=3e7), at(7)), "line 7: 3e+07 s is longer than a channel counts, 2.14748e+07 s"),
        (replace(REST, record=Record(interval_s=0.001)), "line 1: record every 0.001 s is faster than the channel's 0"),
        (replace(REST, record=Record(current_change_A=0.001)), "line 1: rest without records; give it record:"),
        (replace(DISCHARGE, record=Record(voltage_change_V=0.0)), "line 3: record.voltage_change_V is 0.0; it must be"),
        (replace(REST, limits=Limits(-11.0, 4.0, 0.1)), "line 1: limits.voltage -11 … 4 V is wider than what the chan"),
        (replace(REST, limits=Limits(2.0, 2.0, 0.1)), "line 1: limits.voltage 2 … 2 V is no window"),
        (replace(REST, limits=Limits(0.0, 2.0, 0.0)), "line 1: limits.current 0 A; it must be above 0"),
        (replace(REST, limits=Limits(0.0, 2.0, 1.0, capacity_max_Ah=float("nan"))), "limits.capacity_max_Ah is nan"),
        (Loop(0, (REST,), at(8)), "line 8: a loop of 0 passes"),
        (Loop(2, (), at(8)), "line 8: a loop without steps"),
        (Loop(2, (REST,), at(8), RetentionRule(0.8, 1)), "line 8: stop_when: this instrument cannot be ended at"),
        (replace(PULSE, until=FAR), "line 9: a step that leaves its loop needs the voltage at which it does"),
        (PULSE, "line 9: a VSP-300 channel leaves a loop only where nothing is around it and nothing follows it"),
        (Loop(2, (TITRATION,), at(8)), "line 9: a VSP-300 channel leaves a loop only where"),
        (replace(SWEEP, turns=(VoltagePoint(4.5),)), "line 12: sweep to 4.5 V is outside limits.voltage -0.05 … 4 V"),
        (replace(SWEEP, start=VoltagePoint(-12.0)), "sweep to -12 V is outside the channel's -10 … 10 V"),
        (replace(SWEEP, start=VoltagePoint(5.0, "open_circuit")), "sweep to open circuit +5 V leaves the limits' wind"),
        (replace(SWEEP, turns=(VoltagePoint(0.5),)), "line 12: a sweep to where it begins; leave the doubled voltage"),
        (replace(SWEEP, cycles=2), "a sweep to where it begins"),
        (replace(SWEEP, end=VoltagePoint(0.1)), "a sweep to where it begins"),
        (replace(SWEEP, turns=()), "line 12: a scan without turns"),
        (replace(CV, cycles=0), "line 5: a scan of 0 cycles"),
        (replace(SWEEP, scan_rate_V_per_s=0.0), "line 12: scan rate 0 V/s; it must be above 0"),
        (
            replace(SWEEP, scan_rate_V_per_s=1.0),
            "1 V/s with a record every 0.001 V is 1000 records/s, a channel is read at 200; record every 0.005 V or",
        ),
        (replace(SWEEP, record=Record(voltage_change_V=0.5)), "a sweep of 0.4 V with a record every 0.5 V has none"),
        (replace(SWEEP, record=Record(current_change_A=1.0)), "a sweep is not recorded by current_change on a VSP-300"),
        (
            replace(CV, cycles=10, turns=(VoltagePoint(0.1, "open_circuit"), VoltagePoint(1.0))),
            "line 5: 10 cycles relative to open circuit, a vscanlimit technique holds 9; write absolute voltages",
        ),
        (
            replace(SWEEP, turns=tuple(VoltagePoint(0.1 + 0.1 * (n % 2)) for n in range(20))),
            "line 12: 20 turns, a vscanlimit technique holds 19; write several sweeps",
        ),
        (replace(PEIS, frequency_from_Hz=7e6), "line 6: frequency 7e+06 Hz is above the board's 3e+06 Hz; measure ins"),
        (replace(PEIS, frequency_to_Hz=1e-6), "line 6: frequency 1e-06 Hz is below the board's 1e-05 Hz"),
        (replace(PEIS, frequency_to_Hz=float("nan")), "frequency nan Hz is"),
        (replace(PEIS, points_per_decade=0.0), "line 6: 0 points per decade; it must be above 0"),
        (replace(PEIS, points_per_decade=500.0), "line 6: a spectrum of 2001 points, 1000 are sensible"),
        (replace(PEIS, average=0), "line 6: average 0; it must be at least 1"),
        (replace(PEIS, wait_periods=-1.0), "line 6: a wait of -1 periods"),
        (replace(PEIS, settle_s=-1.0), "line 6: settling for -1 s"),
        (replace(PEIS, amplitude_peak_V=0.6), "line 6: amplitude 0.6 V (peak) is beyond the channel's 0.5 V; 10 mV is"),
        (replace(PEIS, amplitude_peak_V=None), "line 6: amplitude None V; it must be above 0"),
        (replace(PEIS, bias=VoltagePoint(3.995)), "line 6: bias with amplitude 4.005 V is outside limits.voltage"),
        (replace(PEIS, bias=VoltagePoint(4.1, "open_circuit")), "bias with amplitude reaches 4.11 V from open circuit"),
        (replace(GEIS, amplitude_peak_A=0.0), "line 7: amplitude 0.0 A; it must be above 0"),
        (replace(GEIS, amplitude_peak_A=0.009), "line 7: bias with amplitude 0.009 A is beyond limits.current 0.008 A"),
        (
            replace(GEIS, amplitude_peak_A=0.3, limits=Limits(0.0, 4.0, 1.0)),
            "line 7: a spectrum's amplitude is at most half of its range, which would have to be 0.6 A is beyond",
        ),
    ],
)  # fmt: skip
def test_each_reason_names_its_line(step: Step, says: str) -> None:
    assert says in found(step)


def test_a_sweep_needs_a_condition_that_it_knows() -> None:
    assert "line 12: a sweep without records" in found(replace(SWEEP, record=None), record=Record(current_change_A=1.0))
    assert found(replace(SWEEP, record=Record(interval_s=1.0))) == ""


@pytest.mark.parametrize(
    ("step", "record", "fine"),
    [
        (REST, Record(voltage_change_V=1e-3), True),
        (DISCHARGE, Record(current_change_A=1e-3), False),
        (CHARGE, Record(voltage_change_V=1e-3), False),  # nothing of its hold
        (CHARGE, Record(voltage_change_V=1e-3, current_change_A=1e-5), True),
        (CHARGE, Record(interval_s=1.0), True),
        (ConstantVoltage(1.0, "charge", 0.1, FAR, at(7)), Record(voltage_change_V=1e-3), False),
    ],
)
def test_every_phase_of_a_step_is_recorded(step: Step, record: Record, fine: bool) -> None:
    assert ("without records" in found(step, record=record)) != fine


def test_the_whole_program_is_checked() -> None:
    assert found() == "the program has no steps"
    assert "record every 0.001 s is faster" in found(REST, record=Record(interval_s=0.001))
    assert found(*[REST] * 48) == ""
    assert found(*[REST] * 49).startswith(
        "49 techniques (a step has one, constant current with hold two, a loop one), a"
    )
    assert "50 techniques" in found(*[CHARGE] * 25)
    assert "51 techniques" in found(*[replace(CV, cycles=99)] * 17)


def test_loops_three_deep_pass_and_four_do_not() -> None:
    step: Step = REST
    for depth in range(1, 4):
        step = Loop(2, (step,), at(depth))
    assert found(step) == ""
    assert found(Loop(2, (step,), at(9))) == "line 1: loops deeper than 3; write the innermost loop out"


def test_nothing_follows_a_titration() -> None:
    assert found(REST, TITRATION) == ""
    assert "line 9: a VSP-300 channel leaves a loop only where" in found(TITRATION, REST)


def test_a_booster_carries_more() -> None:
    step = ConstantCurrent(3.0, FAR, at(7))
    limits = replace(LIMITS, current_max_A=4.0)
    assert "is beyond the channel's 0.5 A" in found(step, limits=limits)
    assert found(step, limits=limits, facts=ChannelFacts(range_max=11, amplifier=21, amplifiers=1)) == ""


def test_capabilities_are_the_channels() -> None:
    can = capabilities(ChannelFacts(range_min=4, range_max=9))
    assert [it.name for it in can.current_ranges] == ["1 uA", "10 uA", "100 uA", "1 mA", "10 mA", "100 mA"]
    assert (can.current_max_A, can.voltage_min_V, can.voltage_max_V) == (0.1, -10.0, 10.0)
    assert (can.frequency_min_Hz, can.frequency_max_Hz) == (10e-6, 3e6)
    assert capabilities(ChannelFacts(range_min=14)).current_ranges[0].current_max_A == 1e-12


def test_facts_survive_as_json() -> None:
    facts = ChannelFacts(board_type=3, range_min=13, memory_bytes=1)
    assert ChannelFacts.from_json(facts.as_json()) == facts
    with pytest.raises(Garbled, match="'range_min'"):
        ChannelFacts.from_json({"range_min": "2"})
    with pytest.raises(Garbled, match="'colour'"):
        ChannelFacts.from_json({"colour": 2})
