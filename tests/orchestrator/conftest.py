"""A fresh database for each test: SQLite, and a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import Engine

from orchestrator.store.database import open_database
from orchestrator.store.upgrade import upgrade

_SQLITE = "sqlite:///"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'cellbench.sqlite'}"
    url: str = request.getfixturevalue("postgres_database")
    return url


@pytest.fixture
def open_engine() -> Iterator[Callable[..., Engine]]:
    """Open databases that are closed at the end of the test."""
    engines: list[Engine] = []

    def open_one(url: str, *, read_only: bool = False) -> Engine:
        engines.append(open_database(url, read_only=read_only))
        return engines[-1]

    yield open_one
    for engine in engines:
        engine.dispose()


@pytest.fixture
def engine(database_url: str, open_engine: Callable[..., Engine]) -> Engine:
    """Return a database with all tables."""
    if database_url.startswith(_SQLITE):
        Path(database_url.removeprefix(_SQLITE)).write_bytes(_empty_tables())
        return open_engine(database_url)
    opened = open_engine(database_url)
    upgrade(opened)
    return opened


@cache
def _empty_tables() -> bytes:
    """The file, made once by all migrations: they take longer than most tests."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "cellbench.sqlite"
        made = open_database(f"{_SQLITE}{path}")
        upgrade(made)
        made.dispose()
        return path.read_bytes()
