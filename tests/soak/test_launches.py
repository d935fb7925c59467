"""The soak's own judge: a campaign as it should be passes; a launch twice, forgotten, or of nobody is named."""

from __future__ import annotations

from dataclasses import replace

from tests.soak.campaign_file import CELL_OF, EXPECTED, PROMPTS, RUN_ENDS
from tests.soak.jobs import SoakJob
from tests.soak.launches import THREE_TIMES, wrong_jobs, wrong_runs, wrong_tests


def _job(number: int, key: tuple[str, str], state: str) -> SoakJob:
    launched = key[0] not in PROMPTS and state != "left"
    run = 100 + number if launched else None
    return SoakJob(1, key[0], CELL_OF[key[1]], state, None, False, run, RUN_ENDS.get(state) if run else None, "run", "")


JOBS = [_job(number, key, state) for number, (key, state) in enumerate(EXPECTED.items())]
RUNS = [job.run for job in JOBS if job.run is not None]
SAID = [f"campaign 1: {job.step} of cell {job.cell} is run {job.run} at bts-1/1" for job in JOBS if job.run is not None]
BARCODES = [f"{job.cell}#{job.run}.0.1" for job in JOBS if job.run is not None]


def _changed(key: tuple[str, str], **values: object) -> list[SoakJob]:
    return [replace(job, **values) if job.key == key else job for job in JOBS]  # type: ignore[arg-type]


def test_a_campaign_as_it_should_be_passes() -> None:
    assert [*wrong_jobs(JOBS), *wrong_runs(JOBS, RUNS, SAID), *wrong_tests(JOBS, BARCODES)] == []


def test_a_launch_twice_is_named_wherever_it_shows() -> None:
    assert list(wrong_runs(JOBS, [*RUNS, 999], SAID)) == ["runs of no job, or jobs of no run: [999]"]
    assert list(wrong_runs(JOBS, RUNS, [*SAID, SAID[0]])) == ["the event log has launches twice, or lacks some"]
    twice = [*BARCODES, "C-A1#999.0.1"]
    assert list(wrong_tests(JOBS, twice)) == ["an instrument has measured C-A1 in run 999, which no job has"]
    assert "campaign 1 has the jobs" in next(wrong_jobs([*JOBS, JOBS[0]]))


def test_a_launch_that_was_forgotten_is_named_wherever_it_shows() -> None:
    assert list(wrong_jobs(_changed(("ruled", "A1"), run=None))) == [
        "campaign 1: ruled of C-A1 is done (None), run None: was it launched?"
    ]
    assert len(list(wrong_jobs(_changed(("spectra", "P2"), state="left")))) == 2
    assert "campaign 1 has the jobs" in next(wrong_jobs(JOBS[1:]))
    assert list(wrong_runs(JOBS, RUNS, SAID[1:])) == ["the event log has launches twice, or lacks some"]
    missing = list(wrong_tests(JOBS, BARCODES[1:]))
    assert missing == ["no instrument has measured C-A1 in run 100, which is done"]


def test_a_cell_leaves_only_behind_a_start_that_was_given_up() -> None:
    left = {"state": "left", "run": None, "run_state": None}
    without = [replace(job, **left) if job.key == ("ruled", "A1") else job for job in JOBS]  # type: ignore[arg-type]
    assert len(list(wrong_jobs(without))) == 1
    given_up = {"state": "failed", "run_state": "failed", "run_reason": THREE_TIMES}
    behind = [replace(job, **given_up) if job.key == ("formation", "A1") else job for job in without]  # type: ignore[arg-type]
    assert list(wrong_jobs(behind)) == []
