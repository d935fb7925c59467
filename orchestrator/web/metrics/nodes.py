"""Metrics of nodes and of how they get on with their instruments."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.metrics_core import Metric
from sqlalchemy import Connection, select

from orchestrator.config import Lab
from orchestrator.store.chambers import list_chambers
from orchestrator.store.node_status import node_statuses
from orchestrator.store.tables import instruments
from orchestrator.web.metrics.families import counter, gauge

__all__ = ["node_metrics"]

_NODE = ("node",)
_INSTRUMENT = ("instrument",)


def node_metrics(connection: Connection, lab: Lab, now_unix_s: float) -> Iterator[Metric]:
    """What the nodes report, and since when instruments are silent."""
    nodes, calls = node_statuses(connection)
    yield gauge(
        "node_last_loop_age_seconds",
        "Age of the node's last report, plus by how much its slowest loop is overdue.",
        _NODE,
        [((node.node,), node.age_s + node.overdue_s) for node in nodes],
    )
    backlog = [((node.node,), node.backlog) for node in nodes]
    what = "Records and changes that wait to be committed, those in the spool too."
    yield gauge("recorder_backlog_records", what, _NODE, backlog)
    stalls = [((node.node,), node.stalls) for node in nodes]
    yield counter("loop_stalls", "How often the node stood still for more than 5 s.", _NODE, stalls)
    jumps = [((node.node,), node.clock_jumps) for node in nodes]
    yield counter("clock_jumps", "How often the node's clock was set by more than 2 s.", _NODE, jumps)
    outcomes = [((one.instrument, how), count) for one in calls.values() for how, count in one.outcomes.items()]
    yield counter("instrument_exchanges", "Looks and orders, by outcome.", ("instrument", "outcome"), outcomes)
    late = [((one.instrument,), one.late_s) for one in calls.values()]
    yield gauge("poll_lateness_seconds", "The latest a look began after it was due.", _INSTRUMENT, late)
    silent = _silent(connection, lab, now_unix_s)
    yield gauge("instrument_silent_seconds", "0 while it answers, else since when not.", _INSTRUMENT, silent.items())


def _silent(connection: Connection, lab: Lab, now_unix_s: float) -> dict[tuple[str, ...], float]:
    """Seconds of the lab's clock; what has never answered is missing."""
    heard = [
        (row.name, row.connected, row.last_seen_unix_s, lab.instruments[row.name].lost_after_s)
        for row in connection.execute(select(instruments).where(instruments.c.name.in_(lab.instruments)))
    ]
    heard += [
        (row.name, row.last_error is None, row.seen_unix_s, lab.chambers[row.name].lost_after_s)
        for row in list_chambers(connection)
        if row.name in lab.chambers
    ]
    silent: dict[tuple[str, ...], float] = {}
    for name, answers, seen_unix_s, lost_after_s in heard:
        if seen_unix_s is not None:
            age_s = abs(now_unix_s - seen_unix_s)
            silent[name,] = 0.0 if answers and age_s <= lost_after_s else age_s
    return silent
