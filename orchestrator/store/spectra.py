"""Impedance spectra of a run: where each lies, and its points, in the run's own numbers, cycles and test time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Row, func, select

from drivers.contracts import SPECTRUM_COLUMNS
from orchestrator.store.read_columns import read_columns
from orchestrator.store.tables import segments, spectra

__all__ = ["Spectrum", "SpectrumSpan", "count_spectra", "list_spectra", "read_points", "spectrum_spans"]


@dataclass(frozen=True, slots=True)
class SpectrumSpan:
    """A segment that has spectra, and what makes its counters those of the run."""

    segment_id: int
    item: int
    """Index into the plan's items."""
    cycle_offset: int
    time_offset_s: float
    spectrum_offset: int
    """Spectra of the earlier segments."""
    spectra: int
    last_seq: int


@dataclass(frozen=True, slots=True)
class Spectrum:
    """One impedance spectrum; ``number`` counts through the run, from 1."""

    number: int
    span: SpectrumSpan
    first_seq: int
    last_seq: int
    points: int
    cycle: int
    step: int
    label: str | None
    """The technician's, of the step that measured it."""
    line: int | None
    """Of the protocol file."""
    started_unix_s: float
    started_test_time_s: float
    ended_test_time_s: float
    frequency_min_Hz: float
    frequency_max_Hz: float
    voltage_V: float
    """Mean over the points."""
    current_A: float
    temperature_degC: float | None
    """Mean over the points that have one."""


def spectrum_spans(connection: Connection, run_id: int) -> list[SpectrumSpan]:
    """Segments of a run that have spectra, in the order in which they ran."""
    of_run = select(segments.c.id).where(segments.c.run_id == run_id).scalar_subquery()
    held = (
        select(
            spectra.c.segment_id,
            func.max(spectra.c.seq).label("last_seq"),
            func.max(spectra.c.spectrum).label("count"),
        )
        .where(spectra.c.segment_id.in_(of_run))
        .group_by(spectra.c.segment_id)
        .subquery()
    )
    told = (segments.c.id, segments.c.number, segments.c.cycle_offset, segments.c.time_offset_s)
    rows = connection.execute(
        select(*told, held.c.last_seq, held.c.count)
        .join(held, held.c.segment_id == segments.c.id)
        .order_by(segments.c.number, segments.c.attempt)
    ).all()
    spans: list[SpectrumSpan] = []
    offset = 0
    for segment_id, item, cycle_offset, time_offset_s, last_seq, count in rows:
        spans.append(SpectrumSpan(segment_id, item, cycle_offset, time_offset_s, offset, count, last_seq))
        offset += count
    return spans


def count_spectra(connection: Connection, run_id: int) -> int:
    """How many spectra a run has so far, one that goes on included."""
    return sum(span.spectra for span in spectrum_spans(connection, run_id))


def list_spectra(connection: Connection, run_id: int) -> list[Spectrum]:
    """All spectra of a run in the order in which they were measured; one that goes on has the points so far."""
    spans = spectrum_spans(connection, run_id)
    return [spectrum for span in spans for spectrum in _spectra_of(connection, span)]


def read_points(
    connection: Connection, span: SpectrumSpan, first_seq: int, last_seq: int
) -> dict[str, npt.NDArray[Any]]:
    """SPECTRUM_COLUMNS of points ``first_seq … last_seq`` of a segment; spectrum, cycle and test time are the run's."""
    columns = read_columns(connection, span.segment_id, first_seq, last_seq, tuple(SPECTRUM_COLUMNS), "spectra")
    return columns | {
        "spectrum": columns["spectrum"] + np.int32(span.spectrum_offset),
        "cycle": columns["cycle"] + np.int32(span.cycle_offset),
        "test_time_s": columns["test_time_s"] + span.time_offset_s,
    }


def _spectra_of(connection: Connection, span: SpectrumSpan) -> Iterable[Spectrum]:
    step_map = connection.execute(select(segments.c.step_map).where(segments.c.id == span.segment_id)).scalar_one()
    origins = {mapped["step"]: mapped.get("origin") or {} for mapped in step_map}
    point = spectra.c
    query = (
        select(
            point.spectrum,
            func.min(point.seq).label("first_seq"),
            func.max(point.seq).label("last_seq"),
            func.count().label("points"),
            func.min(point.cycle).label("cycle"),
            func.min(point.step).label("step"),
            func.min(point.unix_time_s).label("started_unix_s"),
            func.min(point.test_time_s).label("started_s"),
            func.max(point.test_time_s).label("ended_s"),
            func.min(point.frequency_Hz).label("least_Hz"),
            func.max(point.frequency_Hz).label("most_Hz"),
            func.avg(point.voltage_V).label("voltage_V"),
            func.avg(point.current_A).label("current_A"),
            func.avg(point.temperature_degC).label("temperature_degC"),
        )
        .where(point.segment_id == span.segment_id)
        .group_by(point.spectrum)
        .order_by(point.spectrum)
    )
    return [_spectrum(span, row, origins.get(row.step, {})) for row in connection.execute(query)]


def _spectrum(span: SpectrumSpan, row: Row[*tuple[Any, ...]], origin: dict[str, Any]) -> Spectrum:
    return Spectrum(
        number=span.spectrum_offset + row.spectrum,
        span=span,
        first_seq=row.first_seq,
        last_seq=row.last_seq,
        points=row.points,
        cycle=span.cycle_offset + row.cycle,
        step=row.step,
        label=origin.get("label"),
        line=origin.get("line"),
        started_unix_s=row.started_unix_s,
        started_test_time_s=span.time_offset_s + row.started_s,
        ended_test_time_s=span.time_offset_s + row.ended_s,
        frequency_min_Hz=row.least_Hz,
        frequency_max_Hz=row.most_Hz,
        voltage_V=row.voltage_V,
        current_A=row.current_A,
        temperature_degC=row.temperature_degC,
    )
