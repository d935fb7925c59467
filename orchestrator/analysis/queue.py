"""What a protocol asks for when its run completes."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from orchestrator.store.analyses import queue_analysis
from protocols.plan import AnalysisRequest

__all__ = ["queue_analyses"]


def queue_analyses(conn: Connection, run_id: int, requests: Iterable[AnalysisRequest], now: float) -> list[int]:
    """Queue what the protocol asks for, in its order; returns the ids of the rows. ``now`` in unix seconds."""
    return [queue_analysis(conn, run_id, request.name, request.options, now=now) for request in requests]
