"""A ledger depends on commands and their instants, never on when or how often somebody looked."""

import tracemalloc
from dataclasses import fields

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.cell import VirtualCell, load_material
from simulators.neware.channel import Channel
from simulators.neware.ledger_rows import LedgerRows
from simulators.neware.step_program import Protection, RecordRule, Step, StepProgram

T0, LATER = 1_767_571_200.0, 1_800_000_000.0
PROGRAM = StepProgram(
    (
        Step(1, "rest", duration_s=100),
        Step(2, "cc_discharge", current_A=0.012, stop_voltage_V=0.01),
        Step(3, "cccv_charge", current_A=0.012, voltage_V=1.2, stop_current_A=0.004),
        Step(4, "cycle", start_step=2, cycle_count=2),
        Step(5, "rest", duration_s=50),
        Step(6, "cycle", start_step=1, cycle_count=2),
        Step(7, "end"),
    ),
    RecordRule(10.0, 0.01, 1e-3),
    Protection(2.0, -0.05, 0.02, -0.02),
)


def fresh() -> Channel:
    channel = Channel("x", VirtualCell(load_material("sio_c_l"), 2.75e-3, 1.131, seed=3))
    channel.start(PROGRAM, "c1", T0, 5)
    return channel


def rows(channel: Channel) -> LedgerRows:
    return channel.tests[-1].rows(1, 10**9, LATER)


def assert_same(first: Channel, second: Channel) -> None:
    for field in fields(LedgerRows):
        assert np.array_equal(getattr(rows(first), field.name), getattr(rows(second), field.name)), field.name
    assert first.tests[-1].steps(LATER) == second.tests[-1].steps(LATER)
    assert first.tests[-1].log(LATER) == second.tests[-1].log(LATER)
    assert first.workstatus == second.workstatus


instants = st.lists(st.floats(0, 9000), max_size=25).map(sorted)


@given(looks=instants)
@settings(deadline=None, max_examples=25)
def test_looking_changes_nothing(looks: list[float]) -> None:
    polled, swept = fresh(), fresh()
    seen = 0
    for after_s in looks:
        shown = polled.snapshot(T0 + after_s)
        assert shown.records == polled.tests[-1].count(T0 + after_s) >= seen
        seen = shown.records
    polled.advance(LATER)
    swept.advance(LATER)
    assert swept.workstatus == "finish"
    assert_same(polled, swept)


@given(looks=instants, pause_s=st.floats(0, 3000), gap_s=st.floats(0, 5000), run_s=st.floats(0, 3000))
@settings(deadline=None, max_examples=25)
def test_pause_resume_and_stop_take_effect_at_their_instants(
    looks: list[float], pause_s: float, gap_s: float, run_s: float
) -> None:
    resume_s = pause_s + gap_s
    stop_s = resume_s + run_s
    polled, swept = fresh(), fresh()
    commands = [(pause_s, "pause"), (resume_s, "resume"), (stop_s, "stop")]
    for channel, events in ((polled, [*((t, "advance") for t in looks if t < stop_s), *commands]), (swept, commands)):
        for after_s, command in sorted(events, key=lambda event: event[0]):
            channel.advance(T0 + after_s)
            if channel.workstatus in ("working", "pause") and (command != "resume" or channel.workstatus == "pause"):
                getattr(channel, command)(T0 + after_s)
    assert_same(polled, swept)
    recorded = rows(swept)
    assert recorded.unix_time_s[-1] <= T0 + stop_s + 1e-3
    assert np.all(np.diff(recorded.unix_time_s) >= 0)
    assert recorded.seqid.tolist() == list(range(1, len(recorded) + 1))
    between = (recorded.unix_time_s > T0 + pause_s + 1e-3) & (recorded.unix_time_s < T0 + resume_s - 1e-3)
    assert not between.any()


def test_five_hundred_cycles_are_compact_in_memory() -> None:
    """Three hundred thousand records of a channel take less than 100 bytes each."""
    cycling = StepProgram(
        (
            Step(1, "cc_discharge", current_A=0.0067, stop_voltage_V=0.01),
            Step(2, "cc_charge", current_A=0.0067, stop_voltage_V=1.5),
            Step(3, "cycle", start_step=1, cycle_count=500),
            Step(4, "end"),
        ),
        RecordRule(10.0, 0.005),
    )
    channel = Channel("x", VirtualCell(load_material("sio_c_l"), 2.75e-3, 1.131))
    channel.start(cycling, "c1", T0, 1)
    tracemalloc.start()
    channel.advance(LATER)
    held_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    records = channel.tests[-1].count(LATER)
    assert records > 250_000
    assert held_bytes < 100 * records
