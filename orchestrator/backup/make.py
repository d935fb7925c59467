"""One backup: written beside, checked, named, and only then older ones deleted."""

from __future__ import annotations

import os
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path

from orchestrator.backup.errors import BackupFailed
from orchestrator.backup.manifest import MANIFEST, Manifest, sha256_of, software_version, write_manifest
from orchestrator.backup.postgresql_dump import dump_database
from orchestrator.backup.sqlite_copy import copy_database
from orchestrator.config import Lab
from orchestrator.disk.folders import database_file
from orchestrator.store.database import open_database
from orchestrator.store.tables import metadata, runs
from orchestrator.store.transactions import reading
from orchestrator.store.upgrade import require_current, schema_version

__all__ = ["backups_in", "make_backup"]

_PREFIX = "cellbench-"
_PARTIAL = ".partial-"


def make_backup(lab: Lab, to: Path, keep: int | None = None) -> Path:
    """Copy the database of a lab, and its lab file, into a new folder in ``to``; return that folder.

    ``keep``: delete the oldest of this lab's beyond so many. Raises BackupFailed, StoreError: then there is no new
    folder, and nothing has been deleted.
    """
    name = datetime.now(UTC).strftime(f"{_PREFIX}%Y%m%dT%H%M%S.%fZ")
    partial, whole = to / f"{_PARTIAL}{name}", to / name
    try:
        to.mkdir(parents=True, exist_ok=True)
        for left in to.glob(f"{_PARTIAL}*"):
            shutil.rmtree(left)  # by an earlier one that was killed
        partial.mkdir()
        try:
            write_manifest(partial, _fill(lab, partial))
            _sync(partial)
            partial.rename(whole)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    except OSError as error:
        raise BackupFailed(f"no backup in {to}: {error.strerror or error}") from error
    if keep is not None:
        for old in backups_in(to)[:-keep]:
            shutil.rmtree(old)
    return whole


def backups_in(folder: Path) -> list[Path]:
    """Whole backups, the oldest first."""
    return sorted(found.parent for found in folder.glob(f"{_PREFIX}*/{MANIFEST}"))


def _fill(lab: Lab, folder: Path) -> Manifest:
    engine = open_database(lab.database_url)
    try:
        require_current(engine)
        version = schema_version(engine)
        with reading(engine) as connection:
            runs_known = connection.scalars(
                runs.select().with_only_columns(runs.c.id).order_by(runs.c.id.desc()).limit(1)
            )
            last_run = runs_known.first() or 0
    finally:
        engine.dispose()
    made_unix_s = time.time()
    tables = sorted(metadata.tables)
    file = database_file(lab)
    copy = folder / ("database.dump" if file is None else "database.sqlite")
    rows = dump_database(lab.database_url, copy, tables) if file is None else copy_database(file, copy, tables)
    shutil.copyfile(lab.path, folder / "lab.yaml")
    return Manifest(
        lab=lab.name,
        made_unix_s=made_unix_s,
        cellbench=software_version(),
        database="postgresql" if file is None else "sqlite",
        schema_version=version or "",
        last_run=last_run,
        files={path.name: sha256_of(path) for path in sorted(folder.iterdir())},
        rows=rows,
    )


def _sync(folder: Path) -> None:
    """To the disk, all of it: a name must not be there before its contents are."""
    for path in folder.iterdir():
        with path.open("rb+") as file:
            os.fsync(file.fileno())
    if os.name == "posix":
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
