"""How the nodes are, as each of them reports every few seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, Table, select

from orchestrator.store.database_clock import database_unix_s, now_column
from orchestrator.store.node_tables import instrument_status, node_status
from orchestrator.store.upsert import upsert

__all__ = [
    "InstrumentReport",
    "InstrumentStatus",
    "NodeReport",
    "NodeStatus",
    "instrument_report_ages",
    "node_reports",
    "node_statuses",
    "report_node",
]

_AHEAD_S = 10.0
"""A report from further ahead was written before the database's clock was set back: nobody knows how old it is."""


@dataclass(frozen=True, slots=True)
class NodeReport:
    """What a node says of itself."""

    node: str
    holder: str
    ready: bool
    overdue_s: float
    stuck: str | None
    backlog: int
    stalls: int
    clock_jumps: int


@dataclass(frozen=True, slots=True)
class InstrumentReport:
    """What it says of one of its instruments."""

    instrument: str
    outcomes: Mapping[str, int]
    late_s: float


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """The latest report of a node, and how old it is."""

    node: str
    holder: str
    age_s: float
    uptime_s: float
    """When it was written."""
    ready: bool
    overdue_s: float
    stuck: str | None
    backlog: int
    stalls: int
    clock_jumps: int


@dataclass(frozen=True, slots=True)
class InstrumentStatus:
    """The latest report of an instrument, and how old it is."""

    instrument: str
    node: str
    outcomes: Mapping[str, int]
    late_s: float
    age_s: float


def report_node(
    connection: Connection, node: NodeReport, instruments: Sequence[InstrumentReport], *, uptime_s: float
) -> None:
    """Write what a node says, in the place of what it said before."""
    now = database_unix_s(connection)
    row = {**asdict(node), "started_unix_s": now - uptime_s, "reported_unix_s": now}
    upsert(connection, node_status, [row])
    rows = [{**asdict(one), "node": node.node, "reported_unix_s": now} for one in instruments]
    upsert(connection, instrument_status, rows)


def node_statuses(connection: Connection) -> tuple[list[NodeStatus], dict[str, InstrumentStatus]]:
    """All nodes that ever reported, by name; and the instruments, by name."""
    instruments = {
        row.instrument: InstrumentStatus(
            row.instrument, row.node, row.outcomes, row.late_s, _age_s(row.now_unix_s, row.reported_unix_s)
        )
        for row in connection.execute(_statuses(connection.dialect.name, instrument_status))
    }
    return node_reports(connection), instruments


def node_reports(connection: Connection) -> list[NodeStatus]:
    """All nodes that ever reported, by name."""
    return [
        NodeStatus(
            row.node,
            row.holder,
            _age_s(row.now_unix_s, row.reported_unix_s),
            max(row.reported_unix_s - row.started_unix_s, 0.0),
            row.ready,
            row.overdue_s,
            row.stuck,
            row.backlog,
            row.stalls,
            row.clock_jumps,
        )
        for row in connection.execute(_statuses(connection.dialect.name, node_status))
    ]


def instrument_report_ages(connection: Connection) -> dict[str, float]:
    """Seconds since a node last reported of each instrument that one ever has reported of."""
    rows = connection.execute(_reported(connection.dialect.name))
    return {row.instrument: _age_s(row.now_unix_s, row.reported_unix_s) for row in rows}


# made once each: pages and their streams ask every second
@cache
def _statuses(dialect: str, table: Table) -> Select[Any]:
    return select(now_column(dialect), table).order_by(*table.primary_key)


@cache
def _reported(dialect: str) -> Select[str, float, float]:
    return select(now_column(dialect), *instrument_status.c["instrument", "reported_unix_s"])


def _age_s(now_unix_s: float, then_unix_s: float) -> float:
    age_s = now_unix_s - then_unix_s
    return abs(age_s) if age_s < -_AHEAD_S else max(age_s, 0.0)
