"""Totals against a ledger kept in plain Python, record by record."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.contracts import StepKind
from orchestrator.export.step_totals import COUNTERS, StepTotals
from tests.orchestrator.analysis.stored_run import Step, columns_of

Columns = dict[str, np.ndarray]

KINDS = [kind for kind in StepKind if kind not in (StepKind.PAUSE, StepKind.OTHER)]


@st.composite
def executed_steps(draw: st.DrawFn) -> list[Step]:
    """Steps as an instrument runs them: numbers 1..n in each cycle, counters of any size."""
    amount = st.floats(0.0, 10.0) | st.just(1e-9) | st.just(0.1)
    steps = []
    for cycle in range(1, draw(st.integers(1, 4)) + 1):
        for step, kind in enumerate(draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=4)), start=1):
            driven = kind.direction != "none"
            capacity, energy = (draw(amount), draw(amount)) if driven else (0.0, 0.0)
            steps.append(Step(cycle, step, kind, capacity, energy, records=draw(st.integers(2, 5))))
    return steps


def chunked(columns: Columns, cuts: list[int]) -> list[Columns]:
    edges = [0, *sorted({cut for cut in cuts if 0 < cut < len(columns["seq"])}), len(columns["seq"])]
    return [{n: c[a:b] for n, c in columns.items()} for a, b in pairwise(edges)]


def extended(chunks: list[Columns], segment: int = 1) -> Columns:
    totals = StepTotals()
    parts = [totals.extend(segment, chunk) for chunk in chunks]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def with_pause(columns: Columns, place: int, *, blank: bool) -> Columns:
    """Insert a pause record after ``place``; some instruments show zeros in it, some the paused step's counters."""
    row = {name: column[place : place + 1].copy() for name, column in columns.items()}
    row["step_kind"][:] = StepKind.PAUSE
    if blank:
        for name in ("step_time_s", "step_capacity_Ah", "step_energy_Wh"):
            row[name][:] = 0.0
    return {n: np.concatenate([c[: place + 1], row[n], c[place + 1 :]]) for n, c in columns.items()}


@settings(max_examples=50)
@given(executed_steps(), st.lists(st.integers(1, 60), max_size=6))
def test_totals_are_the_sum_of_completed_steps_and_never_reset(steps: list[Step], cuts: list[int]) -> None:
    columns = columns_of(steps)
    result = extended(chunked(columns, cuts))

    place = 0
    sums = dict.fromkeys(COUNTERS, 0.0)
    for number, step in enumerate(steps, start=1):
        end = place + step.records
        assert (result["step_count"][place:end] == number).all()
        for name, (_, direction) in COUNTERS.items():
            last = step.capacity_Ah if "capacity" in name else step.energy_Wh
            if step.kind.direction == direction:
                sums[name] += last
            assert result[name][end - 1] == pytest.approx(sums[name], rel=1e-12)
            assert result[f"step_{name}"][end - 1] == (last if step.kind.direction == direction else 0.0)
        place = end
    for name in COUNTERS:
        assert (np.diff(result[name]) >= 0).all()


@settings(max_examples=50)
@given(executed_steps())
def test_the_net_capacity_is_what_went_in_less_what_came_out(steps: list[Step]) -> None:
    result = extended([columns_of(steps)])
    signs = {"charge": 1, "discharge": -1, "none": 0}
    net = sum(signs[step.kind.direction] * step.capacity_Ah for step in steps)

    assert result["charging_capacity_Ah"][-1] - result["discharging_capacity_Ah"][-1] == pytest.approx(net, abs=1e-9)


@settings(max_examples=50)
@given(executed_steps(), st.lists(st.integers(1, 60), max_size=6))
def test_how_the_records_are_cut_changes_not_a_bit(steps: list[Step], cuts: list[int]) -> None:
    columns = columns_of(steps)
    whole, cut = extended([columns]), extended(chunked(columns, cuts))

    assert all((whole[name] == cut[name]).all() for name in whole)


@settings(max_examples=50)
@given(executed_steps(), st.data(), st.booleans())
def test_a_pause_neither_ends_a_step_nor_adds_to_it(steps: list[Step], data: st.DataObject, blank: bool) -> None:
    columns = columns_of(steps)
    place = data.draw(st.integers(0, len(columns["seq"]) - 1))
    cut = data.draw(st.integers(1, len(columns["seq"])))
    plain = extended([columns])
    paused = extended(chunked(with_pause(columns, place, blank=blank), [cut, place + 1]))

    for name, expected in plain.items():
        assert np.delete(paused[name], place + 1).tolist() == expected.tolist()
        assert paused[name][place + 1] == expected[place]


def test_a_pause_before_anything_else_counts_for_nothing() -> None:
    columns = columns_of([Step(1, 1, StepKind.PAUSE, records=2), Step(1, 1, StepKind.CC_CHARGE, 1.0, 1.0, records=2)])
    columns["step_time_s"][:2] = 0.0

    assert extended([columns])["step_count"].tolist() == [0, 0, 1, 1]


def test_the_same_step_number_in_another_segment_is_another_step() -> None:
    columns = columns_of([Step(1, 1, StepKind.CC_CHARGE, 1.0, 2.0)])
    totals = StepTotals()
    totals.extend(1, columns)
    again = totals.extend(2, columns)

    assert again["step_count"][0] == 2
    assert again["charging_capacity_Ah"][-1] == 2.0
    assert again["charging_energy_Wh"][-1] == 4.0


def test_charge_in_a_step_of_no_direction_is_not_lost_silently() -> None:
    totals = StepTotals()
    result = totals.extend(1, columns_of([Step(1, 1, StepKind.OTHER, 3e-3, 0.0)]))

    assert result["charging_capacity_Ah"].max() == 0.0
    assert totals.unattributed_Ah == 3e-3


@pytest.mark.parametrize("cuts", [[], [2], [3], [1, 2, 3, 4, 5]])
def test_a_sweep_whose_current_turns_counts_what_it_ended_with(cuts: list[int]) -> None:
    """The net charge of a sweep falls where the current turns; a total waits there, and lacks or adds nothing."""
    columns = columns_of([Step(1, 1, StepKind.SWEEP_UP, records=3), Step(1, 2, StepKind.SWEEP_UP, records=3)])
    columns["step_capacity_Ah"][:] = [0.0, 4.0, 1.0, 0.0, 1.0, 6.0]
    result = extended(chunked(columns, cuts))

    assert result["step_charging_capacity_Ah"].tolist() == [0.0, 4.0, 1.0, 0.0, 1.0, 6.0]
    assert result["charging_capacity_Ah"].tolist() == [0.0, 4.0, 4.0, 4.0, 4.0, 7.0]
