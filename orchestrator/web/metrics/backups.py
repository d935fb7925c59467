"""How old the newest backup is, in the folder that the lab file names."""

from __future__ import annotations

import time

from orchestrator.backup.make import backups_in
from orchestrator.backup.manifest import MANIFEST
from orchestrator.config import Lab

__all__ = ["newest_backup_age_s"]


def newest_backup_age_s(lab: Lab) -> float | None:
    """Seconds since it was whole, whoever made it; None: there is none, or its folder is not on this computer.

    The manifest is the last of a backup's files, so its time is the backup's. It is not checked here: the doctor does.
    """
    if lab.backup is None:
        return None
    try:
        made = backups_in(lab.backup.to)
        return max(time.time() - (made[-1] / MANIFEST).stat().st_mtime, 0.0) if made else None
    except OSError:  # the folder is away, or the backup was deleted between two looks: as good as none
        return None
