"""Carrying out queued analyses; runs in a worker process, never in the node's."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, select, update

from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.load_dataset import load_dataset
from orchestrator.analysis.registry import find_analysis
from orchestrator.store.database import open_database
from orchestrator.store.errors import StoreUnavailable
from orchestrator.store.tables import analyses
from orchestrator.store.transactions import reading, writing

__all__ = ["drain", "run_analysis"]

_log = logging.getLogger(__name__)

Now = Callable[[], float]


def run_analysis(database_url: str, analysis_id: int, now: Now) -> None:
    """Carry out one queued row and store its result, or the one line of its error. ``now`` gives unix seconds.

    A row that is not queued (any more) is left alone. Raises StoreUnavailable: the row may have to be queued again.
    """
    engine = open_database(database_url)
    try:
        _run(engine, analysis_id, now)
    finally:
        engine.dispose()


def drain(database_url: str, now: Now) -> None:
    """Carry out queued rows, oldest first, until none is left. Raises StoreUnavailable."""
    engine = open_database(database_url)
    oldest = select(analyses.c.id).where(analyses.c.state == "queued").order_by(analyses.c.id).limit(1)
    try:
        while True:
            with reading(engine) as conn:
                analysis_id = conn.execute(oldest).scalar()
            if analysis_id is None:
                return
            _run(engine, analysis_id, now)
    finally:
        engine.dispose()


def _run(engine: Engine, analysis_id: int, now: Now) -> None:
    row = _claim(engine, analysis_id)
    if row is None:
        return
    outcome: dict[str, Any]
    try:
        outcome = {"state": "done", **_compute(engine, row)}
    except AnalysisError as error:
        outcome = {"state": "failed", "error": str(error)}
    except StoreUnavailable:
        raise
    except Exception as error:  # noqa: BLE001 - an analysis may be anybody's: whatever it raises is its result
        _log.exception("analysis %s of run %s (row %s) failed", row["name"], row["run_id"], analysis_id)
        first_line = next(iter(str(error).splitlines()), "")
        outcome = {"state": "failed", "error": f"{type(error).__name__}: {first_line}"}
    with writing(engine) as conn:
        mine = (analyses.c.id == analysis_id) & (analyses.c.state == "running")
        conn.execute(update(analyses).where(mine).values(**outcome, finished_unix_s=now()))


def _claim(engine: Engine, analysis_id: int) -> dict[str, Any] | None:
    queued = (analyses.c.id == analysis_id) & (analyses.c.state == "queued")
    claim = update(analyses).where(queued).values(state="running", error=None)
    with writing(engine) as conn:
        row = conn.execute(claim.returning(analyses.c.run_id, analyses.c.name, analyses.c.options)).one_or_none()
    return None if row is None else row._asdict()


def _compute(engine: Engine, row: dict[str, Any]) -> dict[str, Any]:
    analysis = find_analysis(row["name"])
    analysis.check_options(row["options"])
    with reading(engine) as conn:
        dataset = load_dataset(conn, [row["run_id"]])
        result = analysis.function(dataset, **row["options"])
        return {
            "result": result.to_json(),
            "code_version": analysis.code_version,
            "input_sha256": dataset.input_sha256,
        }
