"""Events, alarms and gaps of a run on its test time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select

from orchestrator.store.events import list_events
from orchestrator.store.run_gaps import run_gaps
from orchestrator.store.run_times import run_times
from orchestrator.store.tables import alarms
from orchestrator.web.models.plots import GapAnswer, MarkAnswer, MarksAnswer

__all__ = ["alarms_of", "run_marks"]

_EACH_MAX = 200


def run_marks(connection: Connection, run: Row[*tuple[Any, ...]]) -> MarksAnswer:
    """Everything that is marked on the plot of a row of ``runs``."""
    events = list_events(connection, run_id=run.id, limit=_EACH_MAX, newest=True)
    raised = alarms_of(connection, run)
    moments_s = [event.unix_time_s for event in events] + [alarm.raised_unix_s for alarm in raised]
    at_s = run_times(connection, run.id, moments_s)
    marks = [
        MarkAnswer(
            source="event",
            id=event.id,
            test_time_s=time_s,
            unix_time_s=event.unix_time_s,
            kind=event.kind,
            actor=event.actor,
            message=event.message,
        )
        for event, time_s in zip(events, at_s, strict=False)
    ]
    marks += [
        MarkAnswer(
            source="alarm",
            id=alarm.id,
            test_time_s=time_s,
            unix_time_s=alarm.raised_unix_s,
            kind=alarm.severity,
            actor=None,
            message=alarm.message,
        )
        for alarm, time_s in zip(raised, at_s[len(events) :], strict=True)
    ]
    marks.sort(key=lambda mark: mark.unix_time_s)
    gaps = [
        GapAnswer(cycle=gap.cycle, start_test_time_s=gap.start_s, end_test_time_s=gap.end_s, records=gap.records)
        for gap in run_gaps(connection, run.id)
    ]
    return MarksAnswer(run_id=run.id, marks=marks, gaps=gaps)


def alarms_of(connection: Connection, run: Row[*tuple[Any, ...]]) -> Sequence[Row[*tuple[Any, ...]]]:
    """The run's own alarms, and its instrument's while it was under way; the newest 200, oldest first."""
    concerns = alarms.c.source == f"run {run.id}"
    if run.started_unix_s is not None:
        over = or_(alarms.c.cleared_unix_s.is_(None), alarms.c.cleared_unix_s >= run.started_unix_s)
        meanwhile = and_(alarms.c.source == run.instrument, over)
        if run.finished_unix_s is not None:
            meanwhile = and_(meanwhile, alarms.c.raised_unix_s <= run.finished_unix_s)
        concerns = or_(concerns, meanwhile)
    return connection.execute(select(alarms).where(concerns).order_by(alarms.c.id.desc()).limit(_EACH_MAX)).all()[::-1]
