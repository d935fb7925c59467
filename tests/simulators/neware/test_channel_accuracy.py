"""A channel with meters of its own: it regulates and judges what it reads, and the cell gets something else."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.cell import VirtualCell, load_material
from simulators.cell.accuracy import Meter
from simulators.lab.lab_file import parse_lab
from simulators.neware.channel import Channel, ChannelHardware
from simulators.neware.channel_hardware import ChannelAccuracy
from simulators.neware.channel_meters import ChannelMeters
from simulators.neware.ledger_rows import LedgerRows
from simulators.neware.step_program import Protection, RecordRule, Step, StepProgram
from simulators.neware.virtual_neware import VirtualNeware
from tests.simulators.neware.conftest import MakeProgram, ONE_A_g

T0, LATER = 1_767_571_200.0, 1_800_000_000.0
LITHIATE = Step(1, "cc_discharge", current_A=ONE_A_g, stop_voltage_V=0.01)
RECORD = RecordRule(10.0, 0.01, 1e-3)
CYCLES = StepProgram(
    (
        Step(1, "rest", duration_s=100),
        Step(2, "cccv_discharge", current_A=0.012, voltage_V=0.01, stop_current_A=0.004),
        Step(3, "cccv_charge", current_A=0.012, voltage_V=1.2, stop_current_A=0.004),
        Step(4, "cycle", start_step=2, cycle_count=2),
        Step(5, "end"),
    ),
    RECORD,
    Protection(2.0, -0.05, 0.02, -0.02),
)


def cell(seed: int = 11) -> VirtualCell:
    return VirtualCell(load_material("sio_c_l"), 2.75e-3, 1.131, seed=seed)


def channel_of(seed: int, accuracy: ChannelAccuracy = "neware_5V_50mA") -> Channel:
    return Channel("x", cell(), ChannelHardware(5.0, 0.05, -5.0, 0.0, 0.0, accuracy, seed))


def meters(seed: int) -> tuple[Meter, Meter]:
    own = ChannelMeters(ChannelHardware(accuracy="neware_5V_50mA", seed=seed))
    assert own.voltage is not None
    assert own.current is not None
    return own.voltage, own.current


def seed_with(*, offset_above_A: float | None = None, offset_below_A: float | None = None) -> int:
    """First seed whose current meter has an offset of that size, of either sign."""
    for seed in range(1, 1000):
        offset_A = meters(seed)[1].offset
        if (offset_above_A is not None and offset_A > offset_above_A) or (
            offset_below_A is not None and offset_A < offset_below_A
        ):
            return seed
    raise AssertionError("no such meter among a thousand")


def run(channel: Channel, program: StepProgram) -> LedgerRows:
    channel.start(program, "c1", T0, 5)
    channel.advance(LATER)
    return rows(channel)


def rows(channel: Channel) -> LedgerRows:
    return channel.tests[-1].rows(1, 10**9, LATER)


def assert_equal(first: LedgerRows, second: LedgerRows) -> None:
    for field in fields(LedgerRows):
        assert np.array_equal(getattr(first, field.name), getattr(second, field.name)), field.name


# ---- the default


def test_ideal_is_the_default_and_records_the_cell_bit_by_bit(program: MakeProgram) -> None:
    by_default = Channel("x", cell(), ChannelHardware(voltage_noise_V=0.0, current_noise_A=0.0, seed=7))
    recorded = run(by_default, program(LITHIATE))
    assert_equal(recorded, run(channel_of(7, "ideal"), program(LITHIATE)))
    true = cell()
    answer = true.under_current(true.state, -ONE_A_g, recorded.testtime_ms / 1000)
    assert np.array_equal(recorded.volt_V, answer.voltage_V)
    assert set(recorded.curr_A) == {-ONE_A_g}
    assert np.array_equal(recorded.cap_Ah, np.abs(answer.charge_Ah))


def test_meters_without_error_change_nothing_but_counts() -> None:
    ideal, counted = run(channel_of(0, "ideal"), CYCLES), run(channel_of(0), CYCLES)
    assert np.array_equal(ideal.testtime_ms, counted.testtime_ms)
    assert np.array_equal(ideal.stepid, counted.stepid)
    assert np.abs(ideal.volt_V - counted.volt_V).max() <= 0.51e-6
    assert np.abs(ideal.curr_A - counted.curr_A).max() <= 0.51e-9
    assert counted.cap_Ah == pytest.approx(ideal.cap_Ah, abs=1e-12)
    assert counted.eng_Wh == pytest.approx(ideal.eng_Wh, abs=1e-12)


# ---- channels of one instrument


def bts(lab_text: str, channels: int) -> VirtualNeware:
    text = lab_text.replace("time_zone:", "channel: {accuracy: neware_5V_50mA}\n    time_zone:", 1)
    text = text.replace("subdevices: 2, channels: 8", f"subdevices: 1, channels: {channels}", 1)
    virtual = VirtualNeware(parse_lab(text, Path()).instruments["bts-1"], lambda: T0)
    for channel in virtual.channels.values():
        channel.cell = cell()
    return virtual


def test_channels_differ_by_their_own_offsets_and_gains(lab_text: str, program: MakeProgram) -> None:
    virtual = bts(lab_text, 64)
    true_V = float(cell().under_current(cell().state, 0.0, np.zeros(1)).voltage_V[0])
    shown_V = np.array(
        [np.mean(run(c, program(Step(1, "rest", duration_s=9000))).volt_V) for c in virtual.channels.values()]
    )
    built_V = np.array(
        [true_V * m.gain + m.offset for m in (meters(c.limits.seed)[0] for c in virtual.channels.values())]
    )
    assert shown_V == pytest.approx(built_V, abs=5e-6)  # the mean of 901 noisy records
    assert len(set(built_V)) == 64
    stated_V = np.hypot(1e-4 * 5, 1e-4 * true_V)
    assert np.std(shown_V - true_V) == pytest.approx(stated_V, rel=0.3)


def test_errors_of_voltage_and_current_are_independent(lab_text: str) -> None:
    own = [meters(channel.limits.seed) for channel in bts(lab_text, 200).channels.values()]
    assert abs(np.corrcoef([v.offset for v, _ in own], [i.offset for _, i in own])[0, 1]) < 0.2
    assert abs(np.corrcoef([v.gain for v, _ in own], [i.gain for _, i in own])[0, 1]) < 0.2


@given(looks=st.lists(st.floats(0, 9000), max_size=20).map(sorted), pause_s=st.floats(0, 6000), gap_s=st.floats(0, 900))
@settings(deadline=None, max_examples=15)
def test_looking_changes_nothing(looks: list[float], pause_s: float, gap_s: float) -> None:
    def noisy() -> Channel:
        return Channel("x", cell(), ChannelHardware(accuracy="neware_5V_50mA", seed=21001001))

    polled, swept = noisy(), noisy()
    commands = [(pause_s, "pause"), (pause_s + gap_s, "resume")]
    for channel, events in ((polled, [*((t, "snapshot") for t in looks), *commands]), (swept, commands)):
        channel.start(CYCLES, "c1", T0, 5)
        for after_s, command in sorted(events, key=lambda event: event[0]):
            channel.advance(T0 + after_s)
            if command == "snapshot" or channel.workstatus == {"pause": "working", "resume": "pause"}[command]:
                getattr(channel, command)(T0 + after_s)
        channel.advance(LATER)
    assert swept.workstatus == polled.workstatus == "finish"
    assert_equal(rows(polled), rows(swept))


# ---- what is regulated and judged


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_a_constant_current_reads_its_set_point_and_the_cell_gets_another(seed: int, program: MakeProgram) -> None:
    channel = channel_of(seed)
    recorded = run(channel, program(LITHIATE))
    assert recorded.curr_A == pytest.approx(-ONE_A_g, rel=1e-12)  # a whole number of counts
    hours = recorded.testtime_ms[-1] / 3.6e6
    assert recorded.cap_Ah[-1] == pytest.approx(ONE_A_g * hours, rel=1e-12)
    assert channel.cell is not None
    state = channel.cell.state
    passed_Ah = (state.lithium_mAh_g + state.lost_mAh_g) * channel.cell.effective_mass_g / 1000
    current = meters(seed)[1]
    assert passed_Ah == pytest.approx((ONE_A_g + current.offset) / current.gain * hours, rel=1e-9)
    assert abs(passed_Ah - recorded.cap_Ah[-1]) > 1e-7


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_a_cut_off_voltage_is_met_by_the_reading(seed: int, program: MakeProgram) -> None:
    recorded = run(channel_of(seed), program(LITHIATE))
    voltage, current = meters(seed)
    true, true_A = cell(), (-ONE_A_g - current.offset) / current.gain
    crossed_s = true.time_to_voltage(true.state, true_A, (0.01 - voltage.offset) / voltage.gain, 1e6)
    assert crossed_s is not None
    assert recorded.testtime_ms[-1] == np.ceil(crossed_s * 10) * 100
    assert recorded.volt_V[-2] > 0.01
    assert recorded.volt_V[-1] == pytest.approx(0.01, abs=2e-5)
    assert recorded.volt_V[-1] <= 0.01


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_a_held_voltage_and_its_cut_off_current_are_readings(seed: int, program: MakeProgram) -> None:
    channel = channel_of(seed)
    hold = Step(1, "cccv_discharge", current_A=ONE_A_g, voltage_V=0.2, stop_current_A=2e-4)
    recorded = run(channel, program(hold, record=RecordRule(1.0)))
    held = recorded.volt_V <= 0.2 + 1e-6
    assert held.sum() > 100
    assert recorded.volt_V[held] == pytest.approx(0.2, abs=2e-6)
    assert recorded.curr_A.min() >= -ONE_A_g - 1e-9
    assert abs(recorded.curr_A[-1]) <= 2e-4 + 1e-9 < abs(recorded.curr_A[-3])
    assert channel.cell is not None
    voltage, current = meters(seed)
    true_A = (recorded.curr_A[-1] - current.offset) / current.gain
    true_V = channel.cell.voltage_V(channel.cell.state, true_A)
    assert true_V == pytest.approx((0.2 - voltage.offset) / voltage.gain, abs=2e-5)
    assert abs(true_V - 0.2) > 5e-5  # a held cell itself is off by 12 uV between two points of its grid


@pytest.mark.parametrize(("kind", "first"), [("cv_discharge", "rest"), ("cv_charge", "cc_discharge")])
@pytest.mark.parametrize("offset", [{"offset_above_A": 5e-6}, {"offset_below_A": -5e-6}])
def test_capacity_ends_a_hold_when_the_counter_shows_it(
    kind: str, first: str, offset: dict[str, float], program: MakeProgram
) -> None:
    before = Step(1, first, current_A=ONE_A_g, duration_s=3600)
    hold = Step(2, kind, voltage_V=0.6, current_A=ONE_A_g, capacity_Ah=1e-4)
    channel = channel_of(seed_with(**offset))
    recorded = run(channel, program(before, hold, record=RecordRule(1.0)))
    mine = recorded.stepid == 2
    tick_Ah = abs(recorded.curr_A[-1]) / 36_000
    assert channel.workstatus == "finish"
    assert 1e-4 <= recorded.cap_Ah[-1] <= 1e-4 + tick_Ah * 1.01
    summed_Ah = np.trapezoid(np.abs(recorded.curr_A[mine]), recorded.testtime_ms[mine] / 3.6e6)
    assert recorded.cap_Ah[-1] == pytest.approx(summed_Ah, rel=2e-3)


def test_a_cut_off_below_the_offset_never_comes_and_comes_early_the_other_way(program: MakeProgram) -> None:
    """What the meter shows without current decides."""

    def held_ms(seed: int) -> int:
        hold = Step(1, "cv_discharge", voltage_V=0.6, current_A=ONE_A_g, stop_current_A=3e-6, duration_s=200_000)
        return int(run(channel_of(seed), program(hold, record=RecordRule(100.0))).testtime_ms[-1])

    never, early = seed_with(offset_below_A=-5e-6), seed_with(offset_above_A=5e-6)
    assert held_ms(never) == 200_000_000
    assert held_ms(early) < held_ms(0) < 200_000_000


def test_without_current_a_capacity_below_the_offset_is_never_counted(program: MakeProgram) -> None:
    """The counter of a hold whose meter shows too little turns round before it gets there."""
    hold = Step(1, "cv_charge", voltage_V=1.0, current_A=ONE_A_g, capacity_Ah=1e-4, duration_s=5000)
    channel = channel_of(seed_with(offset_below_A=-5e-6))
    assert run(channel, program(hold)).testtime_ms[-1] == 5_000_000  # a fresh cell is above 1 V: no current flows


def test_open_clips_and_rest_read_no_current(program: MakeProgram) -> None:
    assert not run(channel_of(3), program(Step(1, "rest", duration_s=60))).curr_A.any()
    empty = Channel("x", None, ChannelHardware(accuracy="neware_5V_50mA", seed=3))
    run(empty, program(Step(1, "cc_charge", current_A=1e-3, stop_voltage_V=1.5)))
    assert empty.tests[-1].steps(LATER)[0].steptime_ms == 100
