"""The database for commands about people, which work before anybody can log in."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine

from orchestrator.cli.options import require_lab
from orchestrator.config import Lab
from orchestrator.store.database import open_database
from orchestrator.store.events import append_event
from orchestrator.store.transactions import reading, writing
from orchestrator.store.upgrade import require_current, schema_version, upgrade
from orchestrator.web.lab_time import lab_time

__all__ = ["PeopleDatabase", "note", "people_database"]


@dataclass(frozen=True, slots=True)
class PeopleDatabase:
    """A lab's database, opened for one command."""

    lab: Lab
    engine: Engine
    wall_unix_s: float

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that reads."""
        return reading(self.engine)

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction that writes, committed at the end of the block."""
        return writing(self.engine)


@contextmanager
def people_database(lab_path: Path | None) -> Iterator[PeopleDatabase]:
    """The database of a lab, with its tables; an empty one gets them. Raises StoreError and LabFileError."""
    lab = require_lab(lab_path)
    engine = open_database(lab.database_url)
    try:
        if schema_version(engine) is None:
            upgrade(engine)
        require_current(engine)
        yield PeopleDatabase(lab, engine, time.time())
    finally:
        engine.dispose()


def note(connection: Connection, people: PeopleDatabase, actor: str, message: str) -> None:
    """Write into the event log what was done about people."""
    append_event(connection, now=lab_time(connection, people.lab), actor=actor, kind="people", message=message)
