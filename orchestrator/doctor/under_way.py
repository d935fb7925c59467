"""What is under way, and should have got somewhere by now."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, func, or_, select

from orchestrator.config import Lab
from orchestrator.doctor.finding import Finding, bad, ok, warning
from orchestrator.run_state import TERMINAL
from orchestrator.store.database_clock import database_unix_s
from orchestrator.store.tables import alarms, analyses, intents, runs

__all__ = ["check_under_way"]

_INTENT_OLD_S = 600.0
_ANALYSIS_OLD_S = 3600.0
_OVER = [state.value for state in TERMINAL]


def check_under_way(connection: Connection, lab: Lab, now_unix_s: float) -> Iterator[Finding]:
    """Intents, runs, analyses, alarms. ``now_unix_s``: lab time."""
    yield _intents(connection, now_unix_s)
    yield _runs(connection, lab)
    yield _analyses(connection, now_unix_s)
    yield _alarms(connection)


def _intents(connection: Connection, now_unix_s: float) -> Finding:
    query = (
        select(intents.c.run_id, intents.c.action, intents.c.created_unix_s)
        .join(runs, runs.c.id == intents.c.run_id)
        .where(intents.c.outcome.is_(None), intents.c.action.not_in(("end_at_cycle", "set_temperature")))
        .where(intents.c.created_unix_s < now_unix_s - _INTENT_OLD_S)
    )
    old = connection.execute(query.order_by(intents.c.id)).all()
    if not old:
        return ok("intents", "no order waits for its outcome for long")
    first = old[0]
    age_s = now_unix_s - first.created_unix_s
    said = f"{len(old)} open; the oldest: {first.action} of run {first.run_id}, {age_s / 60:.0f} min ago"
    return warning("intents", said, "look at the channel: the node settles it by looking, once the instrument answers")


def _runs(connection: Connection, lab: Lab) -> Finding:
    active = connection.execute(
        select(runs.c.id, runs.c.instrument, runs.c.channel, runs.c.state, runs.c.reason)
        .where(runs.c.state.not_in(_OVER))
        .order_by(runs.c.id)
    ).all()
    homeless = [run for run in active if run.instrument not in lab.instruments]
    if homeless:
        named = ", ".join(f"run {run.id} ({run.state}) on {run.instrument}/{run.channel}" for run in homeless[:3])
        remedy = "nobody drives them: put the instrument back into the lab file under its name"
        return bad("runs", f"{named}; not in the lab file", remedy)
    lost = [run for run in active if run.state == "lost"]
    if lost:
        named = ", ".join(f"run {run.id} on {run.instrument}/{run.channel}" for run in lost[:3])
        return warning("runs", f"lost: {named}", "see that the instrument has power and answers; look at the cells")
    return ok("runs", f"{len(active)} not over, all on instruments of the lab file")


def _analyses(connection: Connection, now_unix_s: float) -> Finding:
    database_s = database_unix_s(connection)
    stuck = or_(
        (analyses.c.state == "running")
        & (func.coalesce(analyses.c.leased_until_unix_s, 0.0) < database_s - _ANALYSIS_OLD_S),
        (analyses.c.state == "queued") & (analyses.c.created_unix_s < now_unix_s - _ANALYSIS_OLD_S),
    )
    query = select(analyses.c.run_id, analyses.c.name, analyses.c.state).where(stuck).order_by(analyses.c.id)
    found = connection.execute(query).all()
    if not found:
        return ok("analyses", "none waits for long")
    first = found[0]
    said = f"{len(found)} stand still; the first: {first.name} of run {first.run_id}, {first.state}"
    return warning("analyses", said, "see that a node runs; its log names analyses that fail")


def _alarms(connection: Connection) -> Finding:
    unseen = (alarms.c.cleared_unix_s.is_(None), alarms.c.acknowledged_by.is_(None), alarms.c.severity == "critical")
    found = connection.execute(select(alarms.c.source, alarms.c.message).where(*unseen).order_by(alarms.c.id)).all()
    if not found:
        return ok("alarms", "no critical alarm that nobody has seen")
    said = f"{len(found)} critical and unseen; the first: {found[0].source}: {found[0].message}"
    return bad("alarms", said, "look, then acknowledge: cellbench ack ALARM --reason …")
