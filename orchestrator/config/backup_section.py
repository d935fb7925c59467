"""The ``backup:`` of a lab file: when the node copies the database, and whereto."""

from __future__ import annotations

from pathlib import Path

from apscheduler.triggers.cron import CronTrigger

from orchestrator.backup.schedule import KEEP, BackupSchedule
from orchestrator.config.keys import Keys, text
from protocols.errors import Refusal
from protocols.node import Node

__all__ = ["read_backup"]


def read_backup(node: Node, folder: Path) -> BackupSchedule:
    """Read the section; a relative folder in it stands in ``folder``. Raises Refusal."""
    keys = Keys(node, "backup")
    cron = keys.required("cron", _cron, '"0 3 * * *"')
    to = folder / keys.required("to", text, "/srv/backup")
    keep = keys.optional("keep", _count)
    keys.done()
    return BackupSchedule(cron, to, KEEP if keep is None else keep)


def _cron(node: Node) -> str:
    written = text(node)
    try:
        CronTrigger.from_crontab(written)
    except ValueError as error:
        raise Refusal(
            node.place, f"{written!r} is no cron rule: {error}", 'write e.g. "0 3 * * *": at 3 every night'
        ) from error
    return written


def _count(node: Node) -> int:
    written = text(node)
    if not written.isdecimal() or not int(written):
        raise Refusal(node.place, f"{written!r} is no number of backups", "write a number from 1 on")
    return int(written)
