"""Disks, folders, locks, the spool, the STOP file, backups: what is on this computer beside the database."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from orchestrator.backup.errors import RestoreRefused
from orchestrator.backup.make import backups_in
from orchestrator.backup.manifest import read_manifest
from orchestrator.config import Lab
from orchestrator.config.lab import NODE
from orchestrator.disk.folders import database_file, watched_folders
from orchestrator.disk.judge import judge_disk
from orchestrator.disk.watch import Usage
from orchestrator.doctor.finding import Finding, bad, ok, warning
from orchestrator.engine.stop_file import StopFile
from orchestrator.spool.opening import spool_path
from orchestrator.spool.spool_file import waiting_in

__all__ = ["check_folders"]

_BACKUP_OLD_S = 2 * 86_400.0


def check_folders(
    lab: Lab, usage: Callable[[Path], Usage] = shutil.disk_usage, wall: Callable[[], float] = time.time
) -> Iterator[Finding]:
    """Look at each."""
    for name, path in watched_folders(lab).items():
        yield _disk(lab, name, path, usage)
        yield _writable(name, path)
    if database_file(lab) is None:
        yield ok("disk of the database", "the server's own; watch it there")
    yield _stop_file(lab)
    for node in lab.nodes or (NODE,):
        yield _spool(lab, node)
    yield _backup(lab, wall())


def _disk(lab: Lab, name: str, path: Path, usage: Callable[[Path], Usage]) -> Finding:
    room = usage(path)
    verdict = judge_disk(room.free, room.total, None, lab.disk)
    said = f"{path}: {verdict.text}"
    remedy = "delete or move what is not needed; see `disk` in the lab file"
    if verdict.level == "critical":
        return bad(f"disk of {name}", said, remedy)
    return warning(f"disk of {name}", said, remedy) if verdict.level == "warning" else ok(f"disk of {name}", said)


def _writable(name: str, path: Path) -> Finding:
    if not os.access(path, os.W_OK | os.X_OK):
        remedy = f"give it to the user of the service: chown {_user()} {path}"
        return bad(f"folder of {name}", f"{path} cannot be written by {_user()}", remedy)
    return ok(f"folder of {name}", f"{path} can be written")


def _user() -> str:
    return f"user {os.getuid()}" if hasattr(os, "getuid") else "this user"


def _stop_file(lab: Lab) -> Finding:
    file = StopFile(lab.state_dir)
    asked_by = file.requested_by()
    if asked_by is None:
        return ok("STOP file", "not there")
    remedy = f"nothing starts while it is there; a running node takes it away once obeyed. Delete {file.path} to start"
    return bad("STOP file", f"there, by {asked_by}", remedy)


def _spool(lab: Lab, node: str) -> Finding:
    path = spool_path(lab, node)
    check = f"spool of {node}"
    if not path.exists():
        return ok(check, "none yet: the node makes it")
    try:
        waiting, damage = waiting_in(path)
    except OSError as error:
        return bad(check, f"{path} cannot be read: {error.strerror}", "give it to the user of the service")
    if damage is not None:
        return bad(check, damage, "keep a copy of the file; the node goes on behind what is whole")
    if waiting:
        remedy = "the node stores them as soon as the database takes them: see that both run"
        return warning(check, f"{waiting} entries wait for the database", remedy)
    return ok(check, "nothing waits")


def _backup(lab: Lab, now_s: float) -> Finding:
    if lab.backup is None:
        remedy = 'add `backup: {cron: "0 3 * * *", to: FOLDER}` to the lab file, FOLDER on another disk'
        return warning("backup", "the lab file asks for none", remedy)
    made = backups_in(lab.backup.to) if lab.backup.to.is_dir() else []
    if not made:
        return warning("backup", f"none in {lab.backup.to}", "make one now: `cellbench backup`")
    try:
        manifest = read_manifest(made[-1])
    except RestoreRefused as error:
        return bad("backup", str(error), "make one now: `cellbench backup`")
    age_s = now_s - manifest.made_unix_s
    if age_s > _BACKUP_OLD_S:
        remedy = "see the node's log and `cellbench alarms`; make one now: `cellbench backup`"
        return warning("backup", f"the last one is {age_s / 86_400:.1f} days old", remedy)
    return ok("backup", f"{made[-1].name}, {age_s / 3600:.1f} h old, whole")
