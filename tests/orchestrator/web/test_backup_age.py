"""The age of the newest backup is told, whoever made it, and nothing where there is none."""

from __future__ import annotations

import os
import time
from pathlib import Path

from orchestrator.backup.manifest import MANIFEST
from orchestrator.config import read_lab
from orchestrator.web.metrics.backups import newest_backup_age_s

_LAB = """\
lab: any
instruments:
  bts-1:
    {driver: neware, address: "192.0.2.10:502", time_zone: UTC, channel: {voltage: [-5 V, 5 V], current: 50 mA}}
limits: {voltage: [-0.5 V, 5 V], current: 100 mA}
"""


def test_the_newest_one_counts_and_a_folder_that_is_away_is_none(tmp_path: Path) -> None:
    path = tmp_path / "lab.yaml"
    path.write_text(_LAB, encoding="utf-8")
    assert newest_backup_age_s(read_lab(path)) is None
    path.write_text(_LAB + "backup: {cron: '0 3 * * *', to: backups}\n", encoding="utf-8")
    lab = read_lab(path)
    assert newest_backup_age_s(lab) is None
    for day, age_s in (("20260101", 90_000), ("20260102", 3_600)):
        manifest = tmp_path / "backups" / f"cellbench-{day}T023000.000000Z" / MANIFEST
        manifest.parent.mkdir(parents=True)
        manifest.touch()
        os.utime(manifest, (time.time() - age_s, time.time() - age_s))
    age_s = newest_backup_age_s(lab)
    assert age_s is not None
    assert 3_600 <= age_s < 3_700
