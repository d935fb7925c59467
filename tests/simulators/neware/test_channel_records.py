"""Which records a channel writes, and what stands in them."""

import numpy as np
import pytest

from simulators.neware.channel import Channel
from simulators.neware.ledger_rows import LedgerRows
from simulators.neware.step_program import RecordRule, Step
from tests.simulators.neware.conftest import MakeProgram, ONE_A_g

T0, LATER = 1_767_571_200.0, 1_800_000_000.0
LITHIATE = Step(1, "cc_discharge", current_A=ONE_A_g, stop_voltage_V=0.01)
DELITHIATE = Step(2, "cc_charge", current_A=ONE_A_g, stop_voltage_V=1.5)


def everything(channel: Channel) -> LedgerRows:
    return channel.tests[-1].rows(1, 10**9, LATER)


def test_start_grid_and_end_of_a_rest(channel: Channel, program: MakeProgram) -> None:
    channel.start(program(Step(1, "rest", duration_s=35)), "c1", T0, 1)
    channel.advance(LATER)
    rows = everything(channel)
    assert rows.testtime_ms.tolist() == [0, 10_000, 20_000, 30_000, 35_000]
    assert rows.seqid.tolist() == [1, 2, 3, 4, 5]
    assert rows.unix_time_s.tolist() == [T0, T0 + 10, T0 + 20, T0 + 30, T0 + 35]
    assert set(rows.steptype) == {"rest"}
    assert not rows.curr_A.any()
    assert not rows.cap_Ah.any()


def test_end_on_the_grid_is_one_record(channel: Channel, program: MakeProgram) -> None:
    """As recorded from a real BTS: 12 h of rest each 10 s are 4321 records."""
    channel.start(program(Step(1, "rest", duration_s=43200)), "c1", T0, 1)
    channel.advance(LATER)
    assert channel.tests[-1].count(LATER) == 4321


def test_signs_counters_and_the_end_at_the_limit(channel: Channel, program: MakeProgram) -> None:
    channel.start(program(LITHIATE, DELITHIATE), "c1", T0, 1)
    channel.advance(LATER)
    first, second = channel.tests[-1].steps(LATER)
    assert (first.steptype, second.steptype) == ("dc", "cc")
    assert (first.startcurr, second.startcurr) == (-ONE_A_g, ONE_A_g)
    assert first.endvolt == pytest.approx(0.01, abs=2e-4)
    assert second.endvolt == pytest.approx(1.5, abs=5e-3)
    assert first.cap == pytest.approx(ONE_A_g * first.steptime_ms / 3.6e6)
    assert (first.endseqid + 1, first.cycleid, second.cycleid) == (second.startseqid, 1, 1)
    assert first.steptime_ms % 100 == 0
    rows = everything(channel)
    assert np.all(rows.cap_Ah >= 0)
    step = rows.stepid == 1
    power_W = np.abs(rows.volt_V[step] * rows.curr_A[step])
    energy_Wh = np.trapezoid(power_W, rows.testtime_ms[step] / 3.6e6)
    assert rows.eng_Wh[step][-1] == pytest.approx(energy_Wh, rel=1e-3)


def test_interval_and_voltage_change_do_not_shift_each_other(channel: Channel, program: MakeProgram) -> None:
    channel.start(program(LITHIATE, DELITHIATE, record=RecordRule(30.0, 0.02)), "c1", T0, 1)
    channel.advance(LATER)
    rows = everything(channel)
    for stepid in (1, 2):
        mine = rows.stepid == stepid
        times, volts = rows.testtime_ms[mine], rows.volt_V[mine]
        grid = np.arange(0, times[-1], 30_000)
        assert np.isin(grid, times).all()
        by_change = ~np.isin(times, grid) & (times != times[-1])
        # change records fall on whole multiples of the change from the step's first voltage, to within a tick
        away = np.abs(volts[by_change] - volts[0]) / 0.02
        late = times[by_change] > 60_000
        assert late.sum() > 20
        assert away[late] == pytest.approx(np.round(away[late]), abs=0.1)


def test_no_voltage_step_between_records_is_larger_than_the_change(channel: Channel, program: MakeProgram) -> None:
    channel.start(program(LITHIATE, DELITHIATE, record=RecordRule(None, 0.005)), "c1", T0, 1)
    channel.advance(LATER)
    rows = everything(channel)
    inside = np.diff(rows.stepid) == 0
    slow = np.diff(rows.testtime_ms) > 2000  # elsewhere a single tick moves the voltage by as much
    assert np.abs(np.diff(rows.volt_V))[inside & slow].max() < 0.0057


def test_constant_current_constant_voltage_in_one_step(channel: Channel, program: MakeProgram) -> None:
    step = Step(1, "cccv_discharge", current_A=ONE_A_g, voltage_V=0.01, stop_current_A=ONE_A_g / 10)
    channel.start(program(step, record=RecordRule(10.0, None, ONE_A_g / 20)), "c1", T0, 1)
    channel.advance(LATER)
    (layer,) = channel.tests[-1].steps(LATER)
    rows = everything(channel)
    assert layer.steptype == "cccd"
    assert layer.endcurr == pytest.approx(-ONE_A_g / 10, rel=0.01)
    held = rows.volt_V < 0.0101
    assert rows.volt_V[held] == pytest.approx(0.01, abs=1e-4)
    assert np.all(np.diff(rows.curr_A[held]) >= -1e-9)
    assert layer.cap == pytest.approx(np.trapezoid(-rows.curr_A, rows.testtime_ms / 3.6e6), rel=2e-3)
    # change records stand between those of the grid, about a twentieth of the current apart
    assert np.abs(np.diff(rows.curr_A[held])).max() < ONE_A_g / 20 * 1.2


def test_a_held_voltage_takes_the_current_of_the_step_before(channel: Channel, program: MakeProgram) -> None:
    hold = Step(2, "cv_discharge", voltage_V=0.01, duration_s=600)
    channel.start(program(LITHIATE, hold), "c1", T0, 1)
    channel.advance(LATER)
    constant, held = channel.tests[-1].steps(LATER)
    assert held.steptype == "dv"
    assert held.startcurr == pytest.approx(constant.endcurr, rel=0.02)
    assert abs(held.endcurr) < abs(held.startcurr)
    assert held.steptime_ms == 600_000


def test_a_limit_that_is_passed_already_ends_the_step_at_the_first_tick(channel: Channel, program: MakeProgram) -> None:
    channel.start(program(Step(1, "cc_discharge", current_A=1e-3, stop_voltage_V=3.0)), "c1", T0, 1)
    channel.advance(LATER)
    assert everything(channel).testtime_ms.tolist() == [0, 100]
    assert channel.workstatus == "finish"


@pytest.mark.parametrize(
    ("limits", "steptime_ms"),
    [({"capacity_Ah": 0.0005}, 1_800_000), ({"duration_s": 900.0}, 900_000), ({"duration_s": 0.25}, 300)],
)
def test_capacity_and_time_end_a_step(
    channel: Channel, program: MakeProgram, limits: dict[str, float], steptime_ms: int
) -> None:
    channel.start(program(Step(1, "cc_discharge", current_A=1e-3, stop_voltage_V=0.01, **limits)), "c1", T0, 1)
    channel.advance(LATER)
    assert channel.tests[-1].steps(LATER)[0].steptime_ms == steptime_ms


def test_measurement_noise_is_seeded_and_small(program: MakeProgram, channel: Channel) -> None:
    def run(noisy: Channel) -> np.ndarray:
        noisy.start(program(Step(1, "cc_discharge", current_A=1e-3, duration_s=20_000)), "c1", T0, 7)
        noisy.advance(LATER)
        return everything(noisy).volt_V

    first, second = (run(Channel("x", type(channel.cell)(channel.cell.parameters, 2.75e-3, 1.131))) for _ in range(2))
    quiet = Channel("x", type(channel.cell)(channel.cell.parameters, 2.75e-3, 1.131), channel.limits)
    assert np.array_equal(first, second)
    assert np.std(first - run(quiet)) == pytest.approx(2e-5, rel=0.1)


def test_readers_see_nothing_that_has_not_happened(channel: Channel, program: MakeProgram) -> None:
    channel.start(program(Step(1, "rest", duration_s=3600)), "c1", T0, 1)
    ledger = channel.tests[-1]
    assert ledger.count(T0 - 1) == 0
    assert ledger.count(T0 + 95) == 10
    assert len(ledger.rows(1, 1000, T0 + 95)) == 10
    assert ledger.rows(9, 1000, T0 + 95).seqid.tolist() == [9, 10]
    assert len(ledger.rows(11, 1000, T0 + 95)) == 0
    (layer,) = ledger.steps(T0 + 95)
    assert (layer.startseqid, layer.endseqid, layer.steptime_ms) == (1, 10, 90_000)
    assert [row.log_code for row in ledger.log(T0 + 95)] == [100000]
