"""An upgrade that is killed before and behind its commit leaves the tables of before, or those of now."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
import yaml
from alembic import command
from alembic.config import Config

from drivers.crash_point import VARIABLE
from orchestrator.crash_points import Point
from orchestrator.store.database import open_database
from orchestrator.store.transactions import writing
from orchestrator.store.upgrade import code_version, schema_version
from orchestrator.testing.virtual_bench import VirtualBench

__all__ = ["kill_upgrades"]

_FROM = "0001"


def kill_upgrades(bench: VirtualBench) -> dict[str, int]:
    """Upgrade the tables of the first version twice in vain; how often each point was hit."""
    described = yaml.safe_load(bench.lab.path.read_text(encoding="utf-8"))
    lab_file = bench.folder / "old_lab.yaml"
    lab_file.write_text(yaml.safe_dump({**described, "database": "sqlite:///old.db"}), encoding="utf-8")
    with _opened(f"sqlite:///{bench.folder / 'old.db'}") as engine:
        _make_old(engine)
        arguments = [sys.executable, "-m", "orchestrator.cli", "db", "upgrade", "--lab", str(lab_file)]
        hits = {}
        for point, left in ((Point.UPGRADE_WRITTEN, _FROM), (Point.UPGRADE_COMMITTED, code_version())):
            environment = {**os.environ, VARIABLE: str(point)}
            ended = subprocess.run(arguments, env=environment, timeout=120, check=False, capture_output=True)
            assert schema_version(engine) == left, f"killed at {point}, the tables are at {schema_version(engine)}"
            hits[str(point)] = int(ended.returncode == -signal.SIGKILL)
        subprocess.run(arguments, timeout=120, check=True, capture_output=True)
    return hits


@contextmanager
def _opened(url: str) -> Iterator[sa.Engine]:
    engine = open_database(url)
    try:
        yield engine
    finally:
        engine.dispose()


def _make_old(engine: sa.Engine) -> None:
    config = Config()
    config.set_main_option("script_location", "orchestrator.store:migrations")
    config.set_main_option("path_separator", "os")
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, _FROM)
