"""Every check, one after the other: also while the service runs, also while it does not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

from sqlalchemy import Connection, Engine, func, select

from orchestrator.config import Lab
from orchestrator.disk.folders import database_file
from orchestrator.doctor.clocks import check_clocks
from orchestrator.doctor.connecting import check_instruments
from orchestrator.doctor.finding import Finding, bad, ok
from orchestrator.doctor.folders import check_folders
from orchestrator.doctor.integrity import check_integrity
from orchestrator.doctor.service_state import check_service, running_nodes
from orchestrator.doctor.under_way import check_under_way
from orchestrator.doctor.versions import check_versions
from orchestrator.store.database import open_database
from orchestrator.store.errors import StoreError
from orchestrator.store.tables import instruments
from orchestrator.store.transactions import reading
from orchestrator.store.upgrade import code_version, require_current

__all__ = ["examine"]


def examine(lab: Lab, *, connect: bool = False) -> list[Finding]:
    """Look at everything. ``connect``: also ask instruments that no node drives. Changes nothing."""
    return [*check_versions(lab), *check_folders(lab), *_database(lab, connect=connect)]


def _database(lab: Lab, *, connect: bool) -> Iterator[Finding]:
    file = database_file(lab)
    if file is not None and not file.exists():  # opening it would make it
        remedy = "the first start of the node makes it; where there was one: `cellbench restore`"
        yield bad("database", f"there is no {file}", remedy)
        yield from check_instruments(lab, (), connect=connect)
        return
    engine: Engine | None = None
    try:
        engine = open_database(lab.database_url, read_only=True)
        require_current(engine)
    except StoreError as error:
        yield bad("database", str(error), "see that it is there, and that this user may read it")
        yield from check_instruments(lab, (), connect=connect)
    else:
        yield ok("database", f"{engine.url.render_as_string()}, tables {code_version()}")
        yield from _inside(engine, lab, connect=connect)
    finally:
        if engine is not None:
            engine.dispose()


def _inside(engine: Engine, lab: Lab, *, connect: bool) -> Iterator[Finding]:
    yield from _each(engine, "integrity", check_integrity)
    with reading(engine) as connection:
        running = running_nodes(connection, lab)
        now_unix_s = _lab_now(connection, lab)
    yield from _each(engine, "service", lambda one: check_service(one, lab, running, now_unix_s))
    yield from check_instruments(lab, running, connect=connect)
    yield from _each(engine, "runs", lambda one: check_under_way(one, lab, now_unix_s))
    yield from _each(engine, "clocks", lambda one: check_clocks(one, lab))


def _each(engine: Engine, check: str, look: Callable[[Connection], Iterable[Finding]]) -> Iterator[Finding]:
    """The findings of a group; a database that breaks on the way is one itself."""
    try:
        with reading(engine) as connection:
            yield from look(connection)
    except StoreError as error:
        remedy = "end the service, copy the database with all its files, then `cellbench restore` the last backup"
        yield bad(check, str(error), remedy)


def _lab_now(connection: Connection, lab: Lab) -> float:
    """A virtual lab's time is told by its nodes alone: by when they have last seen an instrument."""
    if not lab.simulated:
        return time.time()
    return float(connection.scalar(select(func.max(instruments.c.last_seen_unix_s))) or 0.0)
