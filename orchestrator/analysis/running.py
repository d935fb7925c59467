"""Carrying out queued analyses; runs in a worker process, never in the node's."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine

from drivers.crash_point import reached
from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.load_dataset import load_dataset
from orchestrator.analysis.registry import RegisteredAnalysis, find_analysis
from orchestrator.crash_points import Point
from orchestrator.store.analyses import Analysis
from orchestrator.store.analysis_leases import any_to_take, finish_analysis, take_analysis
from orchestrator.store.database import open_database
from orchestrator.store.errors import StoreError, StoreUnavailable
from orchestrator.store.transactions import reading, writing

__all__ = ["drain", "run_analysis"]

_log = logging.getLogger(__name__)

_LOOK_EVERY_S = 0.25
Now = Callable[[], float]


def run_analysis(database_url: str, analysis_id: int, owner: str, now: Now) -> None:
    """Carry out one queued row and store its result, or the one line of its error. ``now`` gives unix seconds.

    A row that is not to be taken (any more) is left alone. Raises StoreUnavailable: it may have to be queued again.
    """
    with _opened(database_url) as engine:
        with writing(engine) as conn:
            taken = take_analysis(conn, owner, analysis_id)
        if taken is not None:
            _carry_out(engine, taken, owner, now)


def drain(
    database_url: str,
    owner: str,
    now: Now,
    go_on: Callable[[], bool] = lambda: True,
    *,
    linger_s: float = 0.0,
) -> None:
    """Carry out queued rows, oldest first, until there was none for ``linger_s`` wall seconds or ``go_on`` says no.

    Raises StoreUnavailable.
    """
    with _opened(database_url) as engine:
        idle_since = time.monotonic()
        while go_on():
            taken = _take(engine, owner)
            if taken is not None:
                _carry_out(engine, taken, owner, now)
                idle_since = time.monotonic()
            elif time.monotonic() - idle_since >= linger_s:
                return
            else:
                time.sleep(_LOOK_EVERY_S)


def _take(engine: Engine, owner: str) -> Analysis | None:
    """Look before taking: waiting for more shall not hold the database's one place for writers."""
    with reading(engine) as conn:
        if not any_to_take(conn):
            return None
    with writing(engine) as conn:
        return take_analysis(conn, owner)


@contextmanager
def _opened(database_url: str) -> Iterator[Engine]:
    engine = open_database(database_url)
    try:
        yield engine
    finally:
        engine.dispose()


def _carry_out(engine: Engine, claimed: Analysis, owner: str, now: Now) -> None:
    reached(Point.ANALYSIS_TAKEN)
    code_version = "unknown"
    outcome: dict[str, Any]
    try:
        analysis = find_analysis(claimed.name)
        code_version = analysis.code_version
        outcome = _compute(engine, analysis, claimed)
    except AnalysisError as error:
        outcome = {"error": str(error)}
    except StoreUnavailable:
        raise
    except Exception as error:  # noqa: BLE001 - an analysis may be anybody's: whatever it raises is its result
        _log.exception("analysis %s of run %s (row %s) failed", claimed.name, claimed.run_ids, claimed.id)
        first_line = next(iter(str(error).splitlines()), "")
        outcome = {"error": f"{type(error).__name__}: {first_line}"}
    try:
        with writing(engine) as conn:
            finish_analysis(conn, claimed.id, owner, now=now(), code_version=code_version, **outcome)
    except StoreUnavailable:
        raise
    except StoreError as error:  # the lease ran out meanwhile: the result is the other worker's to store
        _log.warning("%s", error)


def _compute(engine: Engine, analysis: RegisteredAnalysis, claimed: Analysis) -> dict[str, Any]:
    analysis.check_options(claimed.options)
    with reading(engine) as conn:
        dataset = load_dataset(conn, claimed.run_ids)
        result = analysis.function(dataset, **claimed.options)
        return {"result": result.to_json(), "input_sha256": dataset.input_sha256}
