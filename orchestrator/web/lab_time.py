"""What time it is in the lab. The web process has no clock of a virtual lab: it reads what the node wrote last."""

from __future__ import annotations

import time

from sqlalchemy import Connection, func, select, union_all

from orchestrator.config import Lab
from orchestrator.store.tables import chambers, instruments, latest, nodes

__all__ = ["lab_time"]


def lab_time(connection: Connection, lab: Lab) -> float:
    """Unix seconds of the lab's clock.

    A real lab: the system's. A virtual lab: the newest time that a node wrote, at most one poll old; before any node
    has written, the system's, for want of a better one.
    """
    if not lab.simulated:
        return time.time()
    newest = union_all(
        select(func.max(nodes.c.renewed_unix_s).label("unix_s")),
        select(func.max(instruments.c.last_seen_unix_s)),
        select(func.max(latest.c.observed_unix_s)),
        select(func.max(chambers.c.seen_unix_s)),
    ).subquery()
    known = connection.execute(select(func.max(newest.c.unix_s))).scalar()
    return float(known) if known is not None else time.time()
