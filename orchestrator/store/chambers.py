"""Chambers as last seen, and what we have asked them for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from orchestrator.store.tables import chambers
from orchestrator.store.upsert import upsert

__all__ = [
    "ChamberRow",
    "chambers_known",
    "find_chamber",
    "list_chambers",
    "set_holder",
    "set_wanted",
    "update_chamber",
]


@dataclass(frozen=True, slots=True)
class ChamberRow:
    """One chamber; what was never seen is None."""

    name: str
    state: str
    native_state: str
    process_degC: float | None
    set_point_degC: float | None
    ramping_set_point_degC: float | None
    output_percent: float | None
    alarms: list[str]
    simulated: bool
    seen_unix_s: float | None
    last_error: str | None
    holder: str | None
    wanted_degC: float | None
    """The last set point of ours that the chamber took; None: never."""
    wanted_unix_s: float | None
    low_degC: float | None
    high_degC: float | None


def chambers_known(connection: Connection, names: Iterable[str], *, simulated: bool) -> None:
    """Have a row for every chamber of the lab file; what was seen of one that is known stays."""
    unseen = {"state": "unknown", "native_state": "", "alarms": []}
    rows = [{"name": name, "simulated": simulated, **unseen} for name in names]
    upsert(connection, chambers, rows, keep=tuple(unseen))


def update_chamber(connection: Connection, name: str, **values: Any) -> None:
    """Write what was seen of a chamber that has a row."""
    connection.execute(update(chambers).where(chambers.c.name == name).values(**values))


def set_wanted(connection: Connection, name: str, target_degC: float, *, now: float) -> None:
    """Note that the chamber took a set point of ours."""
    update_chamber(connection, name, wanted_degC=target_degC, wanted_unix_s=now)


def set_holder(connection: Connection, name: str, holder: str | None) -> None:
    """Note who may set the temperature."""
    update_chamber(connection, name, holder=holder)


def find_chamber(connection: Connection, name: str) -> ChamberRow | None:
    """The chamber's row, None where no node has known it yet."""
    row = connection.execute(select(chambers).where(chambers.c.name == name)).one_or_none()
    return None if row is None else ChamberRow(*row)


def list_chambers(connection: Connection) -> list[ChamberRow]:
    """All chambers by name."""
    return [ChamberRow(*row) for row in connection.execute(select(chambers).order_by(chambers.c.name))]
