"""What has to be true when everything is over: the database against the memories of the instruments."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import sqlalchemy as sa

from orchestrator.store.tables import alarms, analyses, intents, records, runs
from orchestrator.store.transactions import reading
from orchestrator.testing.virtual_bench import VirtualBench
from tests.e2e.conftest import assert_stored_equals_ledger
from tests.soak.campaign_file import EXPECTED, RUN_ENDS
from tests.soak.jobs import SoakJob, soak_jobs
from tests.soak.launches import THREE_TIMES, badly_launched
from tests.soak.vsp_check import Missing, check_vsp_run

__all__ = ["Findings", "examine", "left_open", "started_twice", "traceback_in", "tracebacks"]

_OURS = re.compile(r"(?P<segment>.+#\d+\.\d+)\.\d+(?: .*)?")
_WITHOUT_ANALYSES = ("spectra", "linked", "calm")
_MAY_STAY = re.compile(r"records of run \d+: .*|campaign \d+: \S+ of cell \S+ failed: .*")
"""A gap, or a job that failed, stays told."""
_ORPHAN = re.compile(
    r"Traceback \(most recent call last\):\n"
    r"(?: .*\n)*? .*, in spawn_main\n(?: .*\n)*? +preparation_data = reduction\.pickle\.load\(from_parent\)\n"
    r"(?: .*\n)*(?:EOFError: Ran out of input|_pickle\.UnpicklingError: pickle data was truncated)\n"
)
"""A child whose parent was killed before it could say what the child was to be: Python's own words, and all it does."""


@dataclass
class Findings:
    """What was found; a soak is passed where ``wrong`` is empty."""

    runs: int = 0
    jobs: Counter[str] = field(default_factory=Counter)
    """Of all campaigns, by how they have ended."""
    records: int = 0
    missing: list[Missing] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    """Of all starts that were given."""
    given_up: int = 0
    """Runs that were killed in each of their three starts: a person is told, as promised."""
    alarms: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def examine(bench: VirtualBench) -> Findings:
    """Look at everything once nothing runs any more."""
    jobs = soak_jobs(bench)
    found = Findings(jobs=Counter(job.state for job in jobs))
    for job in jobs:
        if job.run is not None:
            _examine_run(bench, job, job.run, found)
    found.wrong += [*badly_launched(bench, jobs), *started_twice(bench), *left_open(bench), *tracebacks(bench)]
    with reading(bench.engine) as connection:
        of_starts = sa.select(intents.c.outcome).where(intents.c.action == "start")
        found.outcomes.update(str(outcome) for outcome in connection.scalars(of_starts))
        found.alarms.update(
            re.sub(r"\d+(\.\d+)?", "N", message) for message in connection.scalars(sa.select(alarms.c.message))
        )
        stored = connection.scalar(sa.select(sa.func.count()).select_from(records)) or 0
    if stored != found.records:
        found.wrong.append(f"{stored} records are stored, the instruments have measured {found.records} of them")
    return found


def _examine_run(bench: VirtualBench, job: SoakJob, run: int, found: Findings) -> None:
    found.runs += 1
    place, ends = job.bench, RUN_ENDS[EXPECTED[job.key]]
    if job.run_state == "failed" and job.run_reason == THREE_TIMES:
        found.given_up += 1
    elif job.run_state != ends:
        found.wrong.append(f"run {run} on {place} is {job.run_state}, not {ends}: {job.run_reason}")
    try:
        if place.startswith("A"):
            found.records += assert_stored_equals_ledger(bench, run, int(place[1:]))
        else:
            stored, missing = check_vsp_run(bench, run, place)
            found.records += stored
            found.missing += [missing] if missing.gaps else []
    except AssertionError as error:
        found.wrong.append(f"run {run} on {place} is not what the instrument has: {error}")


def started_twice(bench: VirtualBench) -> Iterator[str]:
    """However many attempts there were: one test at most for each segment, and none that is nobody's."""
    for instrument in ("bts-1", "vsp-1"):
        of_segments: Counter[str] = Counter()
        for test in bench.control.tests(instrument):
            ours = _OURS.fullmatch(test["barcode"])
            if ours is None:
                yield f"{instrument} has a test of nobody: {test['barcode']!r}"
            else:
                of_segments[ours["segment"]] += 1
        yield from (f"{segment} was started {times} times" for segment, times in of_segments.items() if times > 1)


def left_open(bench: VirtualBench) -> Iterator[str]:
    """Intents without an outcome, analyses that are not done, alarms that nobody has cleared."""
    with reading(bench.engine) as connection:
        opened = sa.select(intents.c.run_id, intents.c.action).where(intents.c.outcome.is_(None))
        yield from (f"run {row.run_id} has an open intent: {row.action}" for row in connection.execute(opened))
        undone = sa.select(analyses.c.run_id, analyses.c.name, analyses.c.state, analyses.c.error)
        for row in connection.execute(undone.where(analyses.c.state != "done")):
            yield f"analysis {row.name} of run {row.run_id} is {row.state}: {row.error}"
        wanted = sa.select(runs.c.id).where(runs.c.state == "completed")
        wanted = wanted.where(sa.not_(sa.exists().where(analyses.c.run_id == runs.c.id)))
        wanted = wanted.where(runs.c.protocol.not_in(_WITHOUT_ANALYSES))
        yield from (f"run {run} is completed without its analyses" for run in connection.scalars(wanted))
        raised = sa.select(alarms.c.source, alarms.c.message).where(alarms.c.cleared_unix_s.is_(None))
        for row in connection.execute(raised):
            told = f"{row.source}: {row.message}"
            if not _MAY_STAY.fullmatch(told) and row.message != THREE_TIMES:
                yield f"an alarm stays: {told}"


def tracebacks(bench: VirtualBench) -> Iterator[str]:
    """What no process of the service may ever say."""
    for name in ("node.log", "web.log"):
        path = bench.folder / name
        said = traceback_in(path.read_text(errors="replace") if path.exists() else "")
        if said:
            yield f"a traceback in {name}: {said}"


def traceback_in(text: str) -> str:
    """The first traceback with what follows, "" where there is none that the service could help."""
    _, begin, rest = _ORPHAN.sub("", text).partition("Traceback (most recent call last)")
    return (begin + rest)[:3000]
