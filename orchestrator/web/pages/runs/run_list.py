"""The list of runs: what is asked for stands in the address."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import Connection, select

from orchestrator.store.tables import RUN_STATES, runs
from orchestrator.web.models.run import RunAnswer
from orchestrator.web.run_rows import RunFilter, read_runs
from orchestrator.web.run_view import run_answer
from orchestrator.web.service import Service

__all__ = ["RunList", "run_list"]

PAGE = 50


@dataclass(frozen=True, slots=True)
class RunList:
    """One page of runs, and how to get to the others."""

    runs: list[RunAnswer]
    total: int
    first: int
    """Of those shown, from 1; 0 where there is none."""
    newer: str | None
    """Address of the page before, None on the first."""
    older: str | None
    cell: str
    protocol: str
    state: str
    """A state, ``active``, ``ended``, or empty for all."""
    states: tuple[str, ...]
    protocols: list[str]

    @property
    def last(self) -> int:
        """Of those shown."""
        return self.first + len(self.runs) - 1 if self.runs else 0


def run_list(service: Service, connection: Connection, *, cell: str, protocol: str, state: str, offset: int) -> RunList:
    """What was asked for, newest first; an empty text asks for all."""
    active = {"active": True, "ended": False}.get(state)
    wanted = RunFilter(
        state=state if state and active is None else None, cell=cell or None, protocol=protocol or None, active=active
    )
    rows, total = read_runs(connection, wanted, PAGE, offset)
    now_unix_s = service.now_unix_s(connection)
    found = [run_answer(service.lab, service.plans, one, now_unix_s) for one in rows]
    asked = {name: text for name, text in (("cell", cell), ("protocol", protocol), ("state", state)) if text}
    known = connection.execute(select(runs.c.protocol).distinct().order_by(runs.c.protocol)).scalars()
    return RunList(
        runs=found,
        total=total,
        first=offset + 1 if found else 0,
        newer=_address(asked, max(offset - PAGE, 0)) if offset else None,
        older=_address(asked, offset + PAGE) if offset + len(found) < total else None,
        cell=cell,
        protocol=protocol,
        state=state,
        states=RUN_STATES,
        protocols=list(known),
    )


def _address(asked: dict[str, str], offset: int) -> str:
    query = urlencode({**asked, **({"offset": str(offset)} if offset else {})})
    return f"/runs?{query}" if query else "/runs"
