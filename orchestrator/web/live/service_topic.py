"""What every page follows: what is wrong, and whether anybody is there to see it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, select

from orchestrator.messages.trial import TRIAL_SOURCE
from orchestrator.store.node_status import node_reports
from orchestrator.store.tables import alarms, prompts, runs
from orchestrator.web.alarm_source import source_path
from orchestrator.web.live.topic import Rows, Snapshot
from orchestrator.web.run_rows import ENDED
from orchestrator.web.run_view import SILENT_AFTER_S

__all__ = ["look_at_service"]

_ALARMS_MAX = 20
# made once: they are asked once a second
_UNSEEN = (alarms.c.acknowledged_unix_s.is_(None), alarms.c.source.not_like(f"{TRIAL_SOURCE} %"))
_OF_ALL = func.count().over().label("of_all")
"""How many there are, the limit left aside."""
_FOREMOST = (
    select(*alarms.c["id", "raised_unix_s", "severity", "source", "message", "cleared_unix_s"], _OF_ALL)
    .where(*_UNSEEN)
    .order_by(alarms.c.severity != "critical", alarms.c.cleared_unix_s.is_not(None), alarms.c.id.desc())
    .limit(_ALARMS_MAX)
)
_WAITING = (
    select(prompts.c.run_id)
    .join(runs, runs.c.id == prompts.c.run_id)
    .where(prompts.c.answered_unix_s.is_(None), runs.c.state.not_in(ENDED))
)


def look_at_service(snapshot: Snapshot, _argument: str) -> Rows:
    """Keys: ``node/NAME``, whether it is silent; ``alarm/ID``, unacknowledged; ``alarms``, how many; ``prompts``."""
    found: dict[str, dict[str, Any]] = {}
    for report in node_reports(snapshot.connection):
        found[f"node/{report.node}"] = {"silent": report.age_s > SILENT_AFTER_S, "stuck": report.stuck}
    found |= _unseen_alarms(snapshot.connection)
    found["prompts"] = {"runs": sorted(snapshot.connection.execute(_WAITING).scalars())}
    return found


def _unseen_alarms(connection: Connection) -> dict[str, dict[str, Any]]:
    """Critical ones first, among these what is not over, then the newest. Test messages are no alarms."""
    rows = connection.execute(_FOREMOST).all()
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        told = row._asdict()
        del told["of_all"]
        found[f"alarm/{row.id}"] = {**told, "about": row.source, "path": source_path(row.source)}
    return {**found, "alarms": {"count": rows[0].of_all if rows else 0}}
