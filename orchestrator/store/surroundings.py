"""The air around a cell: its chamber's process value at the times of the records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, Row, select

from orchestrator.store.chamber_records import process_values
from orchestrator.store.tables import chamber_records

__all__ = ["Ambient", "ambient_of"]


@dataclass(frozen=True, slots=True)
class Ambient:
    """The chamber around a run's cell, where one was measured while it ran."""

    chamber: str

    def at(self, conn: Connection, unix_time_s: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Its temperature in degC, NaN where nobody looked."""
        return process_values(conn, self.chamber, unix_time_s)


def ambient_of(conn: Connection, run: Row[Any]) -> Ambient | None:
    """The chamber of a run, None where it sat in none or nothing was measured there."""
    if run.chamber is None:
        return None
    looks = select(chamber_records.c.unix_time_s).where(
        chamber_records.c.chamber == run.chamber, chamber_records.c.unix_time_s >= run.created_unix_s
    )
    if run.finished_unix_s is not None:
        looks = looks.where(chamber_records.c.unix_time_s <= run.finished_unix_s)
    return Ambient(run.chamber) if conn.execute(looks.limit(1)).first() else None
