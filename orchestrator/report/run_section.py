"""What a report tells of one run, as text ready to be set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orchestrator.analysis.ranges import spoken
from orchestrator.analysis.result import Value
from orchestrator.report.measured_run import Analysed, MeasuredRun
from orchestrator.report.numbers import NOTHING, number_text
from orchestrator.report.times import duration, moment
from orchestrator.report.wording import Wording
from orchestrator.store.event_kinds import GAP_EVENT

__all__ = ["AnalysisSection", "RunSection", "analysis_section", "run_section"]


@dataclass(frozen=True, slots=True)
class AnalysisSection:
    """One analysis with everything it says."""

    name: str
    runs: tuple[int, ...]
    options: str
    state: str
    error: str | None
    values: tuple[tuple[str, str, str, str], ...]
    """Name, value with uncertainty, unit, note."""
    warnings: tuple[str, ...]
    code_version: str
    input_sha256: str
    used: str


@dataclass(frozen=True, slots=True)
class RunSection:
    """One run."""

    id: int
    cell: str
    protocol: str
    facts: tuple[tuple[str, str], ...]
    plan: tuple[str, ...]
    analyses: tuple[AnalysisSection, ...]
    gaps: tuple[str, ...]
    events: tuple[tuple[str, str, str, str], ...]
    alarms: tuple[tuple[str, str, str, str], ...]


def run_section(run: MeasuredRun, wording: Wording) -> RunSection:
    """Return the texts of a run."""
    return RunSection(
        id=run.id,
        cell=run.cell.id,
        protocol=run.run.protocol,
        facts=tuple(_facts(run, wording)),
        plan=tuple(map(wording.row, run.run.description)),
        analyses=tuple(analysis_section(one, wording) for one in run.analyses),
        gaps=tuple(_gaps(run, wording)),
        events=tuple(
            (moment(one.unix_time_s), one.actor, wording.t(one.kind), wording.say(one.message)) for one in run.events
        ),
        alarms=tuple(
            (
                moment(one.raised_unix_s),
                wording.t(one.severity),
                wording.say(one.message),
                one.acknowledged_reason or NOTHING,
            )
            for one in run.alarms
        ),
    )


def _facts(run: MeasuredRun, wording: Wording) -> Iterator[tuple[str, str]]:
    detail, cell, t = run.run, run.cell, wording.t
    state = t(detail.state)
    yield t("state"), state if detail.reason is None else f"{state}: {wording.say(detail.reason)}"
    yield t("cell"), ", ".join((cell.id, *_properties(run, wording)))
    if cell.metadata:
        yield t("entered with the cell"), _pairs(cell.metadata)
    yield t("protocol"), f"{detail.protocol}, SHA-256 {_sha256(run)}"
    yield t("parameters"), _pairs(detail.parameters) or t("none")
    yield t("channel"), " ".join(filter(None, (detail.bench, f"{detail.instrument}/{detail.channel}")))
    yield t("time"), _time(run, wording)
    records = sum(segment.records for segment in detail.segments)
    counted = {"records": records, "cycles": len(run.cycles), "spectra": detail.spectra}
    yield t("data"), t("{records} records, {cycles} cycles, {spectra} spectra", **counted)
    yield t("launched by"), detail.created_by


def _time(run: MeasuredRun, wording: Wording) -> str:
    start, end = run.run.started_unix_s, run.run.finished_unix_s
    elapsed = duration(None if start is None or end is None else end - start)
    return wording.t("{start} to {end} ({elapsed})", start=moment(start), end=moment(end), elapsed=elapsed)


def _properties(run: MeasuredRun, wording: Wording) -> Iterator[str]:
    cell = run.cell
    if cell.material:
        yield cell.material
    if cell.active_mass_g is not None:
        yield wording.t("{mass_mg} mg active", mass_mg=f"{1e3 * cell.active_mass_g:.4g}")
    if cell.area_cm2 is not None:
        yield f"{cell.area_cm2:.4g} cm²"
    if cell.nominal_capacity_Ah is not None:
        yield wording.t("{capacity_mAh} mAh nominal", capacity_mAh=f"{1e3 * cell.nominal_capacity_Ah:.4g}")


def _sha256(run: MeasuredRun) -> str:
    return str(run.run.plan.get("protocol_sha256", NOTHING))[:16]


def _gaps(run: MeasuredRun, wording: Wording) -> Iterator[str]:
    damaged = [one.cycle for one in run.cycles if one.gap]
    if damaged:
        yield wording.t("records of {cycles} are known to be missing", cycles=wording.result(spoken(damaged)))
    yield from (wording.say(one.message) for one in run.events if one.kind == GAP_EVENT)


def analysis_section(analysed: Analysed, wording: Wording) -> AnalysisSection:
    """Return the texts of an analysis."""
    one, result = analysed.answer, analysed.result
    parts = [_ranges(part.cycles) for part in result.provenance if part.cycles] if result else []
    return AnalysisSection(
        name=wording.analysis(one.name),
        runs=tuple(one.run_ids),
        options=_pairs({name: str(value) for name, value in one.options.items()}),
        state=one.state,
        error=None if one.error is None else wording.say(one.error),
        values=tuple(_value(value, wording) for value in result.values) if result else (),
        warnings=tuple(map(wording.result, result.warnings)) if result else (),
        code_version=one.code_version or NOTHING,
        input_sha256=(one.input_sha256 or NOTHING)[:16],
        used="; ".join(wording.t("cycles {ranges}", ranges=part) for part in parts),
    )


def _value(value: Value, wording: Wording) -> tuple[str, str, str, str]:
    unit = "" if value.unit == "1" else wording.result(value.unit)
    name, note = wording.result(value.name), wording.result(value.note or "")
    if value.value is None:
        return name, NOTHING, unit, note
    counted = value.unit == "1" and value.uncertainty is None and value.value.is_integer()
    text = f"{value.value:.0f}" if counted else number_text(value.value, 5)
    if value.uncertainty is not None:
        text += f" ± {number_text(value.uncertainty, 2)}"
    return name, text, unit, note


def _ranges(ranges: tuple[tuple[int, int], ...]) -> str:
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in ranges)


def _pairs(texts: Mapping[str, str]) -> str:
    return ", ".join(f"{name} = {text}" for name, text in texts.items())
