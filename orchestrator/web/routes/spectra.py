"""Impedance spectra of a run."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from orchestrator.store.spectra import Spectrum, list_spectra, read_points
from orchestrator.web.models.fields import ID_MAX
from orchestrator.web.models.page import Page
from orchestrator.web.models.spectra import SpectrumAnswer, SpectrumDetail
from orchestrator.web.plain_columns import plain
from orchestrator.web.refusal import NotFound
from orchestrator.web.routes.parameters import Limit, Offset, RunId
from orchestrator.web.run_rows import require_run
from orchestrator.web.service import ReadingConnection

__all__ = ["router"]

router = APIRouter(prefix="/runs/{run_id}/spectra", tags=["spectra"])
_Number = Annotated[int, Path(ge=1, le=ID_MAX, description="Number of the spectrum in the run.", examples=[3])]


@router.get("")
def get_spectra(
    run_id: RunId, connection: ReadingConnection, limit: Limit = 50, offset: Offset = 0
) -> Page[SpectrumAnswer]:
    """Spectra of a run in the order in which they were measured."""
    require_run(connection, run_id)
    found = list_spectra(connection, run_id)
    items = [_answer(one) for one in found[offset : offset + limit]]
    return Page(items=items, total=len(found), limit=limit, offset=offset)


@router.get("/{spectrum}")
def get_spectrum(run_id: RunId, spectrum: _Number, connection: ReadingConnection) -> SpectrumDetail:
    """One spectrum with its points; spectrum, cycle and test time are the run's."""
    require_run(connection, run_id)
    found = list_spectra(connection, run_id)
    one = next((one for one in found if one.number == spectrum), None)
    if one is None:
        raise NotFound(f"run {run_id} has no spectrum {spectrum}; there are {len(found)} so far")
    columns = read_points(connection, one.span, one.first_seq, one.last_seq)
    return SpectrumDetail(
        **_answer(one).model_dump(), columns={name: plain(column) for name, column in columns.items()}
    )


def _answer(one: Spectrum) -> SpectrumAnswer:
    return SpectrumAnswer(
        spectrum=one.number,
        cycle=one.cycle,
        item=one.span.item,
        step=one.step,
        label=one.label,
        line=one.line,
        points=one.points,
        frequency_min_Hz=one.frequency_min_Hz,
        frequency_max_Hz=one.frequency_max_Hz,
        started_unix_s=one.started_unix_s,
        started_test_time_s=one.started_test_time_s,
        ended_test_time_s=one.ended_test_time_s,
        voltage_V=one.voltage_V,
        current_A=one.current_A,
        temperature_degC=one.temperature_degC,
    )
