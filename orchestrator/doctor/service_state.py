"""Whether the service runs and its instruments answer it. Asked of the database: an instrument has one driver."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from orchestrator.config import Lab
from orchestrator.config.lab import NODE
from orchestrator.doctor.finding import Finding, bad, ok, warning
from orchestrator.store.chambers import list_chambers
from orchestrator.store.node_status import NodeStatus, node_statuses
from orchestrator.store.tables import instruments

__all__ = ["check_service", "running_nodes"]

_SILENT_S = 30.0
"""A node reports every 5 s."""


def running_nodes(connection: Connection, lab: Lab) -> dict[str, NodeStatus]:
    """Nodes of this lab that have reported just now, by name."""
    nodes, _ = node_statuses(connection)
    ours = lab.nodes or (NODE,)
    return {one.node: one for one in nodes if one.node in ours and one.age_s <= _SILENT_S}


def check_service(
    connection: Connection, lab: Lab, running: dict[str, NodeStatus], now_unix_s: float
) -> Iterator[Finding]:
    """The nodes, and what each of them sees. ``now_unix_s``: lab time, where a node tells it."""
    for name in lab.nodes or (NODE,):
        status = running.get(name)
        if status is None:
            yield warning(
                f"node {name}", "it is not running", "start it: `cellbench serve`, or `systemctl start cellbench-node`"
            )
        elif status.stuck is not None:
            yield bad(f"node {name}", status.stuck, "restart the node: tests run on without it")
        else:
            yield ok(f"node {name}", f"{status.holder}; {status.backlog} wait to be stored")
    seen = {row.name: (row.last_seen_unix_s, row.last_error) for row in connection.execute(select(instruments))}
    seen |= {row.name: (row.seen_unix_s, row.last_error) for row in list_chambers(connection)}
    for place in lab.places:
        if (place.node or NODE) not in running:
            continue
        seen_unix_s, error = seen.get(place.name, (None, "nobody has looked at it yet"))
        silent_s = None if seen_unix_s is None else now_unix_s - seen_unix_s
        if silent_s is None or error or silent_s > place.lost_after_s:
            said = error or f"silent for {silent_s or 0:.0f} s"
            yield bad(place.name, said, f"see that {place.address} has power and is in the network")
        else:
            yield ok(place.name, f"answered {silent_s:.0f} s ago")
