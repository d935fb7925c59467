"""Whether the campaigns have launched everything once: nothing twice, none forgotten, nobody else's."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from orchestrator.store.campaign_tables import campaign_seats, campaigns
from orchestrator.store.tables import alarms, events, runs
from orchestrator.store.transactions import reading
from orchestrator.testing.bench_place import NEWARE, VSP300
from orchestrator.testing.virtual_bench import VirtualBench
from tests.soak.campaign_file import EXPECTED, PROMPTS
from tests.soak.jobs import SoakJob

__all__ = ["THREE_TIMES", "badly_launched", "wrong_jobs", "wrong_runs", "wrong_tests"]

THREE_TIMES = "the channel did not start in 3 attempts"
"""Each of them was killed: a person is told, and the cell leaves the campaign."""
_TEST = re.compile(r"(?P<cell>[^#]+)#(?P<run>\d+)\..*")
_LAUNCHED = re.compile(r"campaign \d+: \S+ of cell \S+ is run (\d+) at .*")


def badly_launched(bench: VirtualBench, jobs: Sequence[SoakJob]) -> Iterator[str]:
    """Campaigns, jobs, runs, events, alarms, seats and the instruments' own tests must tell the same story."""
    yield from _unfinished(bench)
    yield from wrong_jobs(jobs)
    with reading(bench.engine) as connection:
        there = connection.scalars(sa.select(runs.c.id)).all()
        said = connection.scalars(sa.select(events.c.message)).all()
    yield from wrong_runs(jobs, there, said)
    tests = [test["barcode"] for name in (NEWARE, VSP300) for test in bench.control.tests(name)]
    yield from wrong_tests(jobs, tests)
    yield from _untold(bench, jobs)


def _unfinished(bench: VirtualBench) -> Iterator[str]:
    with reading(bench.engine) as connection:
        for row in connection.execute(sa.select(*campaigns.c["id", "state", "desired", "occurrence"])):
            if (row.state, row.desired, row.occurrence) != ("completed", "run", 1):
                yield f"campaign {row.id} is {row.state}, wanted: {row.desired}, begun {row.occurrence} times"
        taken = sa.select(*campaign_seats.c["campaign_id", "cell_id", "bench"])
        for row in connection.execute(taken.where(campaign_seats.c.released_unix_s.is_(None))):
            yield f"campaign {row.campaign_id} still has {row.bench} for {row.cell_id}"


def wrong_jobs(jobs: Sequence[SoakJob]) -> Iterator[str]:
    """Every job of the file once in each campaign, with the end that it must have."""
    of_campaigns: defaultdict[int, list[SoakJob]] = defaultdict(list)
    for job in jobs:
        of_campaigns[job.campaign].append(job)
    for number, its_jobs in of_campaigns.items():
        if Counter(job.key for job in its_jobs) != Counter(EXPECTED.keys()):
            yield f"campaign {number} has the jobs {[job.key for job in its_jobs]}"
        else:
            yield from _wrong_ends(number, its_jobs)


def _wrong_ends(number: int, jobs: Sequence[SoakJob]) -> Iterator[str]:
    """A cell leaves after a start that was given up; else everything ends as it should."""
    left = set()
    for job in jobs:
        what = f"campaign {number}: {job.step} of {job.cell} is {job.state} ({job.reason}), run {job.run}"
        if job.run_reason == THREE_TIMES and job.state == "failed":
            left.add(job.cell)
        elif job.state != EXPECTED[job.key] and not (job.state == "left" and job.cell in left):
            yield f"{what}; it must be {EXPECTED[job.key]}"
        if (job.run is None) != (job.step in PROMPTS or job.state == "left"):
            yield f"{what}: was it launched?"


def wrong_runs(jobs: Sequence[SoakJob], there: Sequence[int], said: Sequence[str]) -> Iterator[str]:
    """Each run that is ``there`` is one job's, and was ``said`` to be launched once."""
    launched = Counter(job.run for job in jobs if job.run is not None)
    if Counter(there) != launched:
        yield f"runs of no job, or jobs of no run: {sorted(set(there) ^ set(launched)) or launched.most_common(1)}"
    told = [found for found in map(_LAUNCHED.fullmatch, said) if found is not None]
    if Counter(int(found[1]) for found in told) != launched:
        yield "the event log has launches twice, or lacks some"


def wrong_tests(jobs: Sequence[SoakJob], barcodes: Sequence[str]) -> Iterator[str]:
    """What the instruments themselves remember: tests of these runs with their cells, and of each that ended well."""
    found = [match for match in map(_TEST.fullmatch, barcodes) if match is not None]
    measured = {(match["cell"], int(match["run"])) for match in found}
    ours = {(job.cell, job.run) for job in jobs if job.run is not None}
    yield from (f"an instrument has measured {cell} in run {run}, which no job has" for cell, run in measured - ours)
    done = {(job.cell, job.run) for job in jobs if job.run is not None and job.state == "done"}
    yield from (f"no instrument has measured {cell} in run {run}, which is done" for cell, run in done - measured)


def _untold(bench: VirtualBench, jobs: Sequence[SoakJob]) -> Iterator[str]:
    """A person was told of every job that failed, once, and of no other."""
    failed = Counter(
        (f"campaign {job.campaign}", f"{job.step} of cell {job.cell} failed: {job.reason}")
        for job in jobs
        if job.state == "failed"
    )
    with reading(bench.engine) as connection:
        rows = connection.execute(sa.select(alarms.c.source, alarms.c.message)).all()
    told = Counter((row.source, row.message) for row in rows if " failed: " in row.message)
    told = Counter({one: times for one, times in told.items() if one[0].startswith("campaign ")})
    if told != failed:
        yield f"told of failures: {told - failed} too much, {failed - told} too little"
