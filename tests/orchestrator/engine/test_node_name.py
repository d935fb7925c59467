"""Lab files that share a database: two of them without `node:` at their instruments would report as one node."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from orchestrator.config import Lab
from orchestrator.engine.lease import LeaseHeld
from orchestrator.engine.node import _drive
from orchestrator.engine.node_name import take_node_name
from orchestrator.store.database import open_database
from tests.orchestrator.launch.bench_lab import NOW, fill, make_lab


@pytest.fixture
def lab(tmp_path: Path, database_url: str) -> Lab:
    """On SQLite and on PostgreSQL."""
    made = make_lab(tmp_path, database_url, clock="system")
    fill(made)
    return made


@pytest.fixture
def database(lab: Lab) -> Iterator[sa.Engine]:
    opened = open_database(lab.database_url)
    yield opened
    opened.dispose()


def test_the_second_without_a_name_is_refused_with_the_remedy(lab: Lab, database: sa.Engine) -> None:
    first = take_node_name(database, lab, NOW)
    with pytest.raises(LeaseHeld, match=r"reports as node 'node' on this database.*write `node: NAME`"):
        asyncio.run(_drive(lab))
    first.release()
    take_node_name(database, lab, NOW).release()


def test_two_that_have_names_do_not_disturb_each_other(lab: Lab, database: sa.Engine) -> None:
    names = [take_node_name(database, replace(lab, node=name), NOW) for name in ("", "left", "right")]
    for name in names:
        name.release()
