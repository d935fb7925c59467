"""Commands to a channel: what it does, what it refuses, and what it shows."""

import pytest

from simulators.neware.channel import Channel, ChannelBusy, ChannelHardware, NotExecutable, NotRunning
from simulators.neware.step_program import Condition, Protection, Step, StepProgram
from tests.simulators.neware.conftest import MakeProgram, ONE_A_g

T0, LATER = 1_767_571_200.0, 1_800_000_000.0
HOUR = Step(1, "rest", duration_s=3600)
LITHIATE = Step(1, "cc_discharge", current_A=ONE_A_g, stop_voltage_V=0.01)


def codes(channel: Channel) -> list[tuple[int, int]]:
    return [(row.seqid, row.log_code) for row in channel.tests[-1].log(LATER)]


def test_an_idle_channel_shows_its_cell(channel: Channel) -> None:
    shown = channel.snapshot(T0)
    assert (shown.workstatus, shown.stepid, shown.steptype, shown.testid) == ("finish", None, "--", 0)
    assert shown.voltage_V == pytest.approx(1.49, abs=0.01)


def test_a_running_channel_shows_now_and_what_was(channel: Channel, program: MakeProgram) -> None:
    channel.start(
        program(Step(1, "rest", duration_s=60), Step(2, "cc_discharge", current_A=1e-3, duration_s=600)), "c1", T0, 42
    )
    now = channel.snapshot(T0 + 65.0)
    assert (now.workstatus, now.testid, now.barcode, now.cycleid) == ("working", 42, "c1", 0)
    assert (now.stepid, now.steptype, now.current_A) == (2, "dc", -1e-3)
    assert (now.total_s, now.relative_s, now.log_code) == (65.0, 5.0, 102000)
    assert now.capacity_Ah == pytest.approx(1e-3 * 5 / 3600)
    lagging = channel.snapshot(T0 + 58.0)
    assert (lagging.stepid, lagging.steptype, lagging.current_A, lagging.records) == (1, "rest", 0.0, 6)
    assert channel.snapshot(T0 - 1).workstatus == "finish"


def test_next_event_is_the_end_of_the_step(channel: Channel, program: MakeProgram) -> None:
    assert channel.next_event_unix_s is None
    channel.start(program(HOUR), "c1", T0, 1)
    assert channel.next_event_unix_s == T0 + 3600
    channel.advance(T0 + 3600)
    assert channel.next_event_unix_s is None
    assert channel.workstatus == "finish"
    assert codes(channel) == [(1, 100000), (361, 100001)]


def test_stop_cuts_the_step_with_a_record(channel: Channel, program: MakeProgram) -> None:
    channel.start(program(LITHIATE), "c1", T0, 1)
    channel.stop(T0 + 123.45)
    rows = channel.tests[-1].rows(1, 10**6, LATER)
    assert rows.testtime_ms[-2:].tolist() == [120_000, 123_400]
    assert channel.workstatus == "stop"
    assert channel.snapshot(LATER).voltage_V > rows.volt_V[-1]
    assert codes(channel) == [(1, 100000), (len(rows), 100001)]
    with pytest.raises(NotRunning):
        channel.stop(T0 + 200)


def test_pause_and_resume_go_on_in_the_step(channel: Channel, program: MakeProgram) -> None:
    channel.start(program(Step(1, "cc_discharge", current_A=1e-3, duration_s=100)), "c1", T0, 1)
    channel.pause(T0 + 25.0)
    paused = channel.snapshot(T0 + 1000.0)
    assert (paused.workstatus, paused.current_A, paused.relative_s, paused.total_s) == ("pause", 0.0, 25.0, 25.0)
    with pytest.raises(NotRunning, match="paused already"):
        channel.pause(T0 + 1001)
    channel.resume(T0 + 5025.0)
    assert channel.snapshot(T0 + 5030.0).total_s == pytest.approx(30.0)
    channel.advance(LATER)
    rows = channel.tests[-1].rows(1, 10**6, LATER)
    assert rows.testtime_ms.tolist() == [0, 10_000, 20_000, 25_000, 25_000, *range(30_000, 100_001, 10_000)]
    assert rows.unix_time_s[-1] == T0 + 5100
    assert rows.cap_Ah[-1] == pytest.approx(1e-3 * 100 / 3600)
    assert rows.volt_V[3] < rows.volt_V[4]  # it rested in between
    (layer,) = channel.tests[-1].steps(LATER)
    assert (layer.startseqid, layer.endseqid) == (1, 13)
    assert codes(channel) == [(1, 100000), (4, 100215), (5, 100213), (5, 100007), (13, 100001)]


def test_a_reserved_pause_stands_before_its_step(channel: Channel, program: MakeProgram) -> None:
    steps = (
        Step(1, "rest", duration_s=10),
        Step(2, "rest", duration_s=10),
        Step(3, "cycle", start_step=1, cycle_count=5),
    )
    channel.start(program(*steps), "c1", T0, 1)
    channel.reserve_pause(3, 1)
    assert channel.snapshot(T0 + 5).reserve_pause
    channel.advance(LATER - 1000)
    assert channel.workstatus == "pause"
    assert channel.tests[-1].rows(1, 10**6, LATER).unix_time_s[-1] == T0 + 40
    assert not channel.snapshot(LATER - 1000).reserve_pause
    channel.resume(LATER - 900)
    channel.advance(LATER)
    assert channel.workstatus == "finish"
    assert len(channel.tests[-1].steps(LATER)) == 10


def test_a_reserved_pause_can_be_cancelled(channel: Channel, program: MakeProgram) -> None:
    with pytest.raises(NotRunning):
        channel.reserve_pause(1, 1)
    channel.start(program(HOUR, Step(2, "rest", duration_s=1)), "c1", T0, 1)
    with pytest.raises(NotRunning):
        channel.cancel_pause()
    channel.reserve_pause(1, 2)
    channel.cancel_pause()
    channel.advance(LATER)
    assert channel.workstatus == "finish"


def test_a_pause_step_pauses(channel: Channel, program: MakeProgram) -> None:
    channel.start(program(Step(1, "pause"), Step(2, "rest", duration_s=5)), "c1", T0, 1)
    assert channel.workstatus == "pause"
    channel.resume(T0 + 60)
    channel.advance(LATER)
    assert (channel.workstatus, channel.tests[-1].count(LATER)) == ("finish", 2)


def test_a_busy_channel_refuses_and_a_stopped_one_starts(channel: Channel, program: MakeProgram) -> None:
    channel.start(program(HOUR), "c1", T0, 1)
    with pytest.raises(ChannelBusy):
        channel.start(program(HOUR), "c2", T0 + 1, 2)
    with pytest.raises(ChannelBusy):
        channel.cell = None
    channel.pause(T0 + 2)
    with pytest.raises(ChannelBusy):
        channel.start(program(HOUR), "c2", T0 + 3, 2)
    channel.stop(T0 + 4)
    channel.start(program(HOUR), "c2", T0 + 5, 2)
    assert [test.barcode for test in channel.tests] == ["c1", "c2"]


@pytest.mark.parametrize(
    ("protection", "delay_s"),
    [
        (Protection(voltage_min_V=0.3), 0.0),
        (Protection(voltage_min_V=0.3, delay_s=5.0), 5.0),
    ],
)
@pytest.mark.parametrize("of_step", [True, False])
def test_voltage_protection(
    channel: Channel, program: MakeProgram, protection: Protection, delay_s: float, of_step: bool
) -> None:
    step = Step(1, "cc_discharge", current_A=1e-3, stop_voltage_V=0.01, protection=protection if of_step else None)
    channel.start(program(step, protection=None if of_step else protection), "c1", T0, 1)
    channel.advance(LATER)
    assert channel.workstatus == "protect"
    rows = channel.tests[-1].rows(1, 10**6, LATER)
    crossed_s = channel.cell.time_to_voltage(type(channel.cell.state)(), -1e-3, 0.3, 1e6)
    assert rows.testtime_ms[-1] / 1000 == pytest.approx(crossed_s + delay_s, abs=0.11)
    assert channel.snapshot(LATER).voltage_V > 0.3  # open circuit again
    assert 100001 in dict(map(reversed, codes(channel)))
    assert channel.clear_flag()
    assert channel.workstatus == "stop"
    assert not channel.clear_flag()


def test_current_and_capacity_protection(channel: Channel, program: MakeProgram) -> None:
    channel.start(program(LITHIATE, protection=Protection(current_min_A=-1e-3)), "c1", T0, 1)
    channel.advance(T0 + 1)
    assert channel.workstatus == "protect"
    assert channel.tests[-1].count(LATER) == 2
    channel.start(program(LITHIATE, protection=Protection(capacity_max_Ah=1e-4)), "c2", T0 + 10, 2)
    channel.advance(LATER)
    assert channel.workstatus == "protect"
    assert channel.tests[-1].steps(LATER)[-1].cap == pytest.approx(1e-4, rel=1e-2)


def test_a_current_without_a_stop_voltage_ends_at_the_range(channel: Channel, program: MakeProgram) -> None:
    channel.start(program(Step(1, "cc_charge", current_A=1e-3)), "c1", T0, 1)
    channel.advance(LATER)
    assert channel.workstatus == "protect"
    assert channel.tests[-1].steps(LATER)[0].endvolt == pytest.approx(5.0, abs=0.05)


def test_open_clips(program: MakeProgram) -> None:
    channel = Channel("27-21-1-8", None)
    assert channel.snapshot(T0).voltage_V == 0.0
    steps = (Step(1, "rest", duration_s=20), Step(2, "cc_charge", current_A=1e-3, stop_voltage_V=1.5))
    channel.start(program(*steps, protection=Protection(2.0, -0.05)), "c1", T0, 1)
    channel.advance(LATER)
    assert channel.workstatus == "protect"
    rows = channel.tests[-1].rows(1, 100, LATER)
    assert rows.testtime_ms.tolist() == [0, 10_000, 20_000, 0, 100]
    assert rows.volt_V[:3] == pytest.approx(0.0, abs=2e-4)


REST_AND_END = (Step(1, "rest", duration_s=1), Step(2, "end"))


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ((Step(1, "ramp"), Step(2, "end")), "step 1 .ramp.: this kind"),
        ((Step(1, "cp_discharge"), Step(2, "end")), "cp_discharge"),
        ((Step(1, "rest", duration_s=1),), "no end step"),
        ((*REST_AND_END, Step(3, "rest", duration_s=1)), "last step is no end"),
        ((), "1 to 254 steps, this one 0"),
        ((*(Step(n, "rest", duration_s=1) for n in range(1, 255)), Step(255, "end")), "this one 255"),
        ((Step(1, "rest"), Step(2, "end")), "never ends"),
        ((Step(1, "cc_charge", stop_voltage_V=1.5), Step(2, "end")), "no current"),
        ((Step(1, "cv_charge", current_A=1e-3, duration_s=1), Step(2, "end")), "no voltage"),
        ((Step(1, "cv_charge", current_A=1e-3, voltage_V=1.5), Step(2, "end")), "never ends"),
        ((Step(1, "cc_charge", current_A=1.0, stop_voltage_V=1.5), Step(2, "end")), "beyond the channel's 0.05 A"),
        ((Step(1, "cc_charge", current_A=1e-3, stop_voltage_V=9.0), Step(2, "end")), "outside the channel's"),
        ((Step(1, "rest", duration_s=1), Step(2, "cycle", start_step=2, cycle_count=2), Step(3, "end")), "lie before"),
        (
            (Step(1, "rest", duration_s=1), Step(2, "cycle", start_step=1, cycle_count=0), Step(3, "end")),
            "not positive",
        ),
        (
            (Step(1, "rest", duration_s=1, conditions=(Condition("time", ">", 1.0, 9),)), Step(2, "end")),
            "jumps outside the file",
        ),
    ],
)
def test_what_cannot_be_executed_is_refused_before_anything_happens(
    channel: Channel, steps: tuple[Step, ...], reason: str
) -> None:
    with pytest.raises(NotExecutable, match=reason):
        channel.start(StepProgram(steps), "c1", T0, 1)
    assert (channel.workstatus, channel.tests) == ("finish", [])


def test_range_is_the_channels_own() -> None:
    narrow = Channel("x", None, ChannelHardware(current_max_A=1e-3))
    with pytest.raises(NotExecutable, match="beyond"):
        narrow.start(StepProgram((LITHIATE, Step(2, "end"))), "c1", T0, 1)
