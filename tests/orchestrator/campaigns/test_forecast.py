"""The queue on the calendar: cells one after the other, benches and chambers one at a time."""

from __future__ import annotations

from orchestrator.campaigns.forecast import Slot, Work, forecast

H = 3600.0


def work(step: str, cell: str, hours: float, *benches: str, **more: object) -> Work:
    return Work(1, step, cell, hours * H, candidates=benches, **{"pool": benches[0][0] if benches else None, **more})  # type: ignore[arg-type]


def times(slots: list[Slot]) -> dict[tuple[str, str], tuple[float | None, str | None]]:
    return {
        (slot.work.step, slot.work.cell_id): (None if slot.start_unix_s is None else slot.start_unix_s / H, slot.bench)
        for slot in slots
    }


def test_a_cell_goes_through_its_steps_one_after_the_other_from_the_end_of_what_runs() -> None:
    running = work("formation", "L1", 10, "A1", started_unix_s=-5 * H, ends_unix_s=5 * H, run_id=7, job_id=1)
    found = times(forecast([running, work("ladder", "L1", 3, "A1", job_id=2)], {}, 0.0))
    assert found == {("formation", "L1"): (-5.0, "A1"), ("ladder", "L1"): (5.0, "A1")}


def test_a_bench_is_given_on_when_its_cell_has_gone_through_and_to_the_more_important_first() -> None:
    works = [
        work("cv", "L1", 2, "P1"),
        work("eis", "L1", 4, "P1"),
        work("cv", "M1", 1, "P1"),
        work("cv", "H1", 1, "P1", priority=2),
    ]
    found = times(forecast(works, {}, 0.0))
    assert found["cv", "H1"] == (0.0, "P1")
    assert found["cv", "L1"] == (1.0, "P1")
    assert found["eis", "L1"] == (3.0, "P1")
    assert found["cv", "M1"] == (7.0, "P1")


def test_a_bench_on_which_something_else_runs_is_waited_for_or_another_one_is_taken() -> None:
    found = times(forecast([work("cv", "L1", 2, "P1", "P2")], {"P1": 9 * H, "P2": 4 * H}, 0.0))
    assert found["cv", "L1"] == (4.0, "P2")


def test_together_means_all_at_once_and_a_chamber_has_one_temperature() -> None:
    works = [
        work("move", "L1", 1),
        work("eis", "L1", 5, "P1", together=True, chamber="oven-1"),
        work("eis", "M1", 5, "P2", together=True, chamber="oven-1"),
        work("later", "H1", 2, "P3", chamber="oven-1", ready_unix_s=2 * H),
    ]
    found = times(forecast(works, {}, 0.0))
    assert found["eis", "L1"][0] == found["eis", "M1"][0] == 1.0
    assert found["later", "H1"] == (6.0, "P3")


def test_what_never_finds_a_bench_has_no_time() -> None:
    kept = work("cv", "L1", 1, "P1", "P1")
    held = [work("cv", "L1", 1, "P1"), work("wait", "L1", 1, "Q1", together=True), work("cv", "M1", 1, "P1")]
    assert times(forecast(held, {}, 0.0))["cv", "M1"][0] is not None
    assert times(forecast([kept], {"P1": float("inf")}, 0.0))["cv", "L1"] == (None, None)
