"""``restore-test.sh`` passes a sound backup and fails aloud on anything else; the laboratory stays as it is."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from orchestrator.backup.make import make_backup
from orchestrator.config import read_lab
from orchestrator.store.database import open_database
from orchestrator.store.upgrade import upgrade
from tests.deploy.places import DEPLOY

_DAY_S = 86400
_LAB = """\
lab: any
instruments:
  bts-1:
    {driver: neware, address: '192.0.2.10:502', time_zone: UTC, channel: {voltage: [-5 V, 5 V], current: 50 mA}}
limits: {voltage: [-0.5 V, 5 V], current: 100 mA}
"""


@pytest.fixture
def backups(tmp_path: Path) -> Path:
    """A folder with one backup of a laboratory."""
    path = tmp_path / "lab.yaml"
    path.write_text(_LAB, encoding="utf-8")
    lab = read_lab(path)
    engine = open_database(lab.database_url)
    upgrade(engine)
    engine.dispose()
    make_backup(lab, tmp_path / "backups")
    return tmp_path / "backups"


def _restore_test(backups: Path) -> subprocess.CompletedProcess[str]:
    programs = Path(sys.executable).parent
    environment = {"PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(backups.parent), "NO_COLOR": "1"}
    command = ["sh", DEPLOY / "restore-test.sh", backups, backups.parent / "scratch"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)


def test_a_sound_backup_passes_and_the_laboratory_is_not_touched(backups: Path) -> None:
    database = backups.parent / "cellbench.db"
    before = database.read_bytes(), database.stat().st_mtime_ns
    done = _restore_test(backups)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "restore test passed" in done.stdout
    assert (database.read_bytes(), database.stat().st_mtime_ns) == before
    assert list((backups.parent / "scratch").iterdir()) == []


def test_a_backup_with_one_byte_changed_fails(backups: Path) -> None:
    copy = next(backups.glob("cellbench-*/database.sqlite"))
    content = bytearray(copy.read_bytes())
    content[-1] ^= 1
    copy.write_bytes(content)
    done = _restore_test(backups)
    assert done.returncode == 1
    assert "restore test FAILED" in done.stderr
    assert "is not as it was written" in done.stderr


def test_no_backup_and_an_old_one_fail(backups: Path) -> None:
    manifest = next(backups.glob("cellbench-*/manifest.json"))
    three_days_ago = time.time() - 3 * _DAY_S
    os.utime(manifest, (three_days_ago, three_days_ago))
    assert "older than two days" in _restore_test(backups).stderr
    manifest.unlink()
    assert "there is no backup" in _restore_test(backups).stderr
