"""Who has a chamber."""

from __future__ import annotations

from orchestrator.engine.chambers.holds import find_holds
from orchestrator.run_state import RunState
from tests.orchestrator.engine.chambers.chamber_world import at_step, driven, shares

QUEUED = RunState.QUEUED


def granted(*members: object) -> list[str]:
    return [str(group) for group in find_holds(members).granted]  # type: ignore[arg-type]


def test_runs_that_set_no_temperature_share_a_chamber() -> None:
    assert granted(shares(1), shares(2), shares(3, state=QUEUED)) == ["run 1", "run 2", "run 3"]


def test_a_second_batch_waits_and_says_for_whom() -> None:
    second = [at_step(9, 2, state=QUEUED, item=0), at_step(10, 2, state=QUEUED, item=0)]

    holds = find_holds([at_step(7, 1), driven(8, 1), *second])

    assert [str(group) for group in holds.granted] == ["batch 1 (runs 7, 8)"]
    assert holds.waits_for == {9: "batch 1 (runs 7, 8)", 10: "batch 1 (runs 7, 8)"}


def test_who_sets_temperatures_waits_for_those_that_share() -> None:
    holds = find_holds([shares(4), at_step(5, state=QUEUED, item=0)])

    assert holds.setter is None
    assert holds.waits_for == {5: "run 4"}


def test_who_shares_later_does_not_overtake_who_waits_to_set() -> None:
    holds = find_holds([shares(4), at_step(5, state=QUEUED, item=0), shares(6, state=QUEUED)])

    assert [str(group) for group in holds.granted] == ["run 4"]
    assert holds.waits_for == {5: "run 4", 6: "run 5"}


def test_what_has_begun_keeps_the_chamber_from_an_older_run_that_has_not() -> None:
    assert granted(at_step(3, state=QUEUED, item=0), at_step(5)) == ["run 5"]


def test_of_two_that_have_not_begun_the_older_is_first() -> None:
    assert granted(at_step(6, state=QUEUED, item=0), at_step(5, state=QUEUED, item=0)) == ["run 5"]


def test_nobody_in_the_chamber() -> None:
    assert granted() == []
