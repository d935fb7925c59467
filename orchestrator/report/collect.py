"""Asking the service for everything that a report tells of runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeVar

from orchestrator.analysis.result import AnalysisResult
from orchestrator.report.measured_run import Analysed, MeasuredRun, Profile
from orchestrator.report.panel_choice import chosen_panels
from orchestrator.report.profiles import chosen_cycles, read_profile
from orchestrator.report.source import ReportSource
from orchestrator.report.voltage_course import read_course
from orchestrator.web.models.analysis import AnalysisAnswer
from orchestrator.web.models.cell import CellAnswer
from orchestrator.web.models.log import AlarmAnswer
from orchestrator.web.models.run import RunDetail

__all__ = ["Collected", "collect_runs"]

_EVENTS = 200
_AT_ONCE = 4
_Asked = TypeVar("_Asked")
_Told = TypeVar("_Told")
_NO_PROFILES = frozenset({"voltammetry", "gitt", "impedance_fit"})
"""Where one of these was asked for the cycles are no charge and discharge that anybody looks at, also if it failed."""


@dataclass(frozen=True, slots=True)
class Collected:
    """Everything that was asked for."""

    runs: tuple[MeasuredRun, ...]
    joint: tuple[Analysed, ...]
    """Analyses of several runs together, all of them among these."""


def collect_runs(client: ReportSource, run_ids: Sequence[int], cycles: Sequence[int | str]) -> Collected:
    """Ask for these runs, in this order; ``cycles`` are those whose voltage is shown. Raises ClientError."""
    alarms = client.alarms(open_only=False)
    details = _at_once(client.run, run_ids)
    names = list(dict.fromkeys(run.cell for run in details))
    cells = dict(zip(names, _at_once(client.cell, names), strict=True))
    analyses = _at_once(client.analyses, run_ids)
    alone = {
        run.id: [one for one in told if one.run_ids == [run.id]] for run, told in zip(details, analyses, strict=True)
    }
    found = _at_once(lambda run: _collect(client, run, cells[run.cell], alone[run.id], alarms), details)
    joint = {
        one.id: one for told in analyses for one in told if len(one.run_ids) > 1 and set(one.run_ids) <= set(run_ids)
    }
    newest_first = [joint[number] for number in sorted(joint, reverse=True)]
    return Collected(_with_profiles(client, found, cycles), _newest(newest_first))


def _at_once(ask: Callable[[_Asked], _Told], of: Iterable[_Asked]) -> list[_Told]:
    """Ask of each, in order, a few at a time: the service answers one while another is read here."""
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="report") as pool:
        return list(pool.map(ask, of))


def _with_profiles(
    client: ReportSource, runs: Sequence[MeasuredRun], cycles: Sequence[int | str]
) -> tuple[MeasuredRun, ...]:
    """Read records of those runs only that will have a panel: they are most of what a report asks for."""
    protocols: dict[str, list[MeasuredRun]] = {}
    for run in runs:
        asked = {one.answer.name for one in run.analyses}
        if not asked & _NO_PROFILES and chosen_cycles(run.cycles, cycles):
            protocols.setdefault(run.run.protocol, []).append(run)
    shown = [run for together in protocols.values() for run in chosen_panels(together)]
    wanted = [(run.id, row) for run in shown for row in chosen_cycles(run.cycles, cycles)]
    read = _at_once(lambda one: read_profile(client, *one), wanted)
    profiles: dict[int, list[Profile]] = {}
    for (run_id, _), profile in zip(wanted, read, strict=True):
        profiles.setdefault(run_id, []).append(profile)
    return tuple(replace(run, profiles=tuple(profiles.get(run.id, ()))) for run in runs)


def _collect(
    client: ReportSource,
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
