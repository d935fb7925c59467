"""What a report tells of one run, as text ready to be set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orchestrator.analysis.ranges import spoken
from orchestrator.analysis.result import Value
from orchestrator.report.measured_run import Analysed, MeasuredRun
from orchestrator.report.numbers import NOTHING, number_text
from orchestrator.report.times import duration, moment
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


def run_section(run: MeasuredRun) -> RunSection:
    """Return the texts of a run."""
    return RunSection(
        id=run.id,
        cell=run.cell.id,
        protocol=run.run.protocol,
        facts=tuple(_facts(run)),
        plan=tuple(run.run.description),
        analyses=tuple(analysis_section(one) for one in run.analyses),
        gaps=tuple(_gaps(run)),
        events=tuple((moment(one.unix_time_s), one.actor, one.kind, one.message) for one in run.events),
        alarms=tuple(
            (moment(one.raised_unix_s), one.severity, one.message, one.acknowledged_reason or NOTHING)
            for one in run.alarms
        ),
    )


def _facts(run: MeasuredRun) -> Iterator[tuple[str, str]]:
    detail, cell = run.run, run.cell
    yield "state", detail.state if detail.reason is None else f"{detail.state}: {detail.reason}"
    yield "cell", ", ".join((cell.id, *_properties(run)))
    if cell.metadata:
        yield "entered with the cell", _pairs(cell.metadata)
    yield "protocol", f"{detail.protocol}, SHA-256 {_sha256(run)}"
    yield "parameters", _pairs(detail.parameters) or "none"
    yield "channel", " ".join(filter(None, (detail.bench, f"{detail.instrument}/{detail.channel}")))
    elapsed = None
    if detail.started_unix_s is not None and detail.finished_unix_s is not None:
        elapsed = detail.finished_unix_s - detail.started_unix_s
    yield "time", f"{moment(detail.started_unix_s)} to {moment(detail.finished_unix_s)} ({duration(elapsed)})"
    records = sum(segment.records for segment in detail.segments)
    yield "data", f"{records} records, {len(run.cycles)} cycles, {detail.spectra} spectra"
    yield "launched by", detail.created_by


def _properties(run: MeasuredRun) -> Iterator[str]:
    cell = run.cell
    if cell.material:
        yield cell.material
    if cell.active_mass_g is not None:
        yield f"{1e3 * cell.active_mass_g:.4g} mg active"
    if cell.area_cm2 is not None:
        yield f"{cell.area_cm2:.4g} cm²"
    if cell.nominal_capacity_Ah is not None:
        yield f"{1e3 * cell.nominal_capacity_Ah:.4g} mAh nominal"


def _sha256(run: MeasuredRun) -> str:
    return str(run.run.plan.get("protocol_sha256", NOTHING))[:16]


def _gaps(run: MeasuredRun) -> Iterator[str]:
    damaged = [one.cycle for one in run.cycles if one.gap]
    if damaged:
        yield f"records of {spoken(damaged)} are known to be missing"
    yield from (one.message for one in run.events if one.kind == GAP_EVENT)


def analysis_section(analysed: Analysed) -> AnalysisSection:
    """Return the texts of an analysis."""
    one, result = analysed.answer, analysed.result
    used = "; ".join(f"cycles {_ranges(part.cycles)}" for part in result.provenance if part.cycles) if result else ""
    return AnalysisSection(
        name=one.name,
        runs=tuple(one.run_ids),
        options=_pairs({name: str(value) for name, value in one.options.items()}),
        state=one.state,
        error=one.error,
        values=tuple(map(_value, result.values)) if result else (),
        warnings=result.warnings if result else (),
        code_version=one.code_version or NOTHING,
        input_sha256=(one.input_sha256 or NOTHING)[:16],
        used=used,
    )


def _value(value: Value) -> tuple[str, str, str, str]:
    unit = "" if value.unit == "1" else value.unit
    if value.value is None:
        return value.name, NOTHING, unit, value.note or ""
    counted = value.unit == "1" and value.uncertainty is None and value.value.is_integer()
    text = f"{value.value:.0f}" if counted else number_text(value.value, 5)
    if value.uncertainty is not None:
        text += f" ± {number_text(value.uncertainty, 2)}"
    return value.name, text, unit, value.note or ""


def _ranges(ranges: tuple[tuple[int, int], ...]) -> str:
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in ranges)


def _pairs(texts: Mapping[str, str]) -> str:
    return ", ".join(f"{name} = {text}" for name, text in texts.items())
