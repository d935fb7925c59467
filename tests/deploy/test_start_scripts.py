"""The scripts with which containers start do what they say, in a real shell and on a real PostgreSQL."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from tests.deploy.places import DEPLOY

_FOLDER = DEPLOY / "compose"


def _with_secrets_in(folder: Path, script: str) -> Path:
    """The script, where ``/run/secrets`` is another folder."""
    text = (_FOLDER / script).read_text(encoding="utf-8").replace("/run/secrets", folder.as_posix())
    place = folder / Path(script).name
    place.write_text(text, encoding="utf-8")
    return place


def _run(command: list[str | Path], **environment: str) -> subprocess.CompletedProcess[str]:
    given = {"PATH": os.environ["PATH"], **environment}
    return subprocess.run(command, env=given, capture_output=True, text=True, timeout=120, check=False)


def test_a_secret_becomes_a_variable_of_the_command_alone(tmp_path: Path) -> None:
    (tmp_path / "db_password").write_text('it\'s $HOME "so" `secret`\n', encoding="utf-8")
    entrypoint = _with_secrets_in(tmp_path, "entrypoint.sh")
    done = _run(
        ["sh", entrypoint, "sh", "-c", 'printf "%s|%s|%s" "$PGPASSWORD" "${PGPASSWORD_FILE-gone}" "$SSL_CERT_FILE"'],
        PGPASSWORD_FILE=f"{tmp_path}/db_password",
        SSL_CERT_FILE="/etc/ssl/cert.pem",
    )
    assert done.stdout == 'it\'s $HOME "so" `secret`|gone|/etc/ssl/cert.pem'
    assert done.stderr == ""


def test_the_command_takes_the_place_of_the_script_and_its_exit_code_is_told(tmp_path: Path) -> None:
    entrypoint = _with_secrets_in(tmp_path, "entrypoint.sh")
    assert _run(["sh", entrypoint, "sh", "-c", "exit 3"]).returncode == 3
    assert "exec" in entrypoint.read_text(encoding="utf-8").splitlines()[-1]


def test_a_secret_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = _run(["sh", _with_secrets_in(tmp_path, "entrypoint.sh"), "true"], PGPASSWORD_FILE=f"{tmp_path}/absent")
    assert done.returncode == 1
    assert f"secret {tmp_path}/absent (for PGPASSWORD) cannot be read" in done.stderr


@pytest.fixture
def without_cellbench(postgres_server: str) -> Iterator[str]:
    """The server, to which the script adds a role and a database; both go afterwards."""
    yield postgres_server
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS cellbench WITH (FORCE)")
        connection.execute("DROP ROLE IF EXISTS cellbench")


def test_postgresql_gets_a_role_without_special_rights_and_its_database(tmp_path: Path, without_cellbench: str) -> None:
    (tmp_path / "db_password").write_text('it\'s "quoted"', encoding="utf-8")
    url = make_url(without_cellbench)
    programs = _programs_of(without_cellbench)
    script = _with_secrets_in(tmp_path, "postgres/10-cellbench.sh")
    done = _run(
        ["sh", script],
        PATH=f"{programs}:{os.environ['PATH']}",
        POSTGRES_USER=str(url.username),
        PGHOST=str(url.query.get("host", url.host)),
        PGPORT=str(url.port or 5432),
        PGPASSWORD=str(url.password or ""),
        PGDATABASE=str(url.database),
    )
    assert done.returncode == 0, done.stderr
    with psycopg.connect(without_cellbench) as connection:
        role = connection.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolcanlogin FROM pg_roles WHERE rolname = 'cellbench'"
        )
        assert role.fetchone() == (False, False, False, True)
        owner = connection.execute("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'cellbench'")
        assert owner.fetchone() == ("cellbench",)


def _programs_of(server: str) -> str:
    """Where psql lies: beside the server that the wheel brings."""
    with psycopg.connect(server) as connection:
        found = connection.execute("SELECT setting FROM pg_config() WHERE name = 'BINDIR'").fetchone()
    assert found is not None
    return str(found[0])
