"""This computer's clock, against the database's, the instruments', and what keeps it right."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator

from sqlalchemy import Connection, func, select

from orchestrator.config import Lab
from orchestrator.doctor.finding import Finding, ok, warning
from orchestrator.store.database_clock import database_unix_s
from orchestrator.store.tables import records, runs, segments

__all__ = ["check_clocks", "time_service"]

_APART_S = 5.0
_INSTRUMENT_APART_S = 300.0
_RECENT_S = 3600.0


def check_clocks(
    connection: Connection,
    lab: Lab,
    now: Callable[[], float] = time.time,
    synchronised: Callable[[], bool | None] | None = None,
) -> Iterator[Finding]:
    """Compare. A virtual lab has a time of its own, so its instruments' clocks say nothing here."""
    yield _service((synchronised or time_service)())
    yield _database(connection, now)
    if not lab.simulated:
        for name in lab.instruments:
            yield _instrument(connection, name, now())


def time_service() -> bool | None:
    """Whether the system's clock is kept right by a time service; None: this system does not tell."""
    program = shutil.which("timedatectl")
    if program is None:
        return None
    command = [program, "show", "--property=NTPSynchronized", "--value"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=5.0, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        return None
    return {"yes": True, "no": False}.get(told.stdout.strip())


def _service(synchronised: bool | None) -> Finding:
    if synchronised is None:
        return ok("time service", "this system does not tell whether its clock is kept right")
    if not synchronised:
        remedy = "switch it on: `timedatectl set-ntp true`; durations do not depend on it, dates do"
        return warning("time service", "nobody keeps this computer's clock right", remedy)
    return ok("time service", "keeps this computer's clock right")


def _database(connection: Connection, now: Callable[[], float]) -> Finding:
    before_s = now()
    database_s = database_unix_s(connection)
    after_s = now()
    apart_s = max(before_s - database_s, database_s - after_s, 0.0)  # a slow answer is no wrong clock
    if apart_s > _APART_S:
        remedy = "give both computers a time service"
        return warning("database clock", f"{apart_s:.0f} s apart from this computer's", remedy)
    return ok("database clock", f"{apart_s:.1f} s apart from this computer's")


def _instrument(connection: Connection, name: str, now_unix_s: float) -> Finding:
    """The newest record of a run that is running was made a moment ago by the instrument's own clock."""
    query = (
        select(segments.c.id, runs.c.last_seen_unix_s)
        .join(runs, runs.c.id == segments.c.run_id)
        .where(runs.c.instrument == name, runs.c.state == "running", segments.c.records > 0)
        .where(runs.c.last_seen_unix_s > now_unix_s - _RECENT_S)
        .order_by(segments.c.id.desc())
    )
    newest = [
        connection.scalar(select(func.max(records.c.unix_time_s)).where(records.c.segment_id == row.id))
        - row.last_seen_unix_s
        for row in connection.execute(query.limit(8)).all()
    ]
    check = f"clock of {name}"
    if not newest:
        return ok(check, "not known: nothing runs there now")
    ahead_s = max(newest)
    if ahead_s > _INSTRUMENT_APART_S:
        return warning(check, f"{ahead_s:.0f} s ahead of this computer's", "set both; see `time_zone` in the lab file")
    if ahead_s < -_RECENT_S:
        return warning(
            check, f"its newest record is {-ahead_s / 60:.0f} min old", "set both; see `time_zone` in the lab file"
        )
    return ok(check, f"its newest record is {max(-ahead_s, 0.0):.0f} s old")
