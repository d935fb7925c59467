"""What ``systemctl status`` says of a node, in one line."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from orchestrator.run_state import TERMINAL, RunState
from orchestrator.store.tables import chambers, instruments, runs

__all__ = ["status_line"]

_ACTIVE = [state.value for state in RunState if state not in TERMINAL]


def status_line(connection: sa.Connection, names: Collection[str]) -> str:
    """``3 runs on bts-1, vsp-1; silent: oven-1``; ``names``: the node's cyclers and chambers."""
    active = sa.select(sa.func.count()).where(runs.c.instrument.in_(names), runs.c.state.in_(_ACTIVE))
    count = connection.scalar(active) or 0
    cyclers = sa.select(instruments.c.name).where(instruments.c.name.in_(names), instruments.c.connected.is_(False))
    ovens = sa.select(chambers.c.name).where(chambers.c.name.in_(names), chambers.c.last_error.is_not(None))
    silent = [*connection.scalars(cyclers.order_by(instruments.c.name)), *connection.scalars(ovens)]
    told = f"{count} {'run' if count == 1 else 'runs'} on {', '.join(names)}"
    return f"{told}; silent: {', '.join(silent)}" if silent else told
