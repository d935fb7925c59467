from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.contracts import RECORD_COLUMNS, StepKind
from orchestrator.store.cycle_counts import CycleCounter, LastStep, add_cycles

LABELS = {2: "0.2 A/g", 3: "0.2 A/g back"}


def _columns(rows):
    """Columns from (seq, cycle, step, kind, step time, capacity); test time = seq, energy = half the capacity."""
    seq, cycle, step, kind, step_time, capacity = map(np.array, zip(*rows, strict=True))
    values = {
        "seq": seq,
        "cycle": cycle,
        "step": step,
        "step_kind": kind,
        "step_time_s": step_time,
        "test_time_s": seq,
        "step_capacity_Ah": capacity,
        "step_energy_Wh": capacity / 2,
    }
    return {name: np.asarray(values.get(name, np.zeros(len(seq))), dtype=kind) for name, kind in RECORD_COLUMNS.items()}


def _counted(columns, cuts=()):
    counter = CycleCounter(LABELS)
    found = {}
    edges = [0, *sorted(cuts), len(columns["seq"])]
    for first, last in pairwise(edges):
        if first < last:
            counter.add({name: column[first:last] for name, column in columns.items()})
            found |= {counts.cycle: counts for counts in counter.changed()}
    return found


DIS, CHG, REST, PAUSE = StepKind.CC_DISCHARGE, StepKind.CC_CHARGE, StepKind.REST, StepKind.PAUSE


def test_the_last_counter_of_each_step_is_summed_by_direction():
    found = _counted(
        _columns(
            [
                (1, 1, 1, REST, 0, 0),
                (2, 1, 2, DIS, 0, 0),
                (3, 1, 2, DIS, 9, 3.0),
                (4, 1, 3, CHG, 0, 0.5),
                (5, 1, 3, CHG, 9, 2.0),
                (6, 2, 2, DIS, 0, 0.25),
            ]
        )
    )
    first = found[1]
    assert (first.discharge_capacity_Ah, first.charge_capacity_Ah) == (3.0, 2.0)
    assert (first.discharge_energy_Wh, first.charge_energy_Wh) == (1.5, 1.0)
    assert (first.complete, first.label, first.gap) == (True, "0.2 A/g", False)
    assert (first.started_test_time_s, first.ended_test_time_s) == (1, 5)
    assert (found[2].complete, found[2].discharge_capacity_Ah) == (False, 0.25)


def test_a_step_that_occurs_twice_in_a_cycle_counts_twice():
    rows = [(1, 1, 2, DIS, 0, 1.0), (2, 1, 2, DIS, 9, 3.0), (3, 1, 2, DIS, 0, 0.5), (4, 1, 2, DIS, 9, 2.0)]
    assert _counted(_columns(rows))[1].discharge_capacity_Ah == 5.0


def test_a_pause_neither_counts_nor_divides_a_step():
    rows = [(1, 1, 2, DIS, 0, 1.0), (2, 1, 2, PAUSE, 0, 1.0), (3, 1, 2, PAUSE, 50, 1.0), (4, 1, 2, DIS, 9, 3.0)]
    assert _counted(_columns(rows))[1].discharge_capacity_Ah == 3.0


def test_sweeps_count_by_their_direction_and_a_spectrum_by_none():
    up, down = StepKind.SWEEP_UP, StepKind.SWEEP_DOWN
    found = _counted(
        _columns(
            [
                (1, 1, 1, StepKind.IMPEDANCE, 0, 0.5),
                (2, 1, 2, down, 0, 0.1),
                (3, 1, 2, down, 5, 4.0),  # the current turns: what has flowed in all is less at the end
                (4, 1, 2, down, 9, 3.0),
                (5, 1, 3, up, 0, 0.0),
                (6, 1, 3, up, 9, 2.0),
            ]
        )
    )
    assert (found[1].discharge_capacity_Ah, found[1].charge_capacity_Ah) == (3.0, 2.0)
    assert found[1].label == "0.2 A/g"


@pytest.mark.parametrize("cuts", [(), (2,)])
def test_missing_records_mark_the_cycles_on_both_sides_and_are_not_bridged(cuts):
    rows = [(1, 1, 2, DIS, 0, 1.0), (2, 1, 2, DIS, 9, 3.0), (7, 3, 3, CHG, 4, 0.5), (8, 4, 2, DIS, 0, 0.1)]
    found = _counted(_columns(rows), cuts)
    assert {cycle: counts.gap for cycle, counts in found.items()} == {1: True, 3: True, 4: False}
    assert found[1].charge_capacity_Ah == 0


def test_records_missing_from_the_very_beginning_mark_the_first_cycle():
    assert _counted(_columns([(5, 1, 2, DIS, 3, 1.0)]))[1].gap


def test_a_cycle_number_that_goes_back_is_booked_under_the_highest_and_flagged():
    found = _counted(_columns([(1, 2, 2, DIS, 0, 1.0), (2, 1, 3, CHG, 0, 4.0)]))
    assert list(found) == [2]
    assert (found[2].charge_capacity_Ah, found[2].gap) == (4.0, True)


@given(data=st.data())
def test_any_split_into_batches_gives_the_same_cycles(data, memory):
    columns = memory(400, per_step=data.draw(st.integers(1, 60)))
    drop = data.draw(st.sets(st.integers(0, 399), max_size=4))
    kept = np.array(sorted(set(range(400)) - drop))
    columns = {name: column[kept] for name, column in columns.items()}
    cuts = data.draw(st.lists(st.integers(0, len(kept)), max_size=30))
    assert _counted(columns, cuts) == _counted(columns)


@given(cut=st.integers(1, 399), per_step=st.integers(1, 60))
def test_going_on_from_what_is_stored_gives_the_same_cycles(cut, per_step, memory):
    columns = memory(400, per_step=per_step)
    whole = _counted(columns)
    before = _counted({name: column[:cut] for name, column in columns.items()})
    last = {name: column[cut - 1].item() for name, column in columns.items()}
    resumed = CycleCounter.resumed(
        {1: "label 1"} | LABELS,
        cut,
        before[max(before)],
        LastStep(
            *(
                last[name]
                for name in ("cycle", "step", "step_kind", "step_time_s", "step_capacity_Ah", "step_energy_Wh")
            )
        ),
    )
    resumed.add({name: column[cut:] for name, column in columns.items()})
    after = before | {counts.cycle: counts for counts in resumed.changed()}
    assert after.keys() == whole.keys()
    for cycle, counts in whole.items():
        got = after[cycle]
        assert replace(got, **dict.fromkeys(_SUMS, 0.0)) == replace(counts, **dict.fromkeys(_SUMS, 0.0))
        assert [getattr(got, name) for name in _SUMS] == pytest.approx(
            [getattr(counts, name) for name in _SUMS], abs=1e-15
        )


_SUMS = ("charge_capacity_Ah", "discharge_capacity_Ah", "charge_energy_Wh", "discharge_energy_Wh")


@given(data=st.data())
def test_several_segments_counted_together_are_counted_as_each_alone(data, memory):
    segments = [memory(300, per_step=data.draw(st.integers(1, 60)), seed=seed) for seed in range(3)]
    if data.draw(st.booleans()):
        segments[1] = {name: np.delete(column, 120) for name, column in segments[1].items()}
    together = [CycleCounter(LABELS) for _ in segments]
    found = [{} for _ in segments]
    for first, last in pairwise([0, *sorted(data.draw(st.sets(st.integers(1, 298), max_size=5))), 300]):
        parts = [{name: column[first:last] for name, column in columns.items()} for columns in segments]
        joined = {name: np.concatenate([part[name] for part in parts]) for name in RECORD_COLUMNS}
        add_cycles(together, joined, np.repeat(np.arange(3), [len(part["seq"]) for part in parts]))
        for counter, cycles in zip(together, found, strict=True):
            cycles |= {counts.cycle: counts for counts in counter.changed()}
    assert found == [_counted(columns) for columns in segments]
