"""Metrics of what is stored, and of where."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.metrics_core import Metric
from sqlalchemy import Connection, func, select

from orchestrator.config import Lab
from orchestrator.store.disks import list_disks
from orchestrator.store.tables import RUN_STATES, alarms, runs, segments
from orchestrator.web.metrics.backups import newest_backup_age_s
from orchestrator.web.metrics.families import counter, gauge, number

__all__ = ["storage_metrics"]

_SEVERITIES = ("warning", "critical")


def storage_metrics(connection: Connection, lab: Lab) -> Iterator[Metric]:
    """Runs, alarms, records, disks, backups."""
    counted = connection.execute(select(runs.c.state, func.count().label("runs")).group_by(runs.c.state))
    by_state = {row.state: row.runs for row in counted}
    yield gauge("runs", "Runs in each state.", ("state",), [((state,), by_state.get(state, 0)) for state in RUN_STATES])
    query = select(alarms.c.severity, func.count().label("alarms")).where(alarms.c.cleared_unix_s.is_(None))
    counted = connection.execute(query.group_by(alarms.c.severity))
    by_severity = {row.severity: row.alarms for row in counted}
    opened = [((severity,), by_severity.get(severity, 0)) for severity in _SEVERITIES]
    yield gauge("alarms_open", "Alarms that are not over.", ("severity",), opened)
    unseen = query.where(alarms.c.acknowledged_unix_s.is_(None)).group_by(alarms.c.severity)
    by_severity = {row.severity: row.alarms for row in connection.execute(unseen)}
    waiting = [((severity,), by_severity.get(severity, 0)) for severity in _SEVERITIES]
    yield gauge("alarms_unacknowledged", "Alarms that are not over and that nobody has seen.", ("severity",), waiting)
    stored = connection.scalar(select(func.sum(segments.c.records))) or 0
    yield counter("records_stored", "Records in the database.", (), [((), stored)])
    disks = list_disks(connection)
    free = [((row.node, row.folder), row.free_B) for row in disks]
    yield gauge("disk_free_bytes", "Free on the disk of a folder.", ("node", "folder"), free)
    size = [((row.node, row.folder), row.total_B) for row in disks]
    yield gauge("disk_size_bytes", "Size of the disk of a folder.", ("node", "folder"), size)
    yield number("last_backup_age_seconds", "Since the newest backup was made.", newest_backup_age_s(lab))
