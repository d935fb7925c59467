"""Asking the service for everything that a report tells of runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from orchestrator.analysis.result import AnalysisResult
from orchestrator.client import Client
from orchestrator.report.measured_run import Analysed, MeasuredRun
from orchestrator.report.panel_choice import chosen_panels
from orchestrator.report.profiles import chosen_cycles, read_profile
from orchestrator.report.voltage_course import read_course
from orchestrator.web.models.analysis import AnalysisAnswer
from orchestrator.web.models.cell import CellAnswer
from orchestrator.web.models.log import AlarmAnswer
from orchestrator.web.models.run import RunDetail

__all__ = ["Collected", "collect_runs"]

_EVENTS = 200
_NO_PROFILES = frozenset({"voltammetry", "gitt", "impedance_fit"})
"""Their runs have cycles too, but nobody looks at those as charge and discharge."""


@dataclass(frozen=True, slots=True)
class Collected:
    """Everything that was asked for."""

    runs: tuple[MeasuredRun, ...]
    joint: tuple[Analysed, ...]
    """Analyses of several runs together, all of them among these."""


def collect_runs(client: Client, run_ids: Sequence[int], cycles: Sequence[int | str]) -> Collected:
    """Ask for these runs, in this order; ``cycles`` are those whose voltage is shown. Raises ClientError."""
    cells: dict[str, CellAnswer] = {}
    joint: dict[int, AnalysisAnswer] = {}
    alarms = client.alarms(open_only=False)
    found = []
    for run_id in run_ids:
        run = client.run(run_id)
        if run.cell not in cells:
            cells[run.cell] = client.cell(run.cell)
        analyses = client.analyses(run_id)
        joint |= {one.id: one for one in analyses if len(one.run_ids) > 1 and set(one.run_ids) <= set(run_ids)}
        alone = [one for one in analyses if one.run_ids == [run_id]]
        found.append(_collect(client, run, cells[run.cell], alone, alarms))
    newest_first = [joint[number] for number in sorted(joint, reverse=True)]
    return Collected(_with_profiles(client, found, cycles), _newest(newest_first))


def _with_profiles(client: Client, runs: Sequence[MeasuredRun], cycles: Sequence[int | str]) -> tuple[MeasuredRun, ...]:
    """Read records of those runs only that will have a panel: they are most of what a report asks for."""
    protocols: dict[str, list[MeasuredRun]] = {}
    for run in runs:
        if not run.results.keys() & _NO_PROFILES and chosen_cycles(run.cycles, cycles):
            protocols.setdefault(run.run.protocol, []).append(run)
    profiles = {
        run.id: tuple(read_profile(client, run.id, row) for row in chosen_cycles(run.cycles, cycles))
        for together in protocols.values()
        for run in chosen_panels(together)
    }
    return tuple(replace(run, profiles=profiles.get(run.id, ())) for run in runs)


def _collect(
    client: Client,
    run: RunDetail,
    cell: CellAnswer,
    analyses: Sequence[AnalysisAnswer],
    alarms: Sequence[AlarmAnswer],
) -> MeasuredRun:
    newest = _newest(analyses)
    done = {one.answer.name for one in newest if one.result is not None}
    return MeasuredRun(
        run=run,
        cell=cell,
        analyses=newest,
        cycles=tuple(client.cycles(run.id)),
        course=read_course(client, run.id) if "gitt" in done else None,
        events=tuple(client.events(run.id, limit=_EVENTS)),
        alarms=tuple(one for one in alarms if _concerns(one, run)),
    )


def _newest(found: Sequence[AnalysisAnswer]) -> tuple[Analysed, ...]:
    """The newest of each name, options and runs, oldest first: the last of a name is the one to look at."""
    by_name: dict[str, AnalysisAnswer] = {}
    for one in found:  # newest first
        by_name.setdefault(f"{one.name} {sorted(one.options.items())} {one.run_ids}", one)
    return tuple(
        Analysed(one, None if one.result is None else AnalysisResult.from_json(one.result))
        for one in sorted(by_name.values(), key=lambda one: one.id)
    )


def _concerns(alarm: AlarmAnswer, run: RunDetail) -> bool:
    """Whether an alarm is the run's own, or its instrument's while it was under way."""
    if alarm.source == f"run {run.id}":
        return True
    if alarm.source != run.instrument or run.started_unix_s is None:
        return False
    over = alarm.cleared_unix_s
    ended = run.finished_unix_s
    return (over is None or over >= run.started_unix_s) and (ended is None or alarm.raised_unix_s <= ended)
