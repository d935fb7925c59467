"""Databases made once and copied: all migrations take longer than most tests."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import make_url

__all__ = ["Make", "copy_to"]

Make = Callable[[str], None]
"""Fills the empty database of a URL, and lets go of it."""
_SQLITE = "sqlite:///"


def copy_to(url: str, make: Make) -> None:
    """Let an empty database that nobody has opened become what ``make``, a function of a module, makes of one."""
    if url.startswith(_SQLITE):
        Path(url.removeprefix(_SQLITE)).write_bytes(_sqlite_file(make))
        return
    server = make_url(url).set(database="postgres").render_as_string(hide_password=False)
    template = _postgresql_template(server, make)
    with psycopg.connect(server, autocommit=True) as connection:
        names = {"name": Identifier(str(make_url(url).database)), "template": Identifier(template)}
        connection.execute(SQL("DROP DATABASE {name}").format(**names))
        connection.execute(SQL("CREATE DATABASE {name} TEMPLATE {template}").format(**names))


@cache
def _sqlite_file(make: Make) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "cellbench.sqlite"
        make(f"{_SQLITE}{path}")
        return path.read_bytes()


@cache
def _postgresql_template(server: str, make: Make) -> str:
    """Name of the database on this server that the others are copied from."""
    template = f"template_{make.__module__}.{make.__qualname__}"[-60:]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(SQL("CREATE DATABASE {}").format(Identifier(template)))
    make(make_url(server).set(database=template).render_as_string(hide_password=False))
    return template
