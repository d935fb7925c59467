"""Cells inside a chamber: they follow its air, and whatever drives them goes on with what they feel."""

from collections.abc import Sequence
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from simulators.cell import VirtualCell, load_material
from simulators.chamber import CellWarmth
from simulators.neware.channel import Channel, ChannelHardware
from simulators.neware.ledger_rows import LedgerRows
from simulators.neware.step_program import RecordRule, Step, StepProgram
from tests.simulators.chamber.conftest import Bench, bench

CYCLE = StepProgram(
    (
        Step(1, "rest", duration_s=600),
        Step(2, "cc_discharge", current_A=0.001, duration_s=1800, stop_voltage_V=0.01),
        Step(3, "cccv_charge", current_A=0.003, voltage_V=0.5, stop_current_A=0.0005),
        Step(4, "rest", duration_s=900),
        Step(5, "end"),
    ),
    RecordRule(30.0, 0.005, None),
)


def _cell(it: Bench | None, temperature_degC: float = 25.0, time_constant_s: float = 900.0) -> VirtualCell:
    cell = VirtualCell(load_material("sio_c_l"), 2.75e-3, 1.131, temperature_degC=temperature_degC)
    if it is not None:
        cell.warmth = CellWarmth(it.chamber, time_constant_s, temperature_degC)
    return cell


def _channel(cell: VirtualCell) -> Channel:
    return Channel("x", cell, ChannelHardware(voltage_noise_V=0, current_noise_A=0))


def _rows(channel: Channel, until_unix_s: float) -> LedgerRows:
    return channel.tests[-1].rows(1, 10**9, until_unix_s)


def _run_cycle(it: Bench, channel: Channel, looks_s: Sequence[float] = ()) -> LedgerRows:
    """The chamber goes from 25 to 45 degC under a cycle of the channel."""
    begin = it.clock[0]
    it.chamber.change(mode="auto", ramp_K_s=1 / 60)
    it.chamber.set_target(45.0)
    channel.start(CYCLE, "c1", begin, 5)
    for look_s in [*looks_s, 4 * 3600.0]:
        it.clock[0] = begin + look_s
        channel.advance(it.clock[0])
    assert channel.workstatus == "finish"
    return _rows(channel, it.clock[0])


def test_a_cell_follows_the_air_as_an_independent_integration_says(chamber_bench: Bench) -> None:
    warmth = CellWarmth(chamber_bench.chamber, 600.0, 30.0)
    chamber_bench.chamber.change(mode="auto", ramp_K_s=2 / 60)
    chamber_bench.chamber.set_target(60.0)
    chamber_bench.run(3600)
    ledger = chamber_bench.chamber.ledger()
    time_s = ledger["unix_time_s"] - ledger["unix_time_s"][0]
    solved = solve_ivp(
        lambda t, cell: (np.interp(t, time_s, ledger["air_degC"]) - cell) / 600.0,
        (0, 3600),
        [30.0],
        t_eval=time_s,
        rtol=1e-9,
        max_step=10,
    )
    np.testing.assert_allclose(warmth.degC(ledger["unix_time_s"] + 1), solved.y[0], atol=2e-4)
    assert warmth.at_degC(chamber_bench.clock[0]) == warmth.degC(np.array([chamber_bench.clock[0]]))[0]


def test_changes_come_in_quarters_of_a_kelvin_and_leave_nothing_behind(chamber_bench: Bench) -> None:
    warmth = CellWarmth(chamber_bench.chamber, 600.0, 25.0)
    chamber_bench.chamber.change(mode="auto")
    chamber_bench.chamber.set_target(40.0)
    begin = chamber_bench.clock[0]
    chamber_bench.run(6 * 3600)
    felt_degC, at, felt = 25.0, begin, []
    while (change := warmth.next_change(felt_degC, at, chamber_bench.clock[0])) is not None:
        at, felt_degC = change
        assert felt_degC == warmth.at_degC(at + 0.01)
        felt.append((at, felt_degC))
    steps_K = np.abs(np.diff([25.0, *(degC for _, degC in felt)]))
    assert len(felt) < 100
    assert np.sum(steps_K >= 0.25) > 40
    assert felt_degC == pytest.approx(40.0, abs=0.02)
    assert warmth.next_change(felt_degC, at, at + 5) is None


@given(looks=st.lists(st.floats(0, 4 * 3600.0), max_size=20).map(sorted))
@settings(max_examples=10)
def test_a_channel_feels_the_same_whoever_looks(looks: list[float]) -> None:
    watched, alone = bench(), bench()
    seen = _run_cycle(watched, _channel(_cell(watched)), looks)
    unseen = _run_cycle(alone, _channel(_cell(alone)))
    for column in fields(LedgerRows):
        np.testing.assert_array_equal(getattr(seen, column.name), getattr(unseen, column.name), err_msg=column.name)


def test_records_go_on_as_if_nothing_had_been_computed_anew(chamber_bench: Bench) -> None:
    channel = _channel(_cell(chamber_bench))
    rows = _run_cycle(chamber_bench, channel)
    for stepid in (1, 2, 3, 4):
        in_step = rows.stepid == stepid
        time_ms = rows.testtime_ms[in_step]
        assert time_ms[0] == 0
        assert (np.diff(time_ms) > 0).all()
        by_time = np.arange(0, time_ms[-1], 30_000)
        assert np.isin(by_time, time_ms).all()
        assert (np.diff(rows.cap_Ah[in_step]) >= 0).all()
        assert (np.diff(rows.eng_Wh[in_step]) >= 0).all()
    lithiation = rows.stepid == 2
    assert rows.cap_Ah[lithiation][-1] == pytest.approx(0.001 * rows.testtime_ms[lithiation][-1] / 3.6e6, rel=1e-9)
    # without changes by voltage the instants are those of a step that nothing happens to
    assert set(rows.testtime_ms[rows.stepid == 1]) == {*range(0, 600_001, 30_000)}


def test_a_warm_cell_polarises_less() -> None:
    """Under the same current the voltage ends where that of a cell goes that was warm all the time."""
    program = StepProgram((Step(1, "cc_discharge", current_A=0.002, duration_s=3 * 3600), Step(2, "end")))
    it, ends = bench(), {}
    it.chamber.change(mode="auto")
    it.chamber.set_target(55.0)
    for name, cell in (("warming", _cell(it)), ("cold", _cell(None)), ("warm", _cell(None, 55.0))):
        channel = _channel(cell)
        channel.start(program, name, it.chamber.begin_unix_s, 1)
        it.clock[0] = max(it.clock[0], it.chamber.begin_unix_s + 3 * 3600)
        channel.advance(it.clock[0])
        ends[name] = _rows(channel, it.clock[0]).volt_V[-1]
    assert ends["warming"] - ends["cold"] > 0.005
    assert ends["warming"] == pytest.approx(ends["warm"], abs=0.002)


def test_a_cell_in_no_chamber_is_not_touched() -> None:
    plain, inside = _channel(_cell(None)), _channel(_cell(still := bench()))
    begin = still.clock[0]
    for channel in (plain, inside):
        channel.start(CYCLE, "c1", begin, 5)
    still.run(4 * 3600)
    for channel in (plain, inside):
        channel.advance(still.clock[0])
    for column in fields(LedgerRows):
        np.testing.assert_array_equal(
            getattr(_rows(plain, still.clock[0]), column.name), getattr(_rows(inside, still.clock[0]), column.name)
        )


def test_a_pause_and_a_stop_in_a_ramp_keep_the_records(chamber_bench: Bench) -> None:
    channel, begin = _channel(_cell(chamber_bench)), chamber_bench.clock[0]
    chamber_bench.chamber.change(mode="auto")
    chamber_bench.chamber.set_target(45.0)
    channel.start(CYCLE, "c1", begin, 5)
    for at_s, act in ((1000.0, channel.pause), (1500.0, channel.resume), (2000.0, channel.stop)):
        chamber_bench.clock[0] = begin + at_s
        act(chamber_bench.clock[0])
    rows = _rows(channel, chamber_bench.clock[0])
    discharge = rows.stepid == 2
    assert rows.testtime_ms[discharge][-1] == 900_000  # 400 s before the pause, 500 s after it
    assert rows.cap_Ah[discharge][-1] == pytest.approx(0.001 * 900 / 3600, rel=1e-9)


def test_what_is_shown_never_goes_back(chamber_bench: Bench) -> None:
    channel, begin = _channel(_cell(chamber_bench)), chamber_bench.clock[0]
    chamber_bench.chamber.change(mode="auto")
    chamber_bench.chamber.set_target(60.0)
    channel.start(CYCLE, "c1", begin, 5)
    shown_s = []
    for after_s in range(610, 1200, 3):  # within the lithiation, told five seconds late as the wire does
        chamber_bench.clock[0] = begin + after_s
        channel.advance(begin + after_s)
        shown_s.append(channel.snapshot(begin + after_s - 5).relative_s)
    np.testing.assert_allclose(np.diff(shown_s), 3.0, atol=0.11)
