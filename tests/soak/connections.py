"""Connections that break: of an instrument, or everybody's to a PostgreSQL."""

from __future__ import annotations

import sqlalchemy as sa

from orchestrator.testing.virtual_bench import VirtualBench

__all__ = ["DATABASE", "reset_connections"]

DATABASE = "database"
_END_ALL_OTHERS = """\
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def reset_connections(bench: VirtualBench, to: str) -> None:
    """Every connection to an instrument is reset, or the service's to the database, as when its server restarts."""
    if to == DATABASE:
        bench.engine.dispose()  # ours is another one then
        with bench.engine.connect() as connection:
            connection.execute(sa.text(_END_ALL_OTHERS)).all()
    else:
        bench.control.power(to, on=False)
        bench.control.power(to, on=True)
