"""`make soak` in short: some kills at random, some at named points, and every record is the instruments'."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from drivers.biologic.crash_points import EclibPoint
from orchestrator.crash_points import Point
from tests.soak.report import report
from tests.soak.soak import Soak

SEED = 7
POINTS = (Point.START_SENT, Point.RECORDS_WRITTEN, Point.SEGMENT_FINISHED, EclibPoint.TAKEN)


@pytest.mark.timeout(400)
def test_ten_kills_in_a_campaign_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    tally, found, campaign = Soak(tmp_path / "soak", kills=6, points=POINTS, seconds=40.0, seed=SEED).run()
    sys.stdout.write(f"{report(tally, found, campaign, seed=SEED)}\n")
    assert found.wrong == []
    assert tally.never_hit == []
    assert sum(tally.kills.values()) >= 3, "a machine so slow that there was no time for kills"
    assert found.records > 500
