"""``roles.sql`` on a real server: what each role may, and what it may not."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator

import psycopg
import pytest
from sqlalchemy import make_url
from sqlalchemy.engine import URL

from orchestrator.engine.lease import take_lease
from orchestrator.store.database import open_database
from orchestrator.store.upgrade import require_current, upgrade
from tests.deploy.places import DEPLOY

_ROLES = ("cellbench_owner", "cellbench", "cellbench_reader", "cellbench_backup")


@pytest.fixture(scope="module")
def laboratory(postgres_server: str) -> Iterator[URL]:
    """A database with these roles, its tables made by the owner."""
    name = f"lab_{uuid.uuid4().hex[:12]}"
    url = make_url(postgres_server).set(database=name)
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute((DEPLOY / "postgresql" / "roles.sql").read_bytes())
    engine = open_database(_as(url, "cellbench_owner"))
    upgrade(engine)
    engine.dispose()
    yield url
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
        for role in _ROLES:
            connection.execute(f"DROP ROLE {role}".encode())


def _as(url: URL, role: str) -> str:
    return url.set(username=role).render_as_string(hide_password=False)


@pytest.fixture
def ask(laboratory: URL) -> Callable[[str, str], int]:
    """Carry a statement out as a role, and undo it; returns the number of rows."""

    def asked(role: str, statement: str) -> int:
        with psycopg.connect(_as(laboratory, role)) as connection:
            count = connection.execute(statement.encode()).rowcount
            connection.rollback()
        return count

    return asked


def test_the_service_works_with_rows_and_instruments(laboratory: URL, ask: Callable[[str, str], int]) -> None:
    engine = open_database(_as(laboratory, "cellbench"))
    require_current(engine)
    lease = take_lease(engine, "bts-1", "192.0.2.10:502", 1000.0)
    lease.release()
    engine.dispose()
    assert ask("cellbench", "UPDATE nodes SET holder = holder") == 1
    assert ask("cellbench", "DELETE FROM nodes") == 1


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("cellbench", "DROP TABLE runs"),
        ("cellbench", "ALTER TABLE runs ADD COLUMN mine int"),
        ("cellbench", "CREATE TABLE mine (a int)"),
        ("cellbench", "TRUNCATE records"),
        ("cellbench_reader", "DELETE FROM nodes"),
        ("cellbench_reader", "CREATE TABLE mine (a int)"),
        ("cellbench_backup", "DELETE FROM nodes"),
    ],
)
def test_what_a_role_may_not(role: str, statement: str, ask: Callable[[str, str], int]) -> None:
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)):
        ask(role, statement)


@pytest.mark.parametrize("role", ["cellbench_reader", "cellbench_backup"])
def test_who_may_read(role: str, ask: Callable[[str, str], int]) -> None:
    assert ask(role, "SELECT count(*) FROM records") == 1


def test_tables_of_a_later_upgrade_are_the_services_too(laboratory: URL, ask: Callable[[str, str], int]) -> None:
    with psycopg.connect(_as(laboratory, "cellbench_owner"), autocommit=True) as connection:
        connection.execute("CREATE TABLE later (id serial PRIMARY KEY, a int)")
        assert ask("cellbench", "INSERT INTO later (a) VALUES (1)") == 1
        assert ask("cellbench_reader", "SELECT * FROM later") == 0
        connection.execute("DROP TABLE later")


def test_nobody_else_gets_in(laboratory: URL, postgres_server: str) -> None:
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute("CREATE ROLE passer_by LOGIN")
    try:
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(_as(laboratory, "passer_by"))
    finally:
        with psycopg.connect(postgres_server, autocommit=True) as connection:
            connection.execute("DROP ROLE passer_by")
