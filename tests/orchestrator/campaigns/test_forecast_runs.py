"""Runs on the calendar, in the order of the queue."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.campaigns.forecast_runs import RunAhead, forecast_runs


def test_what_waits_begins_when_what_is_before_it_on_its_channel_ends() -> None:
    runs = [RunAhead(7, "a", 50.0, begun_unix_s=40.0), RunAhead(9, "a", 10.0), RunAhead(8, "a", 20.0)]
    assert forecast_runs(runs, 100.0) == {7: (40.0, 150.0), 9: (150.0, 160.0), 8: (160.0, 180.0)}


def test_who_sets_a_temperature_has_the_chamber_alone() -> None:
    setter = RunAhead(2, "b", 30.0, "oven", sets_temperature=True)
    runs = [RunAhead(1, "a", 50.0, "oven", begun_unix_s=0.0), setter, RunAhead(3, "c", 5.0, "oven")]
    assert forecast_runs(runs, 0.0) == {1: (0.0, 50.0), 2: (50.0, 80.0), 3: (80.0, 85.0)}


def test_a_batch_begins_together() -> None:
    before = RunAhead(1, "a", 50.0, begun_unix_s=0.0)
    batch = [RunAhead(n, place, 10.0, "oven", sets_temperature=True, batch_id=4) for n, place in ((2, "a"), (3, "b"))]
    assert forecast_runs([before, *batch], 0.0) == {1: (0.0, 50.0), 2: (50.0, 60.0), 3: (50.0, 60.0)}


_RUNS = st.builds(
    RunAhead,
    run_id=st.integers(1, 99),
    place=st.sampled_from("abc"),
    duration_s=st.floats(0.0, 1e6),
    chamber=st.sampled_from([None, "oven"]),
    sets_temperature=st.booleans(),
)


@given(st.lists(_RUNS, unique_by=lambda run: run.run_id))
def test_no_channel_has_two_at_a_time(runs: list[RunAhead]) -> None:
    found = forecast_runs(runs, 0.0)
    for place in "abc":
        times = [found[run.run_id] for run in runs if run.place == place]
        assert all(end <= start for (_, end), (start, _) in pairwise(times))
