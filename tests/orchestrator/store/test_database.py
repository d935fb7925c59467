from __future__ import annotations

import builtins
import sqlite3

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from orchestrator.store import database
from orchestrator.store.database import open_database
from orchestrator.store.errors import StoreError, StoreUnavailable
from orchestrator.store.transactions import reading, writing


@pytest.mark.parametrize(
    ("url", "remedy"),
    [
        ("mysql://lab/db", "write sqlite:///FILE or postgresql://HOST/NAME"),
        ("lab.sqlite", "is not a URL"),
        ("sqlite://", "in memory keeps nothing"),
        ("sqlite:////absent folder/lab.sqlite", "create it or change `database`"),
    ],
)
def test_a_wrong_url_is_refused_in_one_line_with_the_remedy(url, remedy):
    with pytest.raises(StoreError, match="database: ") as refused:
        open_database(url)
    assert remedy in str(refused.value)
    assert "\n" not in str(refused.value)


def test_missing_psycopg_names_the_extra(monkeypatch):
    real = builtins.__import__

    def without_psycopg(name, *rest, **more):
        if name == "psycopg":
            raise ModuleNotFoundError("No module named 'psycopg'", name="psycopg")
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without_psycopg)
    with pytest.raises(StoreError, match=r"psycopg is missing; pip install 'cellbench\[postgres\]'"):
        open_database("postgresql://localhost/lab")


def test_sqlite_is_durable_and_checks_foreign_keys(tmp_path, open_engine):
    engine = open_engine(f"sqlite:///{tmp_path / 'lab.sqlite'}")
    with reading(engine) as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}


def test_a_block_that_raises_writes_nothing(engine):
    with writing(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE t (a INTEGER)")

    def half():
        with writing(engine) as connection:
            connection.exec_driver_sql("INSERT INTO t VALUES (1)")
            connection.exec_driver_sql("INSERT INTO no_such_table VALUES (1)")

    with pytest.raises(DBAPIError):
        half()
    with reading(engine) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM t").scalar() == 0


def test_a_savepoint_rolls_back_only_itself(engine):
    with writing(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE t (a INTEGER PRIMARY KEY)")
        connection.exec_driver_sql("INSERT INTO t VALUES (1)")
        with pytest.raises(DBAPIError), connection.begin_nested():
            connection.exec_driver_sql("INSERT INTO t VALUES (2), (1)")
        connection.exec_driver_sql("INSERT INTO t VALUES (3)")
    with reading(engine) as connection:
        assert connection.exec_driver_sql("SELECT a FROM t ORDER BY a").scalars().all() == [1, 3]


def test_a_read_only_engine_cannot_write(engine, database_url, open_engine):
    reader = open_engine(database_url, read_only=True)
    with pytest.raises((DBAPIError, StoreUnavailable)), writing(reader) as connection:
        connection.exec_driver_sql("DELETE FROM events")


def test_reading_goes_on_while_another_process_writes(tmp_path, open_engine, monkeypatch):
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.05)
    path = tmp_path / "lab.sqlite"
    engine = open_engine(f"sqlite:///{path}")
    with writing(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE t (a INTEGER)")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with reading(engine) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM t").scalar() == 0
    with pytest.raises(StoreUnavailable, match="database is locked; nothing was stored"), writing(engine):
        pass
    other.execute("COMMIT")
    other.close()
    with writing(engine) as connection:
        connection.exec_driver_sql("INSERT INTO t VALUES (1)")


def test_an_absent_server_is_unavailable_in_one_line(tmp_path, open_engine):
    engine = open_engine(f"postgresql://nobody:secret@/lab?host={tmp_path}")
    with pytest.raises(StoreUnavailable) as absent, reading(engine) as connection:
        connection.exec_driver_sql("SELECT 1")
    assert "\n" not in str(absent.value)
    assert "secret" not in str(absent.value)


@pytest.mark.postgres
def test_postgresql_notices_within_half_a_minute_that_a_computer_has_vanished(postgres_database, open_engine):
    """With its connection ends its lease. On a local socket these hold nothing, but the server was told them."""
    told = sa.text("SELECT name, reset_val::int FROM pg_settings WHERE name LIKE 'tcp_%' AND source = 'client'")
    with reading(open_engine(postgres_database)) as connection:
        of = {name: value for name, value in connection.execute(told)}  # noqa: C416
    idle_s = of["tcp_keepalives_idle"] + of["tcp_keepalives_interval"] * of["tcp_keepalives_count"]
    assert 10 <= idle_s <= 30
    assert 10_000 <= of["tcp_user_timeout"] <= 30_000
