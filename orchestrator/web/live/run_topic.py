"""What the page of a run follows: ``run/17``."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, select

from orchestrator.launch.latched_trip import latched_for_run
from orchestrator.store.segments import next_offsets
from orchestrator.store.tables import analyses, cycles, events, runs
from orchestrator.web.live.topic import Rows, Snapshot
from orchestrator.web.models.fields import ID_MAX
from orchestrator.web.possible_orders import possible_orders, resume_verb
from orchestrator.web.run_marks import alarms_of
from orchestrator.web.run_rows import read_run
from orchestrator.web.run_view import run_answer

__all__ = ["look_at_run"]

_RUN = ("state", "reason", "desired", "ended", "prompt", "started_unix_s", "finished_unix_s")
_PROGRESS = (
    *("cycle", "cycles_done", "cycles_total", "cycles_about", "item", "items", "step", "label", "line"),
    *("voltage_V", "current_A", "temperature_degC", "observed_unix_s", "time_left_s"),
)


def look_at_run(snapshot: Snapshot, argument: str) -> Rows:
    """Keys: ``run``, what its head shows; ``orders``, why each is not possible; ``data``, what has come since.

    Nothing where there is no such run.
    """
    connection = snapshot.connection
    number = int(argument) if argument.isascii() and argument.isdecimal() else 0
    exists = select(runs.c.id).where(runs.c.id == number)
    if not 1 <= number <= ID_MAX or connection.execute(exists).scalar() is None:
        return {}
    rows = read_run(connection, number)
    service = snapshot.service
    run = run_answer(service.lab, service.plans, rows, snapshot.now_unix_s)
    tripped = latched_for_run(connection, service.lab, number) is not None
    head = {name: getattr(run, name) for name in _RUN} | {name: getattr(run.progress, name) for name in _PROGRESS}
    return {
        "run": head,
        "orders": {**possible_orders(run, tripped=tripped), "verb": resume_verb(run)},
        "data": _data(connection, rows.run),
    }


def _data(connection: Connection, run: Any) -> dict[str, Any]:
    """Numbers that tell a page whether to ask for more."""
    done = select(func.count()).where(cycles.c.run_id == run.id, cycles.c.complete)
    event = select(func.max(events.c.id)).where(events.c.run_id == run.id)
    states = select(analyses.c.id, analyses.c.state).where(analyses.c.run_id == run.id).order_by(analyses.c.id)
    return {
        "end_s": next_offsets(connection, run.id)[1],
        "cycles": connection.execute(done).scalar_one(),
        "event": connection.execute(event).scalar(),
        "alarm": max((alarm.id for alarm in alarms_of(connection, run)), default=None),
        "analyses": " ".join(f"{row.id}:{row.state}" for row in connection.execute(states)),
    }
