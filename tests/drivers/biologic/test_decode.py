"""Decoding segments made by hand: long tick counts, lost points, rows that make no sense, and the state's text."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.biologic.channel_facts import ChannelFacts
from drivers.biologic.decode import Decoder
from drivers.biologic.decoder_state import DecoderState
from drivers.biologic.ending import came_to_its_end, end_is_lost
from drivers.biologic.list_position import BEFORE_THE_LIST
from drivers.biologic.outcome import outcome
from drivers.biologic.raw_segment import RawSegment
from drivers.biologic.technique_list import TechniqueList
from drivers.biologic.translate import technique_list
from drivers.contracts import ChannelState
from drivers.errors import Garbled
from protocols.program import Loop, Step
from tests.drivers.biologic.biologic_programs import CV, CYCLING, DISCHARGE, PEIS, REST, TITRATION, at, program
from tests.drivers.biologic.virtual_channel import decode_all

BEGIN = DecoderState(1.7e9)
TICK_s = float(np.float32(1e-3))
IDS = {"ocv": 100, "peis": 104, "cplimit": 155, "calimit": 157, "vscanlimit": 158}


def listed(*steps: Step) -> TechniqueList:
    return technique_list(program(*steps), ChannelFacts())


def ieee(*values: float) -> np.ndarray:
    return np.array(values, np.float32).view(np.uint32)


def segment(techniques: TechniqueList, index: int, ticks: list[int], volts: list[float], **more: object) -> RawSegment:
    """Rows of constant current as a Premium-P board writes them; currents are -3 mA unless given."""
    stem = techniques.techniques[index].stem
    amperes = more.pop("amperes", [-0.003] * len(ticks))
    words = np.zeros((len(ticks), 3 if stem == "ocv" else 5), np.uint32)
    words[:, 0], words[:, 1] = np.array(ticks) >> 32, np.array(ticks) & 0xFFFFFFFF
    words[:, 2] = ieee(*volts)
    if stem != "ocv":
        words[:, 3] = ieee(*amperes)  # type: ignore[misc]
    tick_s = float(np.float32(techniques.techniques[index].time_base_s))
    plain = RawSegment(index, IDS[stem], 0, 0, 0.0, tick_s, 3, 0, words)
    return replace(plain, **more)  # type: ignore[arg-type]


ALONE = listed(DISCHARGE)


def test_a_record_that_crosses_2_to_the_32_ticks() -> None:
    ticks = [2**32 - 10_000, 2**32 - 1, 2**32, 2**32 + 10_000, 2**33 + 5]
    decoded = Decoder(ALONE).decode(segment(ALONE, 0, ticks, [1.0] * 5, start_time_s=12.5), BEGIN)
    np.testing.assert_array_equal(decoded.records["test_time_s"], [12.5 + TICK_s * tick for tick in ticks])
    np.testing.assert_allclose(decoded.records["step_capacity_Ah"], [0.003 * TICK_s * tick / 3600 for tick in ticks])
    assert decoded.problems == ()


@given(st.lists(st.integers(0, 2**50), min_size=1, max_size=20, unique=True).map(sorted), st.integers(1, 19))
def test_any_ticks_are_timed_exactly_wherever_segments_are_cut(ticks: list[int], cut: int) -> None:
    parts = [part for part in (ticks[:cut], ticks[cut:]) if part]
    run = decode_all(ALONE, [segment(ALONE, 0, part, [1.0] * len(part)) for part in parts])
    np.testing.assert_array_equal(run.records["test_time_s"], [TICK_s * tick for tick in ticks])
    assert run.records["seq"].tolist() == list(range(1, len(ticks) + 1))


_ROWS = st.lists(
    st.tuples(st.integers(1, 10**6), st.floats(-5, 5, width=32), st.floats(-1, 1, width=32)), min_size=1, max_size=30
)


@given(_ROWS)
def test_counters_against_a_reference_that_goes_row_by_row(rows: list[tuple[int, float, float]]) -> None:
    ticks = np.cumsum([row[0] for row in rows]).tolist()
    volts, amperes = [row[1] for row in rows], [row[2] for row in rows]
    decoded = Decoder(ALONE).decode(segment(ALONE, 0, ticks, volts, amperes=amperes), BEGIN)
    charge_C = energy_J = before_s = 0.0
    before_V, before_A = volts[0], amperes[0]
    for place, (tick, volt, ampere) in enumerate(zip(ticks, volts, amperes, strict=True)):
        passed_s = TICK_s * tick - before_s
        charge_C += passed_s * (ampere + before_A) / 2
        energy_J += passed_s * (ampere * volt + before_A * before_V) / 2
        assert decoded.records["step_capacity_Ah"][place] == pytest.approx(abs(charge_C) / 3600, rel=1e-9, abs=1e-12)
        assert decoded.records["step_energy_Wh"][place] == pytest.approx(abs(energy_J) / 3600, rel=1e-9, abs=1e-12)
        before_s, before_V, before_A = TICK_s * tick, volt, ampere


def test_rows_of_a_technique_are_timed_with_its_own_tick_whatever_runs_now() -> None:
    techniques = listed(REST, DISCHARGE)
    leftover = segment(techniques, 0, [50_000], [1.0], time_base_s=TICK_s)  # the discharge runs already
    decoded = Decoder(techniques).decode(leftover, BEGIN)
    assert decoded.records["test_time_s"].tolist() == [50_000 * float(np.float32(20e-6))]
    assert decoded.problems == ()


def test_a_tick_that_nothing_was_sent_is_told_once() -> None:
    strange = [segment(ALONE, 0, [tick], [1.0], time_base_s=2.1e-5) for tick in (1, 2)]
    run = decode_all(ALONE, strange)
    assert len(run.problems) == 1
    assert run.problems[0].startswith(
        "the instrument tells a time base of 2.1e-05 s, which no technique of the list has"
    )


def test_lost_points_are_told() -> None:
    first, second = segment(ALONE, 0, [1000], [1.0]), segment(ALONE, 0, [9000], [0.9], irq_skipped=7)
    run = decode_all(ALONE, [first, second])
    assert run.problems == ["up to 7 record(s) between 1.000 s and 9.000 s of the test were lost in the instrument"]
    empty = replace(second, technique_id=0, words=np.empty((0, 0), np.uint32))
    assert Decoder(ALONE).decode(empty, BEGIN).problems == (
        "up to 7 record(s) between 0.000 s and now of the test were lost in the instrument",
    )


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -1e38])
def test_rows_without_a_value_are_counted_and_left_out(bad: float) -> None:
    decoded = Decoder(ALONE).decode(segment(ALONE, 0, [1000, 2000, 3000, 4000], [1.0, bad, bad, 0.9]), BEGIN)
    assert decoded.records["voltage_V"].tolist() == [1.0, np.float32(0.9)]
    assert decoded.records["seq"].tolist() == [1, 2]
    assert decoded.problems == (
        "2 record(s) between 2.000 s and 3.000 s left out: potential or current is no number or beyond every range",
    )
    np.testing.assert_allclose(decoded.records["step_capacity_Ah"], [0.003 / 3600, 0.012 / 3600], rtol=1e-6)


def test_nothing_but_rows_without_a_value() -> None:
    decoded = Decoder(ALONE).decode(segment(ALONE, 0, [1000], [float("nan")]), BEGIN)
    assert len(decoded.records["seq"]) == 0
    assert len(decoded.problems) == 1


def test_points_of_a_spectrum_without_a_value_are_left_out() -> None:
    techniques = listed(PEIS)
    row = [1000.0, 0.01, 1e-3, -0.5, 1.2, 1e-5, 0, 0, 0, 0, 0, 0, 2.0, 3.5]
    words = np.stack([ieee(*row), ieee(*[float("nan"), *row[1:]]), ieee(*row[:2], 0.0, *row[3:])])
    raw = RawSegment(0, 104, 1, 0, 100.0, 24e-6, 3, 0, words)
    decoded = Decoder(techniques).decode(raw, BEGIN)
    assert decoded.spectra["frequency_Hz"].tolist() == [1000.0]
    assert decoded.spectra["test_time_s"].tolist() == [103.5]
    assert decoded.spectra["z_real_Ohm"][0] == pytest.approx(10 * np.cos(-0.5))
    assert decoded.spectra["z_imag_Ohm"][0] == pytest.approx(10 * np.sin(-0.5))
    assert len(decoded.records["seq"]) == 1
    assert decoded.problems[0].startswith("2 record(s) between 103.500 s")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"technique_index": 9}, "rows of technique 9, which the list of 3 has not"),
        ({"technique_index": -1}, "rows of technique -1"),
        ({"technique_id": 102}, "have id 102 and 5 columns, cplimit has id 155 and 5"),
        ({"words": np.zeros((2, 4), np.uint32)}, "have id 155 and 4 columns"),
        ({"start_time_s": float("nan")}, "says that it began at nan s"),
    ],
)
def test_rows_that_make_no_sense_are_garbled(changes: dict[str, object], says: str) -> None:
    with pytest.raises(Garbled, match=says):
        Decoder(ALONE).decode(replace(segment(ALONE, 0, [1], [1.0]), **changes), BEGIN)  # type: ignore[arg-type]


def test_rows_of_a_technique_that_does_not_come_again_are_garbled() -> None:
    techniques = listed(REST, DISCHARGE)
    later = Decoder(techniques).decode(segment(techniques, 1, [1], [1.0], start_time_s=60.0), BEGIN).state
    with pytest.raises(Garbled, match="rows of technique 0, which does not come any more after technique 1"):
        Decoder(techniques).decode(segment(techniques, 0, [1], [1.0]), later)


def test_times_that_go_back_are_told() -> None:
    techniques = listed(REST, DISCHARGE)
    run = decode_all(
        techniques, [segment(techniques, 0, [10**6], [1.0]), segment(techniques, 1, [1], [1.0], start_time_s=0.01)]
    )
    assert run.problems == ["times go back from 20.000 s to 0.011 s of the test"]


def test_nested_loops_count_as_a_neware_channel_does() -> None:
    """Each pass a cycle; loops that end together count one."""
    techniques = listed(Loop(2, (Loop(2, (REST,), at(2)), DISCHARGE), at(1)), REST)
    order = [(0, 0), (0, 1), (2, 0), (0, 2), (0, 3), (2, 1), (4, 0)]  # technique, how often it had begun
    segments = [
        segment(techniques, index, [1000], [1.0], loop=loop, start_time_s=100.0 * place)
        for place, (index, loop) in enumerate(order)
    ]
    assert decode_all(techniques, segments).records["cycle"].tolist() == [1, 2, 3, 4, 5, 6, 7]


def test_a_pass_without_rows_is_noticed_where_loop_tells_it() -> None:
    techniques = listed(CYCLING)
    segments = [
        segment(techniques, 0, [1000], [1.0]),
        segment(techniques, 1, [1000], [1.0], start_time_s=10.0),
        segment(techniques, 1, [1000], [1.0], start_time_s=20.0, loop=1),  # no row of technique 0 in between
    ]
    assert decode_all(techniques, segments).records["cycle"].tolist() == [1, 1, 2]
    unknown = [replace(it, loop=0) for it in segments]
    assert decode_all(techniques, unknown).records["cycle"].tolist() == [1, 1, 2]


def test_a_position_goes_through_loops_to_the_end() -> None:
    techniques = listed(Loop(3, (REST,), at(1)))
    order, position = [], BEFORE_THE_LIST.next(techniques)
    while position is not None:
        order.append(position.index)
        position = position.next(techniques)
    assert order == [0, 0, 0, 2, 3]


def test_two_scans_are_not_one_cycle() -> None:
    techniques = listed(CV, REST, CV)
    rows = [
        segment(techniques, 0, [1000], [1.0], start_time_s=0.0),
        segment(techniques, 1, [1000], [1.0], start_time_s=100.0),
        segment(techniques, 2, [1000], [1.0], start_time_s=200.0),
    ]
    assert decode_all(techniques, rows).records["cycle"].tolist() == [1, 1, 2]


def test_rows_of_the_end_mark_are_nobodys() -> None:
    mark = segment(ALONE, 1, [5000, 10_000], [1.0, 1.0], start_time_s=10.0)
    run = decode_all(ALONE, [segment(ALONE, 0, [1000], [1.0]), mark])
    assert len(run.records["seq"]) == 1
    assert came_to_its_end(ALONE, run.state)
    assert not came_to_its_end(ALONE, BEGIN)


@pytest.mark.parametrize("lost", [True, False])
def test_rows_that_may_be_lost_are_not_guessed_at(lost: bool) -> None:
    """A titration whose rest is over: its pulse has written nothing, or its rows were lost with what they tell."""
    techniques = listed(TITRATION)
    rest = next(index for index, it in enumerate(techniques.techniques) if it.stem == "ocv")
    rows = [segment(techniques, 0, [1000], [1.0]), segment(techniques, rest, [4_999_999], [1.0], start_time_s=10.0)]
    state = replace(decode_all(techniques, rows).state, last_rows_lost=lost)
    assert outcome("itself", techniques, state) is (ChannelState.STOPPED if lost else ChannelState.FINISHED)
    assert end_is_lost("itself", techniques, state) == lost
    assert not end_is_lost("stop", techniques, state)


def test_rows_behind_lost_ones_are_the_last() -> None:
    lost = replace(decode_all(ALONE, [segment(ALONE, 0, [1000], [1.0])]).state, last_rows_lost=True)
    state = Decoder(ALONE).decode(segment(ALONE, 0, [2000], [1.0]), lost).state
    assert lost.last_rows_lost
    assert not state.last_rows_lost
    nothing = segment(ALONE, 0, [1], [1.0], irq_skipped=3, words=np.zeros((0, 5), np.uint32))
    counted = Decoder(ALONE).decode(nothing, state).state
    assert counted.last_rows_lost


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"started_unix_s": 1}', "nonsense"])
def test_what_is_no_state_is_garbled(text: str) -> None:
    with pytest.raises(Garbled, match="no state of this decoder"):
        DecoderState.read(text)
