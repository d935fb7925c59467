"""The name under which a node reports: two processes never have the same on one database."""

from __future__ import annotations

import sqlalchemy as sa

from orchestrator.config import Lab
from orchestrator.config.lab import NODE
from orchestrator.engine.lease import Lease, LeaseHeld, take_lease

__all__ = ["take_node_name"]


def take_node_name(database: sa.Engine, lab: Lab, now_unix_s: float) -> Lease:
    """Take the right to report as this node. Raises LeaseHeld with the remedy.

    After the leases on the instruments: a second process of the same node is refused by those, in their words.
    """
    name = lab.node or NODE
    key = f"node {name}"
    try:
        return take_lease(database, key, key, now_unix_s)
    except LeaseHeld as error:
        raise LeaseHeld(
            f"another process, of another lab file, reports as node {name!r} on this database, and nobody could tell "
            "which of them is well; write `node: NAME` at every instrument and chamber of one of the lab files"
        ) from error
