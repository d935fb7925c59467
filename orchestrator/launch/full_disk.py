"""Nothing is launched where its records would soon find no room."""

from __future__ import annotations

from sqlalchemy import Connection

from orchestrator.config import Lab
from orchestrator.config.lab import NODE
from orchestrator.launch.refusal import LaunchHeldUp
from orchestrator.store.disks import list_disks

__all__ = ["refuse_full_disk"]


def refuse_full_disk(connection: Connection, lab: Lab) -> None:
    """Raises LaunchHeldUp where a node of this lab says that a disk of its own is nearly full."""
    for disk in list_disks(connection):
        if disk.level == "critical" and disk.node in (lab.nodes or (NODE,)):
            raise LaunchHeldUp(f"{disk.path} ({disk.folder}): {disk.message}; delete or move what is not needed")
