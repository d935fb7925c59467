"""A lab of two benches on one NEWARE instrument that nobody answers for, with its database."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, select

from orchestrator.config import Lab, read_lab
from orchestrator.store.cells import insert_cell
from orchestrator.store.database import open_database
from orchestrator.store.tables import protocols, runs, segments
from orchestrator.store.transactions import reading, writing
from orchestrator.store.upgrade import upgrade
from protocols.cell import Cell

_SQLITE = "sqlite:///"
NOW = 1_767_571_200.0
L1 = Cell("L1", 0.00275, 1.131, 0.00335, 0.01, 1.5, "SiO@C", {"batch": "7"})
BARE = Cell("BARE")

LAB = """
lab: test bench
database: {database}
clock: {clock}
instruments:
  bts-1:
    {{driver: neware, address: '192.0.2.10:502', time_zone: Asia/Shanghai, poll: 10 s, lost_after: 60 s,
     step_dir: steps, remote_step_dir: 'D:\\steps', channel: {{voltage: [-5 V, 5 V], current: 50 mA}}}}
benches:
  A1: {{channel: bts-1/27-21-1-1}}
  A2: {{channel: bts-1/27-21-1-2}}
limits: {{voltage: [-0.5 V, 5 V], current: {current}}}
web: {{port: {port}, login: {login}}}
"""


def make_lab(
    folder: Path,
    database: str = "sqlite:///cellbench.db",
    *,
    current: str = "100 mA",
    port: int = 8321,
    clock: str = "lab://127.0.0.1:7701",
    login: str = "off",
) -> Lab:
    """Write the lab file and read it."""
    path = folder / "lab.yaml"
    path.write_text(
        LAB.format(database=database, clock=clock, current=current, port=port, login=login), encoding="utf-8"
    )
    return read_lab(path)


def fill(lab: Lab) -> None:
    """Make the tables and two cells: L1 with everything known, BARE with nothing."""
    if lab.database_url.startswith(_SQLITE):
        Path(lab.database_url.removeprefix(_SQLITE)).write_bytes(_filled_sqlite())
    else:
        _fill(lab.database_url)


@cache
def _filled_sqlite() -> bytes:
    """The file, made once: migrations take longer than most tests."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "cellbench.db"
        _fill(f"{_SQLITE}{path}")
        return path.read_bytes()


def _fill(url: str) -> None:
    engine = open_database(url)
    upgrade(engine)
    with writing(engine) as connection:
        for cell in (L1, BARE):
            insert_cell(connection, cell, now=NOW)
    engine.dispose()


def written(lab: Lab) -> tuple[int, ...]:
    """How many protocols, runs and segments the database holds."""
    engine = open_database(lab.database_url, read_only=True)
    try:
        with reading(engine) as connection:
            return tuple(
                connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (protocols, runs, segments)
            )
    finally:
        engine.dispose()
