"""From the database to a Dataset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Row, select

from drivers.contracts import RECORD_COLUMNS, SPECTRUM_COLUMNS
from orchestrator.analysis.dataset import CYCLE_COLUMNS, TEMPERATURE_FROM, Dataset, RunData
from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.run_records import read_chunks
from orchestrator.store import tables
from orchestrator.store.spectra import read_points, spectrum_spans
from orchestrator.store.surroundings import ambient_of
from protocols.cell import Cell
from protocols.storage import load_plan

__all__ = ["load_dataset"]


def load_dataset(conn: Connection, run_ids: Sequence[int]) -> Dataset:
    """Return the runs as a dataset.

    Records and spectra are read when an analysis first asks for them: keep the connection open until then. Where they
    have no temperature of their own, they get the process value of the chamber around the cell.

    Raises AnalysisError for a run that does not exist.
    """
    return Dataset(tuple(_load_run(conn, run_id) for run_id in run_ids))


def _load_run(conn: Connection, run_id: int) -> RunData:
    run = conn.execute(select(tables.runs).where(tables.runs.c.id == run_id)).one_or_none()
    if run is None:
        raise AnalysisError(f"there is no run {run_id}")
    return RunData(
        run_id=run_id,
        cell=_load_cell(conn, run.cell_id),
        protocol=run.protocol,
        cycles=_load_cycles(conn, run_id),
        plan=load_plan(run.plan),
        read_records=lambda: _in_its_air(conn, run, _load_records(conn, run_id)),
        read_spectra=lambda: _in_its_air(conn, run, _load_spectra(conn, run_id), told_by=TEMPERATURE_FROM),
    )


def _load_cell(conn: Connection, cell_id: str) -> Cell:
    row = conn.execute(select(tables.cells).where(tables.cells.c.id == cell_id)).one()
    return Cell(
        id=row.id,
        active_mass_g=row.active_mass_g,
        area_cm2=row.area_cm2,
        nominal_capacity_Ah=row.nominal_capacity_Ah,
        window_min_V=row.window_min_V,
        window_max_V=row.window_max_V,
        material=row.material,
        metadata=dict(row.metadata),
    )


def _load_cycles(conn: Connection, run_id: int) -> pd.DataFrame:
    wanted = [tables.cycles.c[name] for name in CYCLE_COLUMNS]
    query = select(*wanted).where(tables.cycles.c.run_id == run_id).order_by(tables.cycles.c.cycle)
    frame = pd.DataFrame([tuple(row) for row in conn.execute(query)], columns=list(CYCLE_COLUMNS))
    types = {name: "float64" for name in CYCLE_COLUMNS if name[-2:] in ("_s", "Ah", "Wh")}
    return frame.astype({"cycle": "int64", "complete": "bool", "gap": "bool", "label": "object", **types})


def _load_records(conn: Connection, run_id: int) -> pd.DataFrame:
    chunks = [chunk.columns for chunk in read_chunks(conn, run_id)]
    kinds = {**RECORD_COLUMNS, "record": "int64"}
    if not chunks:
        return pd.DataFrame({name: np.empty(0, dtype=kind) for name, kind in kinds.items()})
    return pd.DataFrame({name: np.concatenate([chunk[name] for chunk in chunks]) for name in kinds})


def _load_spectra(conn: Connection, run_id: int) -> pd.DataFrame:
    parts = [read_points(conn, span, 1, span.last_seq) for span in spectrum_spans(conn, run_id)]
    parts.append({name: np.empty(0, dtype=kind) for name, kind in SPECTRUM_COLUMNS.items()})
    return pd.DataFrame({name: np.concatenate([part[name] for part in parts]) for name in SPECTRUM_COLUMNS})


def _in_its_air(conn: Connection, run: Row[Any], frame: pd.DataFrame, told_by: str | None = None) -> pd.DataFrame:
    """Fill temperatures that the instrument did not measure; ``told_by`` is a column for the chamber's name there."""
    bare = frame["temperature_degC"].isna().to_numpy()
    ambient = ambient_of(conn, run) if bare.any() else None
    if ambient is None:
        return frame
    temperature_degC = frame["temperature_degC"].to_numpy(float, copy=True)
    temperature_degC[bare] = ambient.at(conn, frame["unix_time_s"].to_numpy(float)[bare])
    filled = frame.assign(temperature_degC=temperature_degC)
    if told_by is None:
        return filled
    names = np.full(len(frame), None, dtype=object)
    names[bare & np.isfinite(temperature_degC)] = ambient.chamber
    return filled.assign(**{told_by: pd.Series(names, dtype="object")})
