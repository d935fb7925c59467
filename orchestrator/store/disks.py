"""How full the disks are that a node writes to, as it saw them last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, delete, select

from orchestrator.store.storage_tables import disks
from orchestrator.store.upsert import upsert

__all__ = ["DiskRow", "list_disks", "write_disks"]


@dataclass(frozen=True, slots=True)
class DiskRow:
    """One folder of one node."""

    node: str
    folder: str
    path: str
    free_B: int
    total_B: int
    level: str
    """``ok``, ``warning``, ``critical``: nothing is launched."""
    message: str
    seen_unix_s: float
    """Real time."""


def write_disks(connection: Connection, node: str, rows: Sequence[DiskRow]) -> None:
    """Make the rows of a node these."""
    connection.execute(delete(disks).where(disks.c.node == node, disks.c.folder.not_in([row.folder for row in rows])))
    upsert(connection, disks, [asdict(row) for row in rows])


def list_disks(connection: Connection) -> list[DiskRow]:
    """Return all of them, by node and folder."""
    query = select(disks).order_by(disks.c.node, disks.c.folder)
    return [DiskRow(*row) for row in connection.execute(query)]
