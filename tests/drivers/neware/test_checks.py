"""What would be refused is found before anything starts, with the line and the remedy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given

from drivers.contracts import Capabilities
from drivers.neware.checks import problems
from drivers.neware.numbering import step_count
from drivers.neware.options import read_options
from protocols.program import (
    ConstantCurrent,
    ConstantCurrentConstantVoltage,
    ConstantVoltage,
    Impedance,
    Limits,
    Loop,
    Program,
    Record,
    Rest,
    Step,
    Until,
    VoltagePoint,
    VoltageScan,
)
from tests.drivers.neware.programs import LIMITS, RECORD, at, formation, programs

CHANNEL = {"voltage_min_V": -5.0, "voltage_max_V": 5.0, "current_max_A": 0.05, "record_interval_min_s": 0.1}
CAN: Capabilities = read_options("bts", {"time_zone": "UTC", "channel": CHANNEL}).capabilities
REST = Rest(Until(duration_s=10.0), at(5))


def found(*steps: Step, limits: Limits = LIMITS, record: Record = RECORD) -> str:
    return "\n".join(map(str, problems(Program(steps, limits, record), CAN)))


@given(programs)
def test_what_a_channel_can_do_has_no_problems(program: Program) -> None:
    assert problems(program, CAN) == []


def test_nor_has_the_formation() -> None:
    assert problems(formation(), CAN) == []


LOW = VoltagePoint(0.01)
CV = VoltageScan(VoltagePoint(0.0, "open_circuit"), (LOW, VoltagePoint(1.5)), 1e-4, at(12), cycles=3)
SWEEP = VoltageScan(VoltagePoint(1.5), (LOW,), 1e-4, at(13))
PEIS = Impedance("potentiostatic", 1e5, 0.1, 6, at(14), amplitude_peak_V=0.01, bias=VoltagePoint(0.0, "open_circuit"))
GEIS = Impedance("galvanostatic", 1e5, 0.1, 6, at(15), amplitude_peak_A=1e-4)
PULSE = ConstantCurrent(-0.001, Until(voltage_V=0.01, duration_s=600.0), at(6), leaves_loop=True)


@pytest.mark.parametrize(
    ("step", "says"),
    [
        (ConstantCurrent(0.06, Until(voltage_V=1), at(7)), "line 7: 0.06 A is beyond the channel's 0.05 A"),
        (ConstantCurrent(-0.06, Until(voltage_V=1), at(7)), "line 7: 0.06 A is beyond"),
        (ConstantVoltage(1.0, "charge", 0.06, Until(duration_s=1), at(7)), "line 7: 0.06 A is beyond"),
        (ConstantCurrent(0.0, Until(voltage_V=1), at(7)), "line 7: a current of 0 A"),
        (ConstantCurrent(float("nan"), Until(voltage_V=1), at(7)), "line 7: a current of nan A"),
        (ConstantCurrent(0.01, Until(voltage_V=5.1), at(7)), "until voltage 5.1 V is outside the channel's -5 … 5 V"),
        (ConstantCurrent(0.01, Until(voltage_V=float("nan")), at(7)), "until voltage nan V is outside"),
        (ConstantVoltage(5.2, "charge", 0.01, Until(duration_s=1), at(7)), "voltage 5.2 V is outside"),
        (ConstantCurrentConstantVoltage(0.01, -5.3, Until(duration_s=1), at(7)), "voltage -5.3 V is outside"),
        (ConstantCurrent(0.01, Until(), at(7)), "line 7: constant_current never ends"),
        (ConstantCurrent(0.01, Until(current_A=0.001), at(7)), "cannot end constant_current by current_A"),
        (Rest(Until(duration_s=1, voltage_V=1), at(7)), "cannot end rest by voltage_V"),
        (Rest(Until(duration_s=0.0), at(7)), "line 7: until.duration_s is 0.0; it must be above 0"),
        (Rest(Until(duration_s=0.0004), at(7)), "shorter than the instrument's millisecond"),
        (ConstantCurrent(0.01, Until(capacity_Ah=float("inf")), at(7)), "until.capacity_Ah is inf"),
        (
            replace(REST, record=Record(interval_s=0.01)),
            "line 5: record every 0.01 s is faster than the channel's 0.1 s",
        ),
        (replace(REST, record=Record(voltage_change_V=-1.0)), "line 5: record.voltage_change_V is -1.0"),
        (replace(REST, limits=replace(LIMITS, voltage_min_V=2.0)), "line 5: limits.voltage 2 … 2 V is no window"),
        (Loop(0, (REST,), at(8)), "line 8: a loop of 0 passes"),
        (Loop(2, (), at(8)), "line 8: a loop without steps"),
        (CV, "line 12: cyclic voltammetry: a NEWARE channel cannot sweep the voltage; run this protocol on a potent"),
        (SWEEP, "line 13: sweep: a NEWARE channel cannot sweep the voltage"),
        (PEIS, "line 14: potentiostatic impedance: a NEWARE channel has no frequency response analyser; run this"),
        (GEIS, "line 15: galvanostatic impedance: a NEWARE channel has no"),
        (Loop(2, (REST, CV), at(8)), "line 12: cyclic voltammetry"),
        (replace(PULSE, until=Until(duration_s=1.0)), "line 6: a step that leaves its loop needs the voltage at which"),
        (PULSE, "line 6: a NEWARE channel leaves a loop only where nothing is around it and nothing follows it"),
        (Loop(2, (Loop(2, (PULSE, REST), at(5)),), at(4)), "line 6: a NEWARE channel leaves a loop only where"),
    ],
)
def test_each_reason_names_its_line(step: Step, says: str) -> None:
    assert says in found(step)


def test_what_the_channel_lacks_altogether_is_marked_so_that_other_channels_can_be_named() -> None:
    program = Program((CV, PEIS, ConstantCurrent(0.06, Until(voltage_V=1), at(7))), LIMITS, RECORD)
    assert [problem.technique for problem in problems(program, CAN)] == ["voltage_scan", "impedance", None]


def test_a_loop_can_be_left_at_the_end_of_a_segment_only() -> None:
    titration = Loop(99, (PULSE, REST), at(5))
    assert found(REST, titration) == ""
    assert "nothing follows it" in found(titration, REST)


def test_loops_three_deep_pass_and_four_do_not() -> None:
    step: Step = REST
    for depth in range(1, 4):
        step = Loop(2, (step,), at(depth))
    assert found(step) == ""
    assert found(Loop(2, (step,), at(9))) == "line 1: loops deeper than 3; write the innermost loop out"


def test_254_steps_pass_and_255_do_not() -> None:
    program = Program((*[REST] * 252, Loop(2, (REST,), at(6))), LIMITS, RECORD)
    assert step_count(program) == 255
    assert found(*program.steps[1:]) == ""
    assert found(*program.steps).startswith(
        "255 instrument steps (loops and the end count), a NEWARE channel holds 254"
    )


def test_the_whole_program_is_checked() -> None:
    assert found() == "the program has no steps"
    assert "record every 0.05 s" in found(REST, record=Record(interval_s=0.05))
    assert "limits.current 0 A" in found(REST, limits=replace(LIMITS, current_max_A=0.0))
    assert "limits.temperature_max_degC is nan" in found(
        REST, limits=replace(LIMITS, temperature_max_degC=float("nan"))
    )


def options(**more: object) -> dict[str, object]:
    return {"time_zone": "Europe/Zurich", "channel": CHANNEL, **more}


@pytest.mark.parametrize(
    ("given_options", "says"),
    [
        (options(zone="UTC"), "unknown option 'zone'"),
        ({"channel": CHANNEL}, "option time_zone is missing; write the zone of the BTS PC's clock"),
        (options(time_zone="Mars/Base"), "time_zone 'Mars/Base' is unknown"),
        ({"time_zone": "UTC"}, "option channel is missing"),
        (options(channel={"voltage_min_V": 0.0, "voltage_max_V": 5.0}), "option channel.current_max_A is missing"),
        (options(channel={**CHANNEL, "current": 1}), "unknown option channel.current"),
        (options(channel={**CHANNEL, "voltage_max_V": "5 V"}), "option channel.voltage_max_V is '5 V'; write a number"),
        (options(channel={**CHANNEL, "voltage_max_V": -6.0}), "option channel is no range"),
        (options(timeout="5"), "option timeout"),
        (options(timeout="5 mA"), "option timeout"),
        (options(timeout=0), "option timeout is 0; it must be above 0"),
        (options(login="maybe"), "option login is 'maybe'"),
        (options(password_env="CELLBENCH_NO_SUCH"), "CELLBENCH_NO_SUCH, which is not set"),
        (options(step_dir=7), "option step_dir is 7; write text"),
    ],
)
def test_a_wrong_option_is_named(given_options: dict[str, object], says: str) -> None:
    with pytest.raises(ValueError, match=says.replace("(", r"\(")):
        read_options("192.0.2.10:502", given_options)


@pytest.mark.parametrize("address", ["", ":502", "host:", "host:0", "host:99999", "host:x"])
def test_a_wrong_address_is_named(address: str) -> None:
    with pytest.raises(ValueError, match="is not host:port"):
        read_options(address, options())


def test_options_as_the_lab_file_writes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BTS_PASSWORD", "s3cret")
    more = {"user": "lab", "password_env": "BTS_PASSWORD", "timeout": "20 s", "connect_timeout": 2, "step_dir": "/srv"}
    read = read_options("[2001:db8::1]:5020", options(**more, temperature_aux="T2", protection_delay="500 ms"))
    assert (read.endpoint.host, read.endpoint.port) == ("2001:db8::1", 5020)
    assert (read.endpoint.timeout, read.endpoint.connect_timeout) == (20.0, 2.0)
    assert read.login is not None
    assert (read.login.username, read.login.password) == ("lab", "s3cret")
    assert read.steps is not None
    assert (read.steps.here, read.steps.remote, read.backup_dir) == (Path("/srv"), "/srv", "/srv")
    assert (read.temperature_aux, read.inquire_aux, read.protection_delay_s) == ("T2", True, 0.5)
    assert read_options("bts", options(login="false")).login is None
    assert read_options("bts", options()).endpoint.port == 502
