"""Bringing the tables of a database to those of this code, and refusing to work on any others."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect

from drivers.crash_point import reached
from orchestrator.crash_points import Point
from orchestrator.store.errors import SchemaMismatch
from orchestrator.store.transactions import reading, writing

__all__ = ["code_version", "is_known", "require_current", "schema_version", "upgrade"]

_UPGRADE_LOCK = 0x63656C6C  # "cell": any number that nobody else on the server takes


def upgrade(engine: Engine) -> None:
    """Run all migrations that are missing, in one transaction. Raises SchemaMismatch on a database from newer code."""
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":  # SQLite's write lock already keeps a second upgrade out
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_UPGRADE_LOCK})")
        present = _version(connection)
        if present is not None:
            _refuse_newer(present)
        elif inspect(connection).get_table_names():
            raise SchemaMismatch("database: it holds tables of something else; name an empty one for cellbench")
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        reached(Point.UPGRADE_WRITTEN)
    reached(Point.UPGRADE_COMMITTED)


def schema_version(engine: Engine) -> str | None:
    """Return the revision of the database's tables, None where there are none yet."""
    with reading(engine) as connection:
        return _version(connection)


def code_version() -> str:
    """Return the revision of the tables that this code knows."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None, "the package ships at least one migration"  # noqa: S101 - true by construction
    return head


def require_current(engine: Engine) -> None:
    """Return when the tables are those of this code. Raises SchemaMismatch with what to do."""
    present, wanted = schema_version(engine), code_version()
    if present == wanted:
        return
    if present is None:
        raise SchemaMismatch("database: it has no tables yet; run `cellbench db upgrade`")
    _refuse_newer(present)
    raise SchemaMismatch(f"database: its tables are at {present}, this code needs {wanted}; run `cellbench db upgrade`")


def is_known(revision: str) -> bool:
    """Whether tables of this revision can be brought to this code."""
    return revision in {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def _refuse_newer(present: str) -> None:
    if not is_known(present):
        raise SchemaMismatch(
            f"database: its tables are at {present}, newer than this code ({code_version()}); install a newer cellbench"
        )


def _version(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "orchestrator.store:migrations")
    config.set_main_option("path_separator", "os")
    return config
