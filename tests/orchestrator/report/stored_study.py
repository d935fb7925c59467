"""Runs of a small study in a database, with results of the real analyses on made data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Engine, insert, select

from orchestrator.analysis.cycles import cycles
from orchestrator.analysis.dq_dv import dq_dv
from orchestrator.analysis.impedance.arrhenius import arrhenius
from orchestrator.analysis.impedance.drt import drt
from orchestrator.analysis.impedance.impedance_fit import impedance_fit
from orchestrator.analysis.rate_capability import rate_capability
from orchestrator.analysis.result import AnalysisResult
from orchestrator.analysis.retention import retention
from orchestrator.analysis.titration.gitt import gitt
from orchestrator.analysis.voltammetry.voltammetry import voltammetry
from orchestrator.store import tables
from orchestrator.store.cells import insert_cell
from orchestrator.store.events import GAP_EVENT, append_event
from orchestrator.store.transactions import writing
from protocols.cell import Cell
from protocols.storage import dump_plan
from tests.orchestrator.analysis import test_dq_dv as made_peaks
from tests.orchestrator.analysis import test_rate_capability as made_ladder
from tests.orchestrator.analysis.impedance import made_spectra
from tests.orchestrator.analysis.impedance.test_arrhenius import spectra
from tests.orchestrator.analysis.stored_run import LAUNCH_UNIX_S, cycle_row, half_cell, plan_of, store_records
from tests.orchestrator.analysis.titration.made_titration import Titration
from tests.orchestrator.analysis.titration.made_titration import dataset_of as titration_of
from tests.orchestrator.analysis.voltammetry.made_sweeps import dataset_of as sweeps_of
from tests.orchestrator.analysis.voltammetry.test_voltammetry import records_of

MASS_G = 0.00275
LOW = Cell(
    "L1", MASS_G, 1.131, 0.00335, 0.01, 1.5, "sio_c_l", {"alkali_solubility_pct": "4.8", "batch": "<b>7</b> & 8"}
)
HIGH = Cell("H1", MASS_G, 1.131, 0.00335, 0.01, 1.5, "sio_c_h", {"alkali_solubility_pct": "47.5"})
HASH = "9f" * 32
RESISTANCE_WARNING = "spectrum 3 left out: R_ct came out negative"


@cache
def formation_result() -> AnalysisResult:
    rows = [cycle_row(1, 3.8e-3, 5.1e-3), *(cycle_row(n, 3.8e-3, 3.81e-3) for n in range(2, 6))]
    return cycles(half_cell(rows))


@cache
def ladder_results() -> dict[str, AnalysisResult]:
    dataset = half_cell(made_ladder.ladder_rows(), plan=made_ladder.PLAN)
    return {"cycles": cycles(dataset), "rate_capability": rate_capability(dataset)}


@cache
def cycling_results() -> dict[str, AnalysisResult]:
    rows = [cycle_row(n, 1.7e-3 * (1 - n / 2000), 1.72e-3 * (1 - n / 2000)) for n in range(1, 211)]
    return {"cycles": cycles(half_cell(rows)), "retention": retention(half_cell(rows), at="100, 200")}


@cache
def electrochemical_results(energy_kJ_mol: float) -> dict[str, AnalysisResult]:
    warmed = made_spectra.dataset_of(spectra(energy_kJ_mol))
    found = arrhenius(warmed)
    return {
        "impedance_fit": impedance_fit(warmed),
        "drt": drt(warmed),
        "arrhenius": replace(found, warnings=(*found.warnings, RESISTANCE_WARNING)),
    }


@cache
def sweeps_result() -> AnalysisResult:
    return voltammetry(sweeps_of(records_of()), concentration_mol_cm3=0.024)


@cache
def titration_result() -> AnalysisResult:
    return gitt(titration_of(Titration().records()))


@cache
def peaks_result() -> AnalysisResult:
    return dq_dv(made_peaks.dataset_of(made_peaks.records()))


def profile_records(cycles_made: int = 2) -> pd.DataFrame:
    """Records of discharge and charge, a cycle an hour, as in ``cycle_row``."""
    frame = made_peaks.records(cycles=cycles_made, count=80)
    time_s = 3600.0 * (frame["cycle"] - 1) + 3600.0 * frame.groupby("cycle").cumcount() / 160
    return frame.assign(test_time_s=time_s, seq=range(1, len(frame) + 1))


def store_study(engine: Engine) -> dict[str, int]:
    """Store everything; returns the run of each name."""
    with writing(engine) as connection:
        for cell in (LOW, HIGH):
            known = connection.execute(select(tables.cells.c.id).where(tables.cells.c.id == cell.id)).first()
            if known:
                connection.execute(
                    tables.cells.update()
                    .where(tables.cells.c.id == cell.id)
                    .values(material=cell.material, metadata=cell.metadata)
                )
            else:
                insert_cell(connection, cell, now=LAUNCH_UNIX_S)
        return {
            "formation": _formation(connection),
            "ladder": store_run(connection, LOW, "rate-ladder", ladder_results()),
            "cycling": store_run(connection, LOW, "cycling-2c-500", cycling_results()),
            "peaks": store_run(connection, LOW, "slow", {"dq_dv": peaks_result()}),
            "sweeps": store_run(connection, LOW, "cv-scan-rates", {"voltammetry": sweeps_result()}),
            "titration": store_run(connection, LOW, "gitt", {"gitt": titration_result()}, records=profile_records()),
            "low": store_run(connection, LOW, "impedance-temperature", electrochemical_results(12.06)),
            "high": store_run(connection, HIGH, "impedance-temperature", electrochemical_results(24.53)),
        }


def _formation(connection: Connection) -> int:
    rows = [cycle_row(1, 2e-3, 2e-3), cycle_row(2, 2e-3, 2e-3), cycle_row(3, 1e-3, 2e-3, gap=True, complete=False)]
    run_id = store_run(
        connection, LOW, "formation", {"cycles": formation_result()}, records=profile_records(), cycle_rows=rows
    )
    append_event(
        connection, now=LAUNCH_UNIX_S, actor="engine", kind=GAP_EVENT, run_id=run_id, message="up to 12 records lost"
    )
    connection.execute(
        insert(tables.alarms).values(
            raised_unix_s=LAUNCH_UNIX_S, severity="warning", source=f"run {run_id}", message="cell is <warm>"
        )
    )
    return run_id


def store_run(
    connection: Connection,
    cell: Cell,
    protocol: str,
    results: Mapping[str, AnalysisResult],
    *,
    records: pd.DataFrame | None = None,
    cycle_rows: Sequence[Mapping[str, Any]] = (),
) -> int:
    plan = replace(plan_of({"cycling": 1e-3}, cell=cell), protocol=protocol)
    if not connection.execute(select(tables.protocols.c.sha256)).first():
        connection.execute(
            insert(tables.protocols).values(
                sha256=plan.protocol_sha256, name=protocol, source="cellbench: 1\n", created_unix_s=LAUNCH_UNIX_S
            )
        )
    run = {
        "cell_id": cell.id,
        "protocol_sha256": plan.protocol_sha256,
        "protocol": protocol,
        "instrument": "bts-1",
        "channel": "27-21-1-1",
        "plan": dump_plan(plan),
        "desired": "run",
        "state": "completed",
        "item": 0,
        "created_unix_s": LAUNCH_UNIX_S - 60,
        "created_by": "lena",
        "started_unix_s": LAUNCH_UNIX_S,
        "finished_unix_s": LAUNCH_UNIX_S + 7200,
        "cycles_done": 2,
    }
    run_id = int(connection.execute(insert(tables.runs).values(run).returning(tables.runs.c.id)).scalar_one())
    if cycle_rows:
        connection.execute(insert(tables.cycles), [{"run_id": run_id, **row} for row in cycle_rows])
    if records is not None:
        _store_segment(connection, run_id, records)
    for name, result in results.items():
        store_result(connection, run_id, name, result)
    return run_id


def store_result(connection: Connection, run_id: int, name: str, result: AnalysisResult) -> int:
    row = insert(tables.analyses).values(
        run_id=run_id,
        name=name,
        options={},
        state="done",
        code_version="cellbench 0.1.0",
        input_sha256=HASH,
        result=result.to_json(),
        created_unix_s=LAUNCH_UNIX_S,
        finished_unix_s=LAUNCH_UNIX_S + 1,
    )
    return int(connection.execute(row.returning(tables.analyses.c.id)).scalar_one())


def _store_segment(connection: Connection, run_id: int, records: pd.DataFrame) -> None:
    origin = {"line": 12, "path": "steps[0]", "label": "cycling"}
    values = {
        "run_id": run_id,
        "number": 0,
        "attempt": 1,
        "tag": f"L1#{run_id}.0.1",
        "media_type": "application/xml",
        "content": b"<root/>",
        "step_map": [{"step": 1, "kind": "constant_current", "origin": origin, "loops": []}],
        "test_id": "71",
        "cursor": "",
        "records": len(records),
        "cycle_offset": 0,
        "time_offset_s": 0.0,
        "outcome": "finished",
    }
    row = insert(tables.segments).values(values).returning(tables.segments.c.id)
    segment_id = int(connection.execute(row).scalar_one())
    store_records(connection, segment_id, {name: records[name].to_numpy() for name in records.columns})
